"""What the Runs page draws: the table of runs, some of them together, one of them alone."""
