"""Measures the relay side by side with a bare loop and with FastStream; prints ratios, judges nothing."""
