"""Learning: examples, networks, optimizers, training runs and saved models."""
