"""Rejection: what a stricter working point costs in digits, and saves in words that are none.

In: a model's scores of clips. Out: counts at many thresholds, for a chart and a slider.
"""

from dataclasses import dataclass

from core.learning.clip_scores import NONE, ClipScores

THRESHOLDS = (*(round(i / 50, 2) for i in range(50)), 0.99, 0.995, 0.999)
"""Confidences below which a digit is rejected."""


@dataclass(frozen=True)
class WorkingPoint:
    """What becomes of clips at one threshold."""

    threshold: float
    right: int
    """Digits answered rightly."""
    wrong: int
    """Digits answered with another digit."""
    rejected: int
    """Digits answered "not a digit"."""
    raised: int
    """Clips that are no digit and were answered with one."""
    n_others: int
    """Clips that are no digit."""

    @property
    def n_digits(self) -> int:
        """Clips that are digits."""
        return self.right + self.wrong + self.rejected


def working_point(scores: ClipScores, threshold: float) -> WorkingPoint:
    """Return what becomes of clips at a threshold in [0, 1]."""
    decided = scores.decided(threshold)
    digit = scores.answers < NONE
    said = decided < NONE
    return WorkingPoint(
        threshold,
        int((digit & (decided == scores.answers)).sum()),
        int((digit & said & (decided != scores.answers)).sum()),
        int((digit & ~said).sum()),
        int((~digit & said).sum()),
        int((~digit).sum()),
    )


def rejection_curve(scores: ClipScores) -> tuple[WorkingPoint, ...]:
    """Return what becomes of clips at each of ``THRESHOLDS``."""
    return tuple(working_point(scores, threshold) for threshold in THRESHOLDS)
