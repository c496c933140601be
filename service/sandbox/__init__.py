"""One machine: the simulator, the private broker, the demo."""
