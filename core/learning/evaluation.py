"""Evaluation: scores with their samples and intervals.

In: right answers and a network's logits. Out: plain values for results, cards and charts.
"""

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


def softmax(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float32]:
    """Return probabilities [shape=(n, k)] that sum to one along the last axis."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def cross_entropy(logits: NDArray[np.float32], answers: NDArray[np.int32]) -> float:
    """Return the mean of -ln p(right answer); ln 10 = 2.303 is a guess among ten."""
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
