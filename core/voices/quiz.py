"""The blind listening quiz: what a person makes of the recordings that the models are scored on.

In: a catalogue and a seed; answers. Out: the next clip, and counts of what was heard as what, as a
model's confusion matrix states them, so that the two can stand side by side.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from core.errors import DataError
from core.sound.recordings import Catalogue, Recording

DONT_KNOW = 10
"""The column of the matrix for "I cannot tell"."""
MOST_CLIPS = 200
"""Clips in one quiz; 200 take ten minutes."""


@dataclass(frozen=True)
class Answer:
    """What a person heard in one clip."""

    digit: int
    """What was said, 0 to 9."""
    guess: int
    """What was heard, 0 to 9, or ``DONT_KNOW``."""
    speaker: str
    file: str
    """``Recording.name``."""
    plays: int = 1
    """How often it was listened to."""

    @property
    def right(self) -> bool:
        """Whether the digit was heard as what it is."""
        return self.guess == self.digit


@dataclass(frozen=True)
class Quiz:
    """A quiz in progress; every step gives a new one, and the page keeps the last."""

    dataset: str
    """The catalogue's title."""
    seed: int
    clips: tuple[Recording, ...]
    """In the order in which they are played. Their labels are for the end."""
    answers: tuple[Answer, ...] = ()
    """Of the first clips."""

    @property
    def current(self) -> Recording | None:
        """The clip to listen to now; None at the end."""
        return self.clips[len(self.answers)] if not self.finished else None

    @property
    def finished(self) -> bool:
        """Whether every clip is answered."""
        return len(self.answers) == len(self.clips)

    def answer(self, guess: int, plays: int = 1) -> "Quiz":
        """Return the quiz after an answer to the current clip.

        Parameters
        ----------
        guess : int
            0 to 9, or ``DONT_KNOW``.
        plays : int
            How often the clip was listened to.

        Raises
        ------
        ValueError
            If the quiz is finished, or the guess is none.
        """
        clip = self.current
        if clip is None:
            raise ValueError("The quiz is finished: there is no clip to answer.")
        if guess not in range(DONT_KNOW + 1):
            raise ValueError(f"guess={guess}: expected 0 to 9, or {DONT_KNOW} for none.")
        assert clip.digit is not None
        new = Answer(clip.digit, int(guess), clip.speaker, clip.name, max(1, int(plays)))
        return replace(self, answers=(*self.answers, new))

    def back(self) -> "Quiz":
        """Return the quiz before the last answer; a slip of the finger is no mishearing."""
        return replace(self, answers=self.answers[:-1])


def start(catalogue: Catalogue, n_clips: int, seed: int) -> Quiz:
    """Return a new quiz.

    Each clip is drawn by speaker, then by digit, then by take, each with equal chances, so that
    speakers with many takes do not fill it; and no clip comes twice. Digits are not balanced: who
    counts along learns nothing about what is left.

    Parameters
    ----------
    catalogue : Catalogue
        What to draw from; words that are no digits are left out.
    n_clips : int
        1 to 200; fewer come where the catalogue has fewer.
    seed : int
        The same seed and catalogue give the same quiz.

    Raises
    ------
    DataError
        If the catalogue holds no digit.
    """
    if not 1 <= n_clips <= MOST_CLIPS:
        raise ValueError(f"n_clips={n_clips}: expected 1 to {MOST_CLIPS}.")
    waiting: dict[str, dict[int, list[Recording]]] = {}
    for recording in catalogue.recordings:
        if recording.digit is not None:
            digits = waiting.setdefault(recording.speaker, {})
            digits.setdefault(recording.digit, []).append(recording)
    if not waiting:
        raise DataError(f"{catalogue.title} holds no spoken digit to be heard. Choose another set.")
    rng = np.random.default_rng(seed)
    chosen: list[Recording] = []
    while waiting and len(chosen) < n_clips:
        speaker = sorted(waiting)[rng.integers(len(waiting))]
        digits = waiting[speaker]
        digit = sorted(digits)[rng.integers(len(digits))]
        takes = digits[digit]
        chosen.append(takes.pop(int(rng.integers(len(takes)))))
        if not takes:
            del digits[digit]
        if not digits:
            del waiting[speaker]
    return Quiz(catalogue.title, seed, tuple(chosen))


def confusion(answers: Iterable[Answer], speaker: str | None = None) -> list[list[int]]:
    """Return counts [10][11]: row what was said, column what was heard, the last one "don't know".

    Parameters
    ----------
    answers : iterable of Answer
        Of any number of quizzes.
    speaker : str, optional
        Count this speaker's clips only.
    """
    counts = [[0] * (DONT_KNOW + 1) for _ in range(10)]
    for answer in answers:
        if speaker is None or answer.speaker == speaker:
            counts[answer.digit][answer.guess] += 1
    return counts


def by_speaker(answers: Iterable[Answer]) -> dict[str, tuple[int, int]]:
    """Return how many were right, of how many, for each speaker, in alphabetical order."""
    counts: dict[str, tuple[int, int]] = {}
    for answer in answers:
        right, total = counts.get(answer.speaker, (0, 0))
        counts[answer.speaker] = right + answer.right, total + 1
    return dict(sorted(counts.items()))
