"""What the rules look at: a history's signals as arrays, one row a step.

In: a history. Out: gradients, update ratios and the last looks at the activations.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.learning.history import Activity, History


@dataclass(frozen=True)
class Insides:
    """What went on inside the layers that multiply by weights; batch norms are left out."""

    layers: tuple[str, ...]
    """From the image to the answers."""
    gradients: NDArray[np.float64]
    """Norm of each layer's gradient [shape=(n_steps, n_layers)]."""
    ratios: NDArray[np.float64]
    """Norm of each layer's update over that of its weights [shape=(n_steps, n_layers)]."""
    epochs: NDArray[np.float64]
    """When each step ended, in epochs done [shape=(n_steps,)]."""
    looks: tuple[tuple[float, tuple[Activity, ...]], ...]
    """Every look at the activations, in order, each with the epochs done."""


def insides_of(history: History) -> Insides | None:
    """Return the signals of a history; None where none were measured."""
    if not history.signals:
        return None
    names = history.signals[0].layers
    kept = [i for i, name in enumerate(names) if not name.startswith("norm_")]
    if len(kept) < 2:
        return None
    gradients = np.array([row for s in history.signals for row in s.gradients], np.float64)
    ratios = np.array([row for s in history.signals for row in s.ratios], np.float64)
    at = np.array([s.epoch for s in history.signals for _ in s.gradients], np.float64)
    looks = tuple((s.epoch, s.activities) for s in history.signals if s.activities)
    layers = tuple(names[i] for i in kept)
    return Insides(layers, gradients[:, kept], ratios[:, kept], at, looks)


def usual_ratio(history: History) -> float | None:
    """Return how much of its weights a usual late step changes, in the layer it changes most."""
    inside = insides_of(history)
    if inside is None or not len(inside.ratios):
        return None
    late = inside.ratios[len(inside.ratios) // 2 :]
    return float(np.median(late.max(axis=1)))


def worst_layer(history: History, share: str) -> tuple[str, float, float] | None:
    """Return the layer with the largest share, its median over the later looks, and their start.

    Parameters
    ----------
    history : History
    share : str
        ``dead`` or ``saturated``.

    Returns
    -------
    layer, median, epoch : str, float, float
        None where no layer has units of that kind.
    """
    inside = insides_of(history)
    if inside is None or not inside.looks:
        return None
    later = inside.looks[len(inside.looks) // 2 :]
    shares: dict[str, list[float]] = {}
    for _, look in later:
        for activity in look:
            if (value := getattr(activity, share)) is not None:
                shares.setdefault(activity.layer, []).append(value)
    medians = {layer: float(np.median(found)) for layer, found in shares.items()}
    if not medians:
        return None
    worst = max(medians, key=lambda layer: medians[layer])
    return worst, medians[worst], later[0][0]
