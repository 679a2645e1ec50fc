"""What the Train page draws of a run: its controls, its place in the queue, the other runs."""
