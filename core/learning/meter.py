"""The meter: gathers what steps give and tells it a few times a second.

In: each step's sums and per-layer signals. Out: points of the fine curve and what goes on inside.
"""

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.learning.history import Activity, Moment, Signals

MOMENT_SECONDS = 0.4
"""Time between two points of the fine curve."""
LOOK_SHARE = 0.03
"""Share of the time that may go into looking at activations within an epoch; each ends with one."""


class Hearer(Protocol):
    """Who hears the meter."""

    def moment(self, moment: Moment) -> None:
        """Say what the last few steps gave."""

    def signals(self, signals: Signals) -> None:
        """Say what went on inside the network in the last few steps."""


class Meter:
    """Gathers steps into one point of the fine curve every ``MOMENT_SECONDS`` and every epoch.

    Parameters
    ----------
    hearer : Hearer
    layers : sequence of str
        The rows of each step's signals; none where signals are off.
    look : callable
        Measures the activations of the network as it is now.
    """

    def __init__(
        self, hearer: Hearer, layers: tuple[str, ...], look: Callable[[], tuple[Activity, ...]]
    ) -> None:
        self._hearer = hearer
        self._layers = layers
        self._look = look
        self._since = time.perf_counter()
        self._look_due: float | None = None
        self._clear()

    def _clear(self) -> None:
        self._sums = np.zeros(3)
        self._signals: list[Any] = []

    def begin(self) -> None:
        """Forget the steps that were not told yet: an epoch begins."""
        self._clear()
        self._since = time.perf_counter()

    def wait(self, seconds: float) -> None:
        """Count time in which no steps were taken: a pause makes training no slower."""
        self._since += seconds

    def add(
        self,
        sums: NDArray[np.float64],
        signals: Any,
        step: int,
        epoch: float,
        tell: bool = False,
    ) -> None:
        """Count a step; tell the hearer when it is time.

        Parameters
        ----------
        sums : np.ndarray [shape=(3,)]
            Summed loss, right answers, examples.
        signals : jax.Array [shape=(n_layers, 2)]
            Gradient norm and update-to-weight ratio of each layer; read only when told, so that
            nothing waits for it.
        step : int
            Steps taken since the run began.
        epoch : float
            Epochs done, with the part of the current one.
        tell : bool
            Whether to tell it at once: somebody asked for this very step.
        """
        self._sums += sums
        if self._layers:
            self._signals.append(signals)
        now = time.perf_counter()
        ended = epoch == int(epoch)
        if step > 1 and not (ended or tell) and now - self._since < MOMENT_SECONDS:
            return
        loss, right, n = self._sums
        self._hearer.moment(Moment(step, epoch, float(loss / n), float(right / n)))
        if self._layers:
            self._tell(step, epoch, ended, float(n / max(now - self._since, 1e-9)))
        self._clear()
        self._since = time.perf_counter()

    def _tell(self, step: int, epoch: float, ended: bool, speed: float) -> None:
        table = np.asarray(self._signals, np.float64)  # (n_steps, n_layers, 2)
        activities: tuple[Activity, ...] = ()
        if self._look_due is None:
            self._look()  # compiles, which says nothing about what a look costs
        began = time.perf_counter()
        if self._look_due is None or ended or began >= self._look_due:
            activities = self._look()
            finished = time.perf_counter()
            self._look_due = finished + (finished - began) / LOOK_SHARE
        gradients, ratios = (
            tuple(tuple(float(f"{v:.4g}") for v in row) for row in table[:, :, i]) for i in (0, 1)
        )
        self._hearer.signals(
            Signals(step, epoch, self._layers, gradients, ratios, activities, round(speed, 1))
        )
