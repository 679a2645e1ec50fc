"""What the rules look at: a history's signals as arrays, one row a step.

In: a history. Out: gradients, update ratios and the last looks at the activations.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.learning.history import Activity, History

TOO_SMALL = 1e-4
"""Update over weights a step below which the steps are called too short; Karpathy (2019) names 1e-3
as usual. A tenth of it is ours."""


@dataclass(frozen=True)
class Insides:
    """What went on inside the layers that multiply by weights; batch norms are left out."""

    layers: tuple[str, ...]
    """From the image to the answers."""
    gradients: NDArray[np.float64]
    """Norm of each layer's gradient [shape=(n_steps, n_layers)]."""
    ratios: NDArray[np.float64]
    """Norm of each layer's update over that of its weights [shape=(n_steps, n_layers)]."""
    looks: tuple[tuple[Activity, ...], ...]
    """Every look at the activations, in order."""

    def recent(self, table: NDArray[np.float64], share: float = 0.5) -> NDArray[np.float64]:
        """Return a table's last part [shape=(n, n_layers)], at least one row of it."""
        return table[-max(1, int(len(table) * share)) :]


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
    looks = tuple(s.activities for s in history.signals if s.activities)
    return Insides(tuple(names[i] for i in kept), gradients[:, kept], ratios[:, kept], looks)


def usual_ratio(history: History) -> float | None:
    """Return how much of its weights a usual late step changes, in the layer it changes most."""
    inside = insides_of(history)
    if inside is None or not len(inside.ratios):
        return None
    return float(np.median(inside.recent(inside.ratios).max(axis=1)))
