"""An index of recordings in columns: a hundred thousand of them open as fast as three thousand.

In: a catalogue. Out: digits, speakers and takes as arrays for counting and filtering, and the
``Recording``s of the few that are looked at. About 40 bytes a recording, where a list of
``Recording``s takes ten times that and has to be built anew at every start.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.sound.recordings import Catalogue, Recording

Indices = NDArray[np.int64]

NO_DIGIT = -1
"""Stands in ``digits`` for another word or a noise."""


_BETWEEN = "\0"
"""Between two speakers in a kept index; no file's name holds it."""


@dataclass(frozen=True, eq=False)
class Index:
    """The recordings of a data set, sorted as in its catalogue; arrays have shape (n,)."""

    title: str
    roots: tuple[Path, ...]
    """The folders and zips that hold them: several where own voices stand beside a data set."""
    speakers: tuple[str, ...]
    """In alphabetical order."""
    words: tuple[str, ...]
    digits: NDArray[np.int8]
    """The digit spoken, 0 to 9; ``NO_DIGIT`` for another word or a noise."""
    takes: NDArray[np.int32]
    speaker_codes: NDArray[np.int32]
    """Each recording's place in ``speakers``."""
    word_codes: NDArray[np.int32]
    """Each recording's place in ``words``."""
    root_codes: NDArray[np.int16]
    """Each recording's place in ``roots``."""
    name_bytes: NDArray[np.uint8]
    """All names one after another, in UTF-8 [shape=(total,)]."""
    name_ends: NDArray[np.int64]
    """Where each name ends in ``name_bytes``."""

    def __len__(self) -> int:
        return len(self.digits)

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Index":
        """Return the index of a catalogue."""
        recordings = catalogue.recordings
        roots = tuple(dict.fromkeys(r.root for r in recordings))
        speakers = tuple(sorted({r.speaker for r in recordings}))
        words = tuple(sorted({r.word for r in recordings}))
        root_of = {root: i for i, root in enumerate(roots)}
        speaker_of = {speaker: i for i, speaker in enumerate(speakers)}
        word_of = {word: i for i, word in enumerate(words)}
        names = [r.name.encode() for r in recordings]
        return cls(
            catalogue.title,
            roots,
            speakers,
            words,
            np.array([NO_DIGIT if r.digit is None else r.digit for r in recordings], np.int8),
            np.array([r.take for r in recordings], np.int32),
            np.array([speaker_of[r.speaker] for r in recordings], np.int32),
            np.array([word_of[r.word] for r in recordings], np.int32),
            np.array([root_of[r.root] for r in recordings], np.int16),
            np.frombuffer(b"".join(names), np.uint8),
            np.cumsum([len(name) for name in names], dtype=np.int64),
        )

    def recording(self, i: int) -> Recording:
        """Return the ``i``-th recording."""
        i = range(len(self))[i]  # an IndexError for a place that does not exist
        start = int(self.name_ends[i - 1]) if i else 0
        digit = int(self.digits[i])
        return Recording(
            digit=None if digit == NO_DIGIT else digit,
            speaker=self.speakers[self.speaker_codes[i]],
            take=int(self.takes[i]),
            root=self.roots[self.root_codes[i]],
            name=self.name_bytes[start : int(self.name_ends[i])].tobytes().decode(),
            word=self.words[self.word_codes[i]],
        )

    def recordings(self, indices: Iterable[int] | None = None) -> tuple[Recording, ...]:
        """Return the recordings at these places, in their order; all of them by default."""
        places = range(len(self)) if indices is None else indices
        return tuple(self.recording(int(i)) for i in places)

    def subset(self, places: Indices) -> "Index":
        """Return an index of some of the recordings, in the order of ``places`` [shape=(m,)].

        Speakers and words keep their codes, so that what has none left is still known by name.
        """
        starts = np.concatenate([np.zeros(1, np.int64), self.name_ends])[places]
        lengths = self.name_ends[places] - starts
        ends = np.cumsum(lengths, dtype=np.int64)
        # where each byte of the new names stands in the old ones
        at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)
        return replace(
            self,
            digits=self.digits[places],
            takes=self.takes[places],
            speaker_codes=self.speaker_codes[places],
            word_codes=self.word_codes[places],
            root_codes=self.root_codes[places],
            name_bytes=self.name_bytes[at],
            name_ends=ends,
        )

    @cached_property
    def mark(self) -> str:
        """What changes when the recordings listed do: 16 hexadecimal digits."""
        digest = hashlib.blake2b(digest_size=8)
        for column in (self.digits, self.takes, self.speaker_codes, self.name_bytes):
            digest.update(np.ascontiguousarray(column).data)
        digest.update("\0".join([*map(str, self.roots), *self.speakers]).encode("utf-8", "replace"))
        return digest.hexdigest()

    def catalogue(self, indices: Iterable[int] | None = None) -> Catalogue:
        """Return the recordings at these places as a catalogue, for training and exports."""
        return Catalogue(self.title, self.recordings(indices))

    def code_of(self, speaker: str) -> int | None:
        """Return a speaker's place in ``speakers``; None for one who is not there."""
        return self._codes.get(speaker)

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {speaker: i for i, speaker in enumerate(self.speakers)}

    @cached_property
    def official_test(self) -> NDArray[np.bool_]:
        """Whether FSDD's own split tests on each: see ``core.sound.layouts.in_official_test``."""
        tested: NDArray[np.bool_] = (self.digits != NO_DIGIT) & (self.takes <= 4)
        return tested

    @cached_property
    def cells(self) -> dict[tuple[int, str], Indices]:
        """The places of the recordings of each digit by each speaker, in the order of takes."""
        order = np.lexsort((self.takes, self.speaker_codes, self.digits))
        order = order[self.digits[order] != NO_DIGIT]
        digits, codes = self.digits[order].astype(np.int64), self.speaker_codes[order]
        cell = digits * max(len(self.speakers), 1) + codes
        starts = np.flatnonzero(np.diff(cell, prepend=-1)).tolist()
        ends = [*starts[1:], len(cell)][: len(starts)][: len(starts)]
        return {
            (digit, self.speakers[code]): order[a:b]
            for a, b, digit, code in zip(
                starts, ends, digits[starts].tolist(), codes[starts].tolist(), strict=True
            )
        }

    def find(self, digit: int, speaker: str, take: int) -> int | None:
        """Return where a recording stands, as a shared link names it; None where it is not."""
        places = self.cells.get((digit, speaker), np.zeros(0, np.int64))
        found = places[self.takes[places] == take]
        return int(found[0]) if len(found) else None

    def to_arrays(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return columns and plain values for ``core.browsing.store``."""
        names = ("digits", "takes", "speaker_codes", "word_codes", "root_codes", "name_bytes")
        arrays = {name: getattr(self, name) for name in (*names, "name_ends")}
        # thousands of speakers are read faster as one column than as a list in JSON
        together = _BETWEEN.join(self.speakers).encode("utf-8", "surrogatepass")
        arrays["speaker_bytes"] = np.frombuffer(together, np.uint8)
        facts = {
            "title": self.title,
            "roots": [str(root) for root in self.roots],
            "n_speakers": len(self.speakers),
            "words": list(self.words),
        }
        return arrays, facts

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> "Index":
        """Return the index that ``to_arrays`` took apart; KeyError or TypeError if it is not."""
        roots = tuple(Path(root) for root in facts["roots"])
        columns = dict(arrays)
        text = columns.pop("speaker_bytes").tobytes().decode("utf-8", "surrogatepass")
        speakers = tuple(text.split(_BETWEEN)) if facts["n_speakers"] else ()
        if len(speakers) != facts["n_speakers"]:
            raise KeyError("speakers")  # a name that holds what stands between names
        return cls(facts["title"], roots, speakers, tuple(facts["words"]), **columns)


def joined(indices: Sequence[Index], title: str) -> Index:
    """Return the recordings of several indices as one: own voices beside a data set.

    Parameters
    ----------
    indices : sequence of Index
        A speaker of the same name in two of them is one speaker.
    title : str
        What to call it.
    """
    recordings = [r for index in indices for r in index.recordings()]
    recordings.sort(
        key=lambda r: (10 if r.digit is None else r.digit, r.word, r.speaker, r.take, r.name)
    )
    return Index.of(Catalogue(title, tuple(recordings)))


def evenly(places: Indices, most: int) -> Indices:
    """Return at most ``most`` of the places, evenly spread over them: the same ones every time."""
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).round().astype(np.int64)]


def sample(index: Index, places: Indices, most: int) -> Indices:
    """Return at most ``most`` places with every digit and speaker in its share, ascending.

    Parameters
    ----------
    index : Index
    places : np.ndarray [shape=(n,)]
        The recordings to choose among.
    most : int
        How many an analysis can bear.
    """
    order = np.lexsort((index.takes[places], index.speaker_codes[places], index.digits[places]))
    return np.sort(evenly(places[order], most))
