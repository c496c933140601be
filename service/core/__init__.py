"""Decides: values in, values out; no input or output, no clock, nothing to await."""
