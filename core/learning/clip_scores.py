"""What a model answers to some clips, one by one: what every part of a report is made from.

In: clips, and a recogniser's numbers for each. Out: guesses, decisions at a working point, and
which clips were hardest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.learning.evaluation import softmax

NONE = 10
"""Stands for "not a digit": the answer to what is none, and the decision to reject."""

LogitsOf = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Samples [shape=(n,)] -> logits [shape=(10,) or (11,)], as ``Recogniser.logits``."""


@dataclass(frozen=True, eq=False)
class ClipScores:
    """A model's numbers for some clips."""

    answers: NDArray[np.int32]
    """What was said in each [shape=(n,)]: the digit, or ``NONE``."""
    logits: NDArray[np.float32]
    """[shape=(n, 10) or (n, 11)]"""
    temperature: float = 1.0
    threshold: float = 0.5
    """The model's own working point."""

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """Of every answer, at the model's temperature [shape=(n, n_answers)]."""
        return softmax(self.logits, self.temperature)

    @property
    def guesses(self) -> NDArray[np.int32]:
        """The most probable digit of each, forced to say one [shape=(n,)]."""
        return np.asarray(self.logits[:, :NONE].argmax(axis=1), np.int32)

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether the forced guess is right [shape=(n,)]; never for what is no digit."""
        return np.asarray(self.guesses == self.answers)

    def decided(self, threshold: float | None = None) -> NDArray[np.int32]:
        """Return the digit answered, or ``NONE`` where it was rejected [shape=(n,)].

        Parameters
        ----------
        threshold : float, optional
            By default the model's own. The rule is ``core.listening.recogniser.answer_from``'s.
        """
        p = self.probabilities
        best = p[:, :NONE].max(axis=1)
        least = self.threshold if threshold is None else threshold
        said = (best >= least) & (best >= p[:, NONE:].sum(axis=1))
        return np.where(said, self.guesses, NONE).astype(np.int32)

    def of(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> "ClipScores":
        """Return the scores of some of the clips."""
        return ClipScores(
            self.answers[chosen], self.logits[chosen], self.temperature, self.threshold
        )

    def hardest(self, n: int) -> NDArray[np.int64]:
        """Return the places of the clips whose right answer is least probable, worst first.

        A clip that is no digit is as hard as its most probable digit is probable.
        """
        p = self.probabilities
        digit = self.answers < NONE
        place = np.minimum(self.answers, NONE - 1)
        ease = np.where(digit, p[np.arange(len(p)), place], 1 - p[:, :NONE].max(axis=1))
        return np.asarray(np.argsort(ease, kind="stable")[:n], np.int64)


def score_clips(
    logits_of: LogitsOf,
    clips: Sequence[NDArray[np.float32]],
    answers: NDArray[np.int32],
    temperature: float = 1.0,
    threshold: float = 0.5,
    progress: Callable[[float], None] | None = None,
) -> ClipScores:
    """Return what a model answers to clips, each exactly as Live would hear it cut out.

    Parameters
    ----------
    logits_of : callable
        ``Recogniser.logits``: with all of the model's views.
    clips : sequence of np.ndarray [shape=(n_i,)], float32
    answers : np.ndarray [shape=(n,)], int32
    temperature, threshold : float
        The model's working point.
    progress : callable, optional
        Called with the fraction done.
    """
    found = []
    for i, y in enumerate(clips):
        found.append(logits_of(y))
        if progress is not None:
            progress((i + 1) / len(clips))
    logits = np.stack(found) if found else np.zeros((0, NONE), np.float32)
    return ClipScores(answers, logits, temperature, threshold)
