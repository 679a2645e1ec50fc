"""The parts of the listening quiz: asking, and what came of it."""
