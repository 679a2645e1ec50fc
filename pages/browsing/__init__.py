"""The views of Browse: each draws one way to look at a data set."""
