"""Who speaks in a data set, as the data set itself says.

In: nothing. Out: plain values for a data set's card.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """One speaker."""

    name: str
    """As in the names of recordings; data, never markup."""
    sex: str
    """``man`` or ``woman``."""
    accent: str
    """Country and mother tongue."""
