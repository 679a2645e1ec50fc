"""One recording and a catalogue of them: plain values that know where the bytes are.

In: names found by ``core.sound.layouts`` in a folder or a zip. Out: browsing, training, tests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
"""The word for each digit; its index is the digit."""


@dataclass(frozen=True)
class Recording:
    """One spoken word: where its bytes are and what is known about it.

    Its bytes are those of the file ``root/name``, or of the member ``name`` where root is a zip, so
    that nothing needs to be unpacked; ``core.sound.audio`` reads them.
    """

    digit: int | None
    """The digit spoken, 0 to 9; None for another word or a noise."""
    speaker: str
    """Who spoke, as the data set names them; data, never markup or a path."""
    take: int
    """Which of this speaker's takes of the word, counted as the data set does."""
    root: Path
    """The folder or zip that holds it."""
    name: str
    """Its place in the root, with forward slashes."""
    word: str
    """The word spoken ("seven"), or what the noise is."""


@dataclass(frozen=True)
class Catalogue:
    """The recordings of one data set, sorted by digit, speaker and take."""

    title: str
    recordings: tuple[Recording, ...]

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        """The speakers, in alphabetical order."""
        return tuple(sorted({r.speaker for r in self.recordings}))

    @cached_property
    def digits(self) -> tuple[int, ...]:
        """The digits that occur, ascending; other words do not count."""
        return tuple(sorted({r.digit for r in self.recordings if r.digit is not None}))

    def where(self, keep: Callable[[Recording], bool]) -> "Catalogue":
        """Return the catalogue of the recordings for which ``keep`` is true."""
        return Catalogue(self.title, tuple(r for r in self.recordings if keep(r)))

    def __len__(self) -> int:
        return len(self.recordings)
