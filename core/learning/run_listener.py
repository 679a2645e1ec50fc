"""Who hears what happens in a run, and may say stop: what the training loop asks of its listener.

In: the training loop. Out: events for whoever writes them down; ``core.learning.worker`` does.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from core.learning.answers import Watched
from core.learning.checkpoints import Waypoint
from core.learning.history import Epoch, Moment, Signals
from core.learning.requests import Orders
from core.learning.step import TrainingState


class Stopped(Exception):  # noqa: N818 - it is no error: somebody pressed stop
    """Somebody asked the run to stop."""


class Listener(Protocol):
    """Who hears what happens in a run."""

    def phase(self, words: str) -> None:
        """Say what the run is doing now."""

    def started(
        self,
        loss: float,
        val_loss: float,
        n_train: int,
        n_validation: int,
        n_unseen: int = 0,
        n_leaked: int = 0,
    ) -> None:
        """Say the losses before the first step, and how many clips there are of each kind."""

    def watches(self, clips: Sequence[Watched]) -> None:
        """Say which clips every epoch is looked at with; its guesses stand in their order."""

    def moment(self, moment: Moment) -> None:
        """Say what the last few steps gave."""

    def signals(self, signals: Signals) -> None:
        """Say what went on inside the network in the last few steps."""

    def epoch(self, epoch: Epoch, best: bool, model: Callable[[], Any]) -> None:
        """Say what an epoch gave; ``model()`` is the network with this epoch's weights."""

    def waypoint(self, waypoint: Waypoint, last: bool) -> None:
        """Take a place from which training can go on; its arrays hold until this returns."""

    def resumed(self, like: TrainingState) -> Waypoint | None:
        """Return the place from which to go on, in a state like this one; None to begin."""

    def orders(self, step: int, epoch: float) -> Orders:
        """Return what holds for the next steps; return late to pause."""

    def stop_asked(self) -> bool:
        """Return whether to stop within this step."""
