"""Races: optimizers side by side, each at its own best learning rate of a sweep."""
