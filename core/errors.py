"""Errors a visitor can act on: what came, what was expected, how to mend it.

In: the place that noticed. Out: pages show the sentence with ``st.error``; command lines print it.
A caller's mistake (a wrong argument in code) is a ``ValueError`` and not one of these.
"""


class LabError(Exception):
    """One clear sentence for the person in front of the screen."""


class AudioError(LabError):
    """A recording that cannot be used: unreadable, empty, too long, not finite."""


class DataError(LabError):
    """A data set that cannot be used: missing, damaged, of an unknown layout."""


class ModelError(LabError):
    """A saved model that cannot be used: incomplete, damaged, from a newer version."""


class RunError(LabError):
    """A training run that cannot be started, read or changed."""
