"""The sweep before a race: which learning rate an optimizer tries next, and which is its best.

In: the scores of the rates tried so far. Out: the next rate, or the best one. The sweep begins
around the optimizer's default and goes on past its edge as long as the best rate lies there: a best
rate at the edge of what was tried may be no best at all (Goodfellow, Bengio & Courville 2016,
section 11.4.3).
"""

import math
from collections.abc import Mapping

from core.learning.optimizers import OPTIMIZERS
from core.learning.racing.specs import FACTORS, MIDDLE

Scores = Mapping[float, float]
"""Of each learning rate tried, the lowest validation loss that it reached; infinite where its
training left all bounds."""


def grid(optimizer: str, rates: int) -> tuple[float, ...]:
    """Return the learning rates with which an optimizer's sweep begins, ascending."""
    first = MIDDLE - rates // 2
    default = OPTIMIZERS[optimizer].learning_rate
    return tuple(default * factor for factor in FACTORS[first : first + rates])


def next_rate(optimizer: str, rates: int, scores: Scores) -> float | None:
    """Return the learning rate to be tried next; None where the sweep has ended.

    Parameters
    ----------
    optimizer : str
        A key of ``OPTIMIZERS``.
    rates : int
        How many rates the sweep begins with.
    scores : mapping
        The rates tried so far, with their scores.
    """
    waiting = [rate for rate in grid(optimizer, rates) if rate not in scores]
    if waiting:
        return waiting[0]
    possible = [OPTIMIZERS[optimizer].learning_rate * factor for factor in FACTORS]
    tried = [i for i, rate in enumerate(possible) if rate in scores]
    best = best_rate(scores)
    if best is None:  # each was too long a step
        return possible[tried[0] - 1] if tried[0] > 0 else None
    if best == possible[tried[-1]] and tried[-1] + 1 < len(possible):
        return possible[tried[-1] + 1]
    if best == possible[tried[0]] and tried[0] > 0:
        return possible[tried[0] - 1]
    return None


def best_rate(scores: Scores) -> float | None:
    """Return the learning rate with the lowest score; None where none is finite."""
    finite = {rate: score for rate, score in scores.items() if math.isfinite(score)}
    return min(finite, key=lambda rate: finite[rate], default=None)


def at_the_edge(scores: Scores) -> bool:
    """Return whether the best rate is the lowest or the highest one tried."""
    best = best_rate(scores)
    return best is not None and len(scores) > 1 and best in (min(scores), max(scores))
