"""Two models on the same clips: whether the better one is better, or was lucky.

In: which clips each got right. Out: counts and an exact test, with the answer in plain words.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.05
"""Below this a difference is called real: by chance alone one comparison in twenty would be."""


@dataclass(frozen=True)
class Comparison:
    """Two models on the same clips, counted clip by clip."""

    both: int
    first_only: int
    """Clips that only the first gets right."""
    second_only: int
    neither: int
    p: float
    """How often chance alone would part two equal models at least as far, in (0, 1]."""

    @property
    def total(self) -> int:
        """Clips compared."""
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def real(self) -> bool:
        """Whether the difference is more than chance would make."""
        return self.p < LEVEL

    def words(self, first: str, second: str) -> str:
        """Return the answer in a sentence; the names are data."""
        counts = (
            f"Of {self.total} clips {first} alone is right on {self.first_only}, {second} alone on "
            f"{self.second_only}"
        )
        if not self.first_only and not self.second_only:
            return f"{counts}: they are right and wrong on the very same clips."
        odds = (
            f"If both were equally good, chance would part them this far or further "
            f"{_often(self.p)} (p = {self.p:.2g}, exact McNemar test)"
        )
        if not self.real:
            return f"{counts}. {odds}: this may well be chance. More clips could tell."
        better = first if self.first_only > self.second_only else second
        return f"{counts}. {odds}: {better} really is better on clips like these."


def _often(p: float) -> str:
    """Return how often something of a probability happens."""
    if p >= 0.995:
        return "always"
    return f"in {100 * p:.0f} of 100 comparisons" if p >= 0.01 else "in fewer than 1 of 100"


def compare(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Comparison:
    """Return how two models compare on the same clips.

    Parameters
    ----------
    first, second : np.ndarray [shape=(n,)], bool
        Whether each is right on each clip.

    Returns
    -------
    comparison : Comparison
        Its ``p`` is the exact two-sided binomial probability over the clips on which they differ.

    References
    ----------
    .. [1] McNemar 1947; exact form as in Fagerland, Lydersen & Laake 2013.
    """
    if first.shape != second.shape:
        raise ValueError(f"{first.shape} and {second.shape}: expected the same clips for both.")
    from scipy.stats import binomtest

    only = int((first & ~second).sum()), int((~first & second).sum())
    p = float(binomtest(only[0], sum(only), 0.5).pvalue) if sum(only) else 1.0
    return Comparison(int((first & second).sum()), *only, int((~first & ~second).sum()), p)
