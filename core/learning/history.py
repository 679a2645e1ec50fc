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
    unseen_loss: float | None = None
    """Of speakers left out, reported and never used for choosing; None where nobody is."""
    unseen_accuracy: float | None = None
    guesses: str | None = None
    """What was answered to each of the clips that every epoch is looked at with, a sign a clip;
    see ``core.learning.answers``."""


NEWER = ("unseen_loss", "unseen_accuracy", "guesses")
"""What the logs of the first versions lack."""


@dataclass(frozen=True)
class Moment:
    """What a few steps gave: the fine curve between epochs."""

    step: int
    epoch: float
    """Epochs done, with the part of the current one."""
    loss: float
    accuracy: float


@dataclass(frozen=True)
class Activity:
    """One layer's activations on the probe images."""

    layer: str
    mean: float
    variance: float
    dead: float | None
    """Share of ReLUs that no probe image makes positive, anywhere; None for other layers."""
    saturated: float | None
    """Share of values at the flat ends of a sigmoid or tanh; None for other layers."""


@dataclass(frozen=True)
class Signals:
    """What went on inside the network in the last few steps."""

    step: int
    """The last of the steps; the one before it is ``step - 1``, and so on."""
    epoch: float
    """Epochs done, with the part of the current one."""
    layers: tuple[str, ...]
    """The layers that have weights, from the image to the answers."""
    gradients: tuple[tuple[float, ...], ...]
    """Norm of each layer's gradient, step by step [shape=(n_steps, n_layers)]."""
    ratios: tuple[tuple[float, ...], ...]
    """Norm of each layer's update over the norm of its weights [shape=(n_steps, n_layers)]."""
    activities: tuple[Activity, ...]
    """From the image to the answers; empty where no look was due."""
    speed: float
    """Training examples a second."""


@dataclass(frozen=True)
class Mark:
    """What somebody asked for on the way, at the step where it took effect."""

    step: int
    epoch: float
    kind: str
    """``pause``, ``continue``, ``step``, ``epoch``, ``rate``, ``stop`` or ``resumed``."""
    rate: float | None = None


@dataclass(frozen=True)
class Setting:
    """What was asked for, as far as a judgement of the history depends on it."""

    optimizer: str
    """A key of ``OPTIMIZERS``."""
    adaptive: bool
    """Whether it divides each step by the size of the gradient, so that the rate alone says how
    long a step is."""
    full_batch: bool
    usual_rate: float
    """The optimizer's default learning rate."""
    parameters: int
    """Numbers that the network holds."""
    harder: bool
    """Whether training clips are changed, or units switched off, while they are trained on: then
    the training curve lies below what is known of them."""
    epochs: int | None = None
    """Epochs that were asked for, of a run at work: the rest is still to come. None once it has
    ended, and where nobody told."""


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
    signals: tuple[Signals, ...] = ()
    """Empty where they were switched off, and in runs of the first versions."""
    marks: tuple[Mark, ...] = ()
    n_unseen: int = 0
    """Clips of speakers left out that every epoch is looked at with."""
    n_leaked: int = 0
    """Validation and scored clips whose very samples are trained on."""
    setting: Setting | None = None
    """What was asked for, as far as a judgement depends on it; None where nobody told."""

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
    signals: list[Signals] = []
    marks: list[Mark] = []
    start: Mapping[str, Any] = {}
    for record in records:
        kind = record.get("kind")
        try:
            if kind == "moment":
                moments.append(Moment(**{k: record[k] for k in Moment.__annotations__}))
            elif kind == "epoch":
                # an older log says nothing of speakers left out
                names = (k for k in Epoch.__annotations__ if k in record or k not in NEWER)
                epochs.append(Epoch(**{k: record[k] for k in names}))
            elif kind == "signals":
                signals.append(_signals_of(record))
            elif kind == "request":
                asked, rate = record["request"], record.get("rate")
                marks.append(Mark(record["step"], record["epoch"], asked, rate))
            elif kind == "resumed":
                marks.append(Mark(record["step"], record["epoch"], "resumed"))
            elif kind == "start":
                start = record
        except (KeyError, TypeError):  # whole, but of another version: it tells less, not nothing
            continue
    return History(
        tuple(moments),
        tuple(epochs),
        start.get("loss"),
        start.get("val_loss"),
        start.get("n_train", 0),
        start.get("n_validation", 0),
        tuple(signals),
        tuple(marks),
        start.get("n_unseen", 0),
        start.get("n_leaked", 0),
    )


def _signals_of(record: Mapping[str, Any]) -> Signals:
    fields = {k: record[k] for k in Signals.__annotations__}
    tables = {k: tuple(tuple(row) for row in fields[k]) for k in ("gradients", "ratios")}
    activities = tuple(
        Activity(**{k: a[k] for k in Activity.__annotations__}) for a in fields["activities"]
    )
    layers = tuple(fields["layers"])
    return Signals(**{**fields, **tables, "layers": layers, "activities": activities})


def record_of(value: Epoch | Moment | Signals) -> dict[str, Any]:
    """Return a record for the run's log."""
    return {"kind": type(value).__name__.lower(), **asdict(value)}
