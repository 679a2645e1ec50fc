"""Browsing: what Browse shows of a whole data set, computed from its recordings alone."""
