"""Training data, training and measuring; needed by no service."""
