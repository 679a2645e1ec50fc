"""Schedules: the table of how the learning rate goes from the first step to the last.

In: a step's number and how many there are. Out: a factor of the learning rate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

WARM_UP_SHARE = 0.05
"""Share of a cosine schedule in which the rate rises; Loshchilov & Hutter 2017 and practice."""


@dataclass(frozen=True)
class Schedule:
    """One schedule: an entry of ``SCHEDULES``."""

    label: str
    summary: str
    source: str
    factor: Callable[[int, int], float]
    """(step counted from 0, steps of the whole run) -> what the learning rate is multiplied by."""


def _constant(step: int, n_steps: int) -> float:
    return 1.0


def _steps(step: int, n_steps: int) -> float:
    return 0.1 ** ((2 * step >= n_steps) + (4 * step >= 3 * n_steps))


def _cosine(step: int, n_steps: int) -> float:
    warm_up = max(1, round(n_steps * WARM_UP_SHARE))
    if step < warm_up:
        return (step + 1) / warm_up
    done = (step - warm_up) / max(1, n_steps - warm_up)
    return 0.5 * (1 + cos(pi * min(done, 1.0)))


SCHEDULES = {
    "constant": Schedule(
        "Constant",
        "The same rate from the first step to the last.",
        "Robbins & Monro 1951",
        _constant,
    ),
    "step": Schedule(
        "Steps",
        "A tenth of the rate after half of the run, a hundredth after three quarters.",
        "He et al. 2016",
        _steps,
    ),
    "cosine": Schedule(
        "Cosine with warm-up",
        "Rises for a twentieth of the run, then falls smoothly to nothing: the last steps settle.",
        "Loshchilov & Hutter 2017 (cosine); Goyal et al. 2017 (warm-up)",
        _cosine,
    ),
}
"""Every schedule: to add one, write its function and its entry here."""


def scheduled_rate(rate: float, schedule: str, step: int, n_steps: int) -> float:
    """Return the learning rate in force at a step.

    Parameters
    ----------
    rate : float
        The rate that the schedule multiplies.
    schedule : str
        A key of ``SCHEDULES``.
    step : int
        Counted from 0.
    n_steps : int
        Steps of the whole run.
    """
    return rate * SCHEDULES[schedule].factor(step, n_steps)
