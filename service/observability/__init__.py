"""What people and their tools read of a running relay: log lines, metrics, and the calls behind them."""
