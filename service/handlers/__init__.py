"""One module per request: what it takes, which calls it makes, what it answers."""
