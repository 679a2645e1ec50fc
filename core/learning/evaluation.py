"""Evaluation: scores with their samples and intervals.

In: right answers and a network's logits. Out: plain values for results, cards and charts.
"""

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Accuracy:
    """A share of right answers with what it rests on."""

    right: int
    total: int
    low: float
    """Lower end of the 95 % Wilson interval, in [0, 1]."""
    high: float
    """Upper end of it."""

    @property
    def share(self) -> float:
        """Right answers over all, in [0, 1]."""
        return self.right / self.total

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, with the share spelled out."""
        return {**asdict(self), "share": self.share}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Accuracy":
        """Return the accuracy that ``to_dict`` wrote."""
        return cls(**{k: values[k] for k in ("right", "total", "low", "high")})

    def __str__(self) -> str:
        return (
            f"{100 * self.share:.1f} % ({self.right} of {self.total}; "
            f"95 % interval {100 * self.low:.1f} to {100 * self.high:.1f} %)"
        )


def accuracy(right: int, total: int) -> Accuracy | None:
    """Return an accuracy with its Wilson interval; None where nothing was scored.

    Source of the interval: Wilson 1927, as in ``scipy.stats``.
    """
    if total == 0:
        return None
    from scipy.stats import binomtest

    interval = binomtest(right, total).proportion_ci(0.95, method="wilson")
    return Accuracy(right, total, float(interval.low), float(interval.high))


def accuracy_by(groups: Sequence[Hashable], right: NDArray[np.bool_]) -> dict[Any, dict[str, Any]]:
    """Return the accuracy of each group with its interval, as plain values, in sorted order.

    Parameters
    ----------
    groups : sequence
        What each answer belongs to: its digit, its speaker.
    right : np.ndarray [shape=(n,)], bool
    """
    found = {}
    for group in sorted({*groups}, key=lambda g: (str(type(g)), g)):
        here = np.array([g == group for g in groups])
        score = accuracy(int(right[here].sum()), int(here.sum()))
        assert score is not None
        found[group] = score.to_dict()
    return found


def scores_of(
    logits: NDArray[np.float32],
    answers: NDArray[np.int32],
    speakers: Sequence[str],
    temperature: float = 1.0,
) -> dict[str, Any] | None:
    """Return all that is said of a network on some clips, as plain values; None for no clips.

    Parameters
    ----------
    logits : np.ndarray [shape=(n, k)], float32
    answers : np.ndarray [shape=(n,)], int32
    speakers : sequence of str
        Who said each clip.
    temperature : float
        Fitted on other clips; see ``core.learning.calibration``.
    """
    from core.learning.calibration import calibration

    guesses = logits.argmax(axis=1).astype(np.int32)
    right = guesses == answers
    found = accuracy(int(right.sum()), len(answers))
    if found is None:
        return None
    before, after = (calibration(logits, answers, t) for t in (1.0, temperature))
    sure = None
    if before is not None and after is not None:
        sure = {
            "temperature": temperature,
            "error": before.error,
            "error_at_temperature": after.error,
            "bins": list(before.to_dict()["bins"]),
        }
    by_answer = accuracy_by([int(a) for a in answers], right)
    return {
        **found.to_dict(),
        "loss": (loss if np.isfinite(loss := cross_entropy(logits, answers)) else None),
        "confusion": confusion(answers, guesses, logits.shape[1]),
        "by_answer": {str(answer): score for answer, score in by_answer.items()},
        "by_speaker": accuracy_by(list(speakers), right),
        "calibration": sure,  # None for a network that diverged: it has no confidence
    }


def softmax(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float32]:
    """Return probabilities [shape=(n, k)] that sum to one along the last axis."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def cross_entropy(logits: NDArray[np.float32], answers: NDArray[np.int32]) -> float:
    """Return the mean of -ln p(right answer); ln 10 = 2.303 is a guess among ten.

    NaN where a logit is not finite.
    """
    if not np.isfinite(logits).all():
        return float("nan")
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1))
    return float(np.mean(log_total - shifted[np.arange(len(answers)), answers]))


def confusion(
    answers: NDArray[np.int32], guesses: NDArray[np.int32], n_answers: int
) -> list[list[int]]:
    """Return counts [n_answers][n_answers]: row the right answer, column the guess."""
    from sklearn.metrics import confusion_matrix

    counts = confusion_matrix(answers, guesses, labels=range(n_answers))
    return [[int(n) for n in row] for row in counts]
