"""What the Race page draws: the choice, the race, and the pictures that explain it."""
