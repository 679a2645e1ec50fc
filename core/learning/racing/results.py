"""What a race has measured so far, read from its log: trials of the sweeps, lanes of the race.

In: a race's records. Out: frozen values for pages, charts and the worker that goes on with it.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

HUGE = 1e29
"""A loss of at least this size stands in a log for one that is no longer finite."""


@dataclass(frozen=True)
class Point:
    """What an epoch gave, measured after it on clips that stay the same."""

    epoch: int
    """Epochs done; 0 before the first step."""
    step: int
    """Updates of the weights done."""
    seconds: float
    """Spent on these updates: no measuring, no compiling, no pause."""
    loss: float
    """Mean cross-entropy of all training clips, without dropout."""
    accuracy: float
    val_loss: float
    val_accuracy: float


@dataclass(frozen=True)
class Trial:
    """One optimizer with one learning rate, in a sweep or in the race."""

    optimizer: str
    rate: float
    points: tuple[Point, ...] = ()
    lost: bool = False
    """Whether the loss left all bounds, and the trial ended there."""

    @property
    def best(self) -> Point | None:
        """The epoch with the lowest validation loss, as the one that a training run keeps."""
        finite = [p for p in self.points if p.val_loss < HUGE]
        return min(finite, key=lambda p: p.val_loss, default=None)

    @property
    def score(self) -> float:
        """The lowest validation loss; infinite where the trial was lost."""
        return float("inf") if self.lost or self.best is None else self.best.val_loss

    def reaches(self, accuracy: float) -> Point | None:
        """Return the first epoch with at least this validation accuracy; None if there is none."""
        return next((p for p in self.points if p.val_accuracy >= accuracy), None)


@dataclass(frozen=True)
class Results:
    """A race so far."""

    start: Point | None = None
    """Before the first step: the same for all lanes."""
    n_train: int = 0
    n_validation: int = 0
    sweeps: Mapping[str, tuple[Trial, ...]] = field(default_factory=dict)
    """Of each optimizer the trials of its sweep, by ascending rate."""
    lanes: Mapping[str, Trial] = field(default_factory=dict)
    """Of each optimizer that is racing its trial in the race."""

    @property
    def epochs(self) -> int:
        """Epochs trained so far, by all."""
        trials = [t for sweep in self.sweeps.values() for t in sweep]
        return sum(len(t.points) for t in (*trials, *self.lanes.values()))

    def ranking(self) -> tuple[Trial, ...]:
        """Return the lanes by the lowest validation loss each reached, best first."""
        return tuple(sorted(self.lanes.values(), key=lambda t: t.score))


_NAMES = tuple(f.name for f in fields(Point))


def point_in(record: Mapping[str, Any]) -> Point | None:
    """Return the point that a record holds; None if it is not whole."""
    values: dict[str, Any] = {name: record.get(name) for name in _NAMES}
    if not all(isinstance(v, int | float) for v in values.values()):
        return None
    return Point(**values)


def record_of(point: Point) -> dict[str, Any]:
    """Return plain values for a log; a loss that is no longer finite is written as a huge one."""
    values = asdict(point)
    for name in ("loss", "val_loss"):
        if not abs(values[name]) < HUGE:  # NaN compares false
            values[name] = 10 * HUGE
    return values


def results_of(records: Iterable[Mapping[str, Any]], sweep_epochs: int) -> Results:
    """Return what a race's log tells.

    Parameters
    ----------
    records : iterable of mappings
        Its whole records. A race that went on after it was cut short keeps the trials that had
        ended and measures the others again, the race itself included.
    sweep_epochs : int
        Epochs after which a trial of a sweep has ended.
    """
    found = Results()
    trials: dict[tuple[str, str, float], Trial] = {}
    for record in records:
        kind = record.get("kind")
        if kind == "resumed":
            trials = {
                key: trial
                for key, trial in trials.items()
                if key[0] == "sweep" and (trial.lost or len(trial.points) >= sweep_epochs)
            }
        elif kind == "start":
            n_train, n_validation = (int(record.get(k) or 0) for k in ("n_train", "n_validation"))
            found = Results(point_in(record), n_train, n_validation)
        elif kind == "point" and (point := point_in(record)) is not None:
            part, optimizer = str(record.get("part")), str(record.get("optimizer"))
            key = part, optimizer, float(record.get("rate") or 0.0)
            before = trials.get(key, Trial(*key[1:]))
            points = (*(p for p in before.points if p.epoch < point.epoch), point)
            trials[key] = replace(before, points=points, lost=bool(record.get("lost")))
    sweeps: dict[str, tuple[Trial, ...]] = {}
    for (part, optimizer, _), trial in sorted(trials.items(), key=lambda item: item[0][2]):
        if part == "sweep":
            sweeps[optimizer] = (*sweeps.get(optimizer, ()), trial)
    lanes = {o: t for (part, o, _), t in trials.items() if part == "race"}
    return replace(found, sweeps=sweeps, lanes=lanes)


def csv_of(results: Results) -> bytes:
    """Return every point as a line of CSV, in UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["part", "optimizer", "learning_rate", *_NAMES, "lost"])
    parts = [("sweep", t) for sweep in results.sweeps.values() for t in sweep]
    for part, trial in (*parts, *(("race", t) for t in results.lanes.values())):
        for point in trial.points:
            values = asdict(point).values()
            lost = trial.lost and point == trial.points[-1]
            writer.writerow([part, trial.optimizer, trial.rate, *values, lost])
    return file.getvalue().encode()
