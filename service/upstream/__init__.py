"""Talks to the State's APIs over HTTP, and is alone in doing so."""
