"""The published language: what may be asked of the relay, and what it answers."""
