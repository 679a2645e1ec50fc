"""Listening: from a stream of samples to the digits spoken in it."""
