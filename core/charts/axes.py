"""What curves are drawn over, and how they are smoothed.

In: a history, a choice of axis, a weight. Out: numbers for any chart of learning.
"""

from collections.abc import Sequence

import numpy as np

from core.learning.history import Epoch, History, Mark, Moment

AXES = {"epoch": "Epoch", "step": "Step", "seconds": "Seconds"}
"""What a curve can be drawn over."""
HUGE = 1e29
"""A loss of this size is written for one that is no longer finite, and is not drawn."""


def places(
    history: History, points: Sequence[Moment | Epoch | Mark], axis: str
) -> list[float | None]:
    """Return where points of a history stand on an axis.

    Parameters
    ----------
    history : History
    points : sequence of Moment, Epoch or Mark
        Of this history.
    axis : str
        A key of ``AXES``. Seconds of training are measured at the ends of epochs and lie between
        them in proportion to the steps.

    Returns
    -------
    x : list of float or None
        None in a first epoch that has not ended: its pace is not known yet.
    """
    if axis != "seconds":
        return [float(getattr(point, axis)) for point in points]
    steps = [0, *(e.step for e in history.epochs)]
    seconds = [0.0, *(e.seconds for e in history.epochs)]
    if len(steps) < 2:
        return [None] * len(points)
    pace = (seconds[-1] - seconds[-2]) / max(1, steps[-1] - steps[-2])
    return [
        seconds[-1] + pace * (point.step - steps[-1])
        if point.step > steps[-1]
        else float(np.interp(point.step, steps, seconds))
        for point in points
    ]


def fewer(points: Sequence[Moment], most: int = 600) -> Sequence[Moment]:
    """Return every so-manieth point, counted from the last, so that there are at most ``most``.

    A chart is hardly a thousand pixels wide, and a run of an hour has ten thousand points.
    """
    every = max(1, -(-len(points) // most))
    return points[(len(points) - 1) % every :: every]


def smoothed(values: Sequence[float | None], weight: float) -> list[float | None]:
    """Return the running mean of values, corrected for its short past as Adam's is.

    Parameters
    ----------
    values : sequence of float or None
        None where nothing was measured, or nothing finite: passed over, and None again.
    weight : float
        What the mean keeps at each value, in [0, 1); 0 changes nothing.

    References
    ----------
    .. [1] Kingma & Ba 2015, "Adam", section 3, on correcting the bias of a running mean.
    """
    mean, seen = 0.0, 0
    found: list[float | None] = []
    for value in values:
        if value is None or not abs(value) < HUGE:
            found.append(None)
            continue
        seen += 1
        mean = weight * mean + (1 - weight) * value
        found.append(mean / (1 - weight**seen))
    return found
