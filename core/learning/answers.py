"""Answers: what the network of each epoch makes of the same clips, one by one.

In: examples and logits, or a run's folder. Out: a sign a clip for the log; for a page the clips
with their answers, counted by digit and by speaker.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.learning.evaluation import accuracy_by, confusion
from core.sound.recordings import Recording

if TYPE_CHECKING:
    from core.learning.examples import Examples

CLIPS = "clips.json"
"""The file in a run's folder that says which clips are looked at."""
MOST = 300
"""Validation clips, and clips of speakers left out, that are written down: of more, every so
many-th, which holds every digit and speaker, as they stand in order."""
SIGNS = "0123456789x"
"""The sign of each answer; x is "not a digit"."""


@dataclass(frozen=True)
class Watched:
    """A clip that every epoch is looked at with."""

    recording: Recording
    unseen: bool
    """Whether its speaker is left out."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        r = self.recording
        return {
            "unseen": self.unseen,
            "digit": r.digit,
            "speaker": r.speaker,
            "take": r.take,
            "root": str(r.root),
            "name": r.name,
            "word": r.word,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Watched:
        """Return the clip that ``to_dict`` wrote."""
        values = dict(values)
        unseen = bool(values.pop("unseen"))
        return cls(Recording(**{**values, "root": Path(values["root"])}), unseen)

    @property
    def answer(self) -> int:
        """The right answer: the digit, or 10 for "not a digit"."""
        return 10 if self.recording.digit is None else self.recording.digit


def _some(n: int) -> slice:
    return slice(None, None, max(1, -(-n // MOST)))


def watched(examples: Examples) -> tuple[Watched, ...]:
    """Return the clips that every epoch is looked at with, validation first."""
    from core.learning.scoring import looked_at

    found: list[Watched] = []
    parts = (examples.split.validation, False), (looked_at(examples.split.unseen), True)
    for indices, unseen in parts:
        found += [Watched(examples.recordings[i], unseen) for i in indices[_some(len(indices))]]
    return tuple(found)


def signs(logits: NDArray[np.float32], strangers: NDArray[np.int64] | None) -> str:
    """Return what was answered to the clips of ``watched``, a sign each.

    Parameters
    ----------
    logits : np.ndarray [shape=(n, k)], float32
        Of all validation clips.
    strangers : np.ndarray [shape=(m,)], int64, or None
        Answers to all clips of speakers left out that are looked at.
    """
    guesses = logits.argmax(axis=1)[_some(len(logits))]
    if strangers is not None:
        guesses = np.concatenate([guesses, strangers[_some(len(strangers))]])
    return "".join(SIGNS[g] for g in guesses)


@dataclass(frozen=True)
class Answered:
    """Clips with what the network of one epoch answered."""

    clips: tuple[Watched, ...]
    guesses: tuple[int, ...]

    def part(self, unseen: bool) -> Answered:
        """Return the clips of speakers left out, or the others."""
        kept = [i for i, clip in enumerate(self.clips) if clip.unseen == unseen]
        return Answered(tuple(self.clips[i] for i in kept), tuple(self.guesses[i] for i in kept))

    def confusion(self) -> list[list[int]]:
        """Return counts: row the right answer, column what was answered."""
        answers = [clip.answer for clip in self.clips]
        n = 11 if 10 in {*answers, *self.guesses} else 10
        return confusion(np.array(answers, np.int32), np.array(self.guesses, np.int32), n)

    def at(self, spoken: int, answered: int) -> tuple[Recording, ...]:
        """Return the clips of one cell of the confusion matrix."""
        return tuple(
            clip.recording
            for clip, guess in zip(self.clips, self.guesses, strict=True)
            if (clip.answer, guess) == (spoken, answered)
        )

    def by(self, what: str) -> dict[Any, dict[str, Any]]:
        """Return the accuracy by ``digit`` or by ``speaker``, each with its interval."""
        groups = [clip.answer if what == "digit" else clip.recording.speaker for clip in self.clips]
        right = np.array(
            [c.answer == g for c, g in zip(self.clips, self.guesses, strict=True)], bool
        )
        return accuracy_by(groups, right)


def answered_in(folder: Path, guesses: str | None) -> Answered | None:
    """Return a run's clips with the answers of an epoch; None where they were not written down.

    Parameters
    ----------
    folder : Path
        The run's.
    guesses : str or None
        ``Epoch.guesses``.
    """
    clips = clips_in(folder)
    if not guesses or len(guesses) != len(clips) or not {*guesses} <= {*SIGNS}:
        return None
    return Answered(clips, tuple(SIGNS.index(sign) for sign in guesses))


def clips_in(folder: Path) -> tuple[Watched, ...]:
    """Return the clips that a run's epochs are looked at with; none where nobody wrote them."""
    try:
        found = json.loads((folder / CLIPS).read_text("utf-8"))
        return tuple(Watched.from_dict(values) for values in found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return ()
