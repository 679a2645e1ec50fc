"""Calibration: whether a network that is 90 % sure is right nine times in ten.

In: logits and right answers. Out: the reliability bins, their expected error, and the temperature
that mends it. Temperature is fitted on validation clips and judged on others.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.learning.evaluation import cross_entropy, softmax

N_BINS = 15
"""Bins of equal width in [0, 1], as Guo et al. 2017 used."""
LOWEST, HIGHEST = 0.05, 20.0
"""Between these the temperature is sought; a network that is never wrong would ask for 0."""


@dataclass(frozen=True)
class Bin:
    """The answers whose confidence lies between two bounds."""

    low: float
    high: float
    """Confidence in (low, high]."""
    total: int
    confidence: float
    """Their mean confidence; 0 where the bin is empty."""
    accuracy: float
    """Share of them that is right; 0 where the bin is empty."""


@dataclass(frozen=True)
class Calibration:
    """How far confidence and accuracy lie apart."""

    error: float
    """Expected calibration error in [0, 1]: the bins' differences, weighted by their answers."""
    bins: tuple[Bin, ...]
    total: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a result."""
        return asdict(self)


def calibration(
    logits: NDArray[np.float32], answers: NDArray[np.int32], temperature: float = 1.0
) -> Calibration | None:
    """Return how well confidence agrees with accuracy.

    None where nothing was scored, or where a logit is not finite: a network that diverged has no
    confidence.

    Parameters
    ----------
    logits : np.ndarray [shape=(n, k)], float32
    answers : np.ndarray [shape=(n,)], int32
    temperature : float
        Logits are divided by it.

    References
    ----------
    .. [1] Guo et al. 2017, "On calibration of modern neural networks", equation 3.
    """
    if not len(answers) or not np.isfinite(logits).all():
        return None
    probabilities = softmax(logits, temperature)
    confidence = probabilities.max(axis=1).astype(np.float64)  # (n,)
    right = probabilities.argmax(axis=1) == answers
    place = np.clip(np.ceil(confidence * N_BINS).astype(int) - 1, 0, N_BINS - 1)
    bins = []
    for i in range(N_BINS):
        here = place == i
        n = int(here.sum())
        bins.append(
            Bin(
                i / N_BINS,
                (i + 1) / N_BINS,
                n,
                float(confidence[here].mean()) if n else 0.0,
                float(right[here].mean()) if n else 0.0,
            )
        )
    error = sum(b.total * abs(b.confidence - b.accuracy) for b in bins) / len(answers)
    return Calibration(float(error), tuple(bins), len(answers))


def fit_temperature(logits: NDArray[np.float32], answers: NDArray[np.int32]) -> float:
    """Return the temperature that makes held-out answers least surprising.

    Parameters
    ----------
    logits : np.ndarray [shape=(n, k)], float32
        Of clips that the network was not trained on.
    answers : np.ndarray [shape=(n,)], int32

    Returns
    -------
    temperature : float
        In [0.05, 20]; above 1 the network was too sure. 1 where there is nothing to fit, or a
        logit is not finite.

    References
    ----------
    .. [1] Guo et al. 2017, section 4.2: one number, by maximum likelihood.
    """
    from scipy.optimize import minimize_scalar

    if not len(answers) or not np.isfinite(logits).all():
        return 1.0
    wide = np.asarray(logits, np.float64)

    def surprise(log_temperature: float) -> float:
        return cross_entropy(wide / np.exp(log_temperature), answers)

    bounds = (float(np.log(LOWEST)), float(np.log(HIGHEST)))
    found = minimize_scalar(surprise, bounds=bounds, method="bounded")
    return float(np.exp(found.x))
