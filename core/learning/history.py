"""The history of a run: what was measured, in order, as plain values.

In: the training loop. Out: the run store, the diagnosis, the charts. Nothing here trains.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training examples gave."""

    epoch: int
    """Counted from 1."""
    step: int
    """Steps taken since the start of the run."""
    loss: float
    """Mean cross-entropy of the training examples while they were trained on (with dropout)."""
    accuracy: float
    """Share of them answered right, in [0, 1]."""
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float
    """Since training began, without loading and compiling."""


@dataclass(frozen=True)
class Moment:
    """What a few steps gave: the fine curve between epochs."""

    step: int
    epoch: float
    """Epochs done, with the part of the current one."""
    loss: float
    accuracy: float


@dataclass(frozen=True)
class History:
    """All that a run has measured so far."""

    moments: tuple[Moment, ...] = ()
    epochs: tuple[Epoch, ...] = ()
    start_loss: float | None = None
    """Loss before the first step; about ln 10 = 2.303 for a well-begun network of ten answers."""
    start_val_loss: float | None = None
    n_train: int = 0
    n_validation: int = 0

    @property
    def best(self) -> Epoch | None:
        """The epoch kept: lowest validation loss.

        A few hundred validation clips tell accuracies apart only by whole clips; the loss also
        tells how sure the network was, and so is the steadier judge.
        """
        return min(self.epochs, key=lambda e: e.val_loss, default=None)


def history_of(records: Iterable[Mapping[str, Any]]) -> History:
    """Return the history that a run's log tells.

    Parameters
    ----------
    records : iterable of mappings
        Records as ``core.learning.runs`` reads them; other kinds are passed over, and so are
        fields that a newer version added.
    """
    moments: list[Moment] = []
    epochs: list[Epoch] = []
    start: Mapping[str, Any] = {}
    for record in records:
        kind = record.get("kind")
        if kind == "moment":
            moments.append(Moment(**{k: record[k] for k in Moment.__annotations__}))
        elif kind == "epoch":
            epochs.append(Epoch(**{k: record[k] for k in Epoch.__annotations__}))
        elif kind == "start":
            start = record
    return History(
        tuple(moments),
        tuple(epochs),
        start.get("loss"),
        start.get("val_loss"),
        start.get("n_train", 0),
        start.get("n_validation", 0),
    )


def record_of(value: Epoch | Moment) -> dict[str, Any]:
    """Return a record for the run's log."""
    return {"kind": "epoch" if isinstance(value, Epoch) else "moment", **asdict(value)}
