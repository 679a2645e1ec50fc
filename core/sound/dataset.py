"""What is known of one data set: whose it is, where it lies, who speaks in it, what it is not.

In: an entry of ``core.sound.datasets.DATASETS``. Out: one frozen value for pages and commands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.sound.people import Person


@dataclass(frozen=True)
class DataSet:
    """A data set: what it is, whose it is, and where it is on this machine."""

    key: str
    label: str
    summary: str
    source: str
    """Where it comes from: an address, or the script that makes it."""
    licence: str
    citation: str
    limits: str
    """In one line, whom and what it does not stand for."""
    find: Callable[[], Path | None]
    """Returns the folder or zip on this machine; None where it is not."""
    missing: Callable[[], str]
    """Returns in a sentence why it is not here and how to get it."""
    speakers: tuple[str, ...] | None = None
    """The speakers that belong to it; None for all that are found."""
    version: str = ""
    """Which edition; nothing where there is only one."""
    people: tuple[Person, ...] = ()
    """Who they are, where the data set says so."""
    split: str = ""
    """Its own division into training and test, in words; nothing where it has none."""
    note: str = ""
    """What else a reader should know: an error elsewhere, put right."""
    names: Callable[[], dict[str, str]] | None = None
    """Returns what speakers are called, by what the files call them; None where that is the same.
    Names are data, and no two speakers have the same."""
