"""The library of runs: what each was worth, in which order, and in what some of them differ.

In: the runs on the disk. Out: one entry a run for a table; only the settings that are not the same.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import LabError
from core.learning.evaluation import Accuracy
from core.learning.history import History
from core.learning.labels import Label, label_of
from core.learning.network_shapes import network_layers
from core.learning.runs import Run, list_runs
from core.learning.specs import RunSpec


@dataclass(frozen=True)
class Entry:
    """One run as the library lists it."""

    run: Run
    label: Label
    spec: RunSpec
    state: str
    asked: float
    """When Train was pressed, seconds since 1970."""
    epochs: int
    """Epochs done."""
    known: Accuracy | None
    """On takes of speakers it knows; None: not measured."""
    unseen: Accuracy | None
    """On speakers it has never heard; None: not measured."""
    val_accuracy: float | None
    val_loss: float | None
    """Both of the epoch that is kept, the one of the lowest validation loss."""
    seconds: float | None
    """Of training."""

    @property
    def title(self) -> str:
        """What the run is called: its own name, or its settings."""
        if self.label.name:
            return self.label.name
        changed = f" ({self.label.remedy})" if self.label.remedy else ""
        return f"{self.spec.network_name}, {self.spec.optimizer}, {self.spec.rate:g}{changed}"


@dataclass(frozen=True)
class Score:
    """One thing that runs can be sorted by: an entry of ``SCORES``."""

    label: str
    value: Callable[[Entry], float | None]
    """None: not measured; such runs stand last."""
    best_first: Callable[[float], float]
    """What is sorted by, ascending."""


def _down(value: float) -> float:
    return -value


def _up(value: float) -> float:
    return value


SCORES = {
    "newest": Score("Newest", lambda e: e.asked, _down),
    "known": Score("Known speakers", lambda e: e.known.share if e.known else None, _down),
    "unseen": Score("Unseen speakers", lambda e: e.unseen.share if e.unseen else None, _down),
    "val_accuracy": Score("Validation accuracy", lambda e: e.val_accuracy, _down),
    "val_loss": Score("Validation loss", lambda e: e.val_loss, _up),
    "seconds": Score("Seconds of training", lambda e: e.seconds, _up),
}
"""Everything that the library can be sorted by: to add one, write its entry here."""


def entries() -> tuple[tuple[Entry, ...], tuple[tuple[Run, str], ...]]:
    """Return all runs, newest first; and those that cannot be read, each with a sentence."""
    found, problems = [], []
    for run in list_runs():
        try:
            found.append(entry_of(run))
        except LabError as error:
            problems.append((run, str(error)))
    return tuple(found), tuple(problems)


def entry_of(run: Run) -> Entry:
    """Return a run's entry; quick where nothing of it has changed since the last look.

    Raises
    ------
    RunError
        If its spec or its log cannot be read.
    """
    standing = run.standing()
    spec, epochs, known, unseen, best = _measured(run.folder, _stamps(run))
    return Entry(
        run,
        label_of(run),
        spec,
        standing.state,
        standing.asked,
        epochs,
        known,
        unseen,
        *best,
    )


Stamp = tuple[tuple[int, int], ...]


def _stamps(run: Run) -> Stamp:
    """Return size and time of the files that an entry is made of."""
    found = []
    for name in ("spec.json", "log.jsonl", "result.json"):
        try:
            there = (run.folder / name).stat()
            found.append((there.st_size, there.st_mtime_ns))
        except OSError:
            found.append((-1, -1))
    return tuple(found)


@lru_cache(maxsize=1000)
def _measured(folder: Path, stamps: Stamp) -> tuple[Any, ...]:
    """Return spec, epochs done, both scores, and accuracy, loss and seconds of the kept epoch."""
    snapshot = Run(folder).snapshot()
    history, scores = snapshot.history, (snapshot.result or {}).get("scores") or {}
    known, unseen = (_accuracy(scores.get(part)) for part in ("known", "unseen"))
    best = history.best
    kept = (best.val_accuracy, best.val_loss) if best else (None, None)
    seconds = history.epochs[-1].seconds if history.epochs else None
    return snapshot.spec, len(history.epochs), known, unseen, (*kept, seconds)


def _accuracy(score: Any) -> Accuracy | None:
    try:
        return Accuracy.from_dict(score) if score else None
    except (KeyError, TypeError):
        return None  # of another version: not measured here


def in_order(found: Sequence[Entry], score: str) -> tuple[Entry, ...]:
    """Return entries with the starred ones first, then the best by a score; unmeasured ones last.

    Parameters
    ----------
    found : sequence of Entry
    score : str
        A key of ``SCORES``.
    """

    def place(entry: Entry) -> tuple[bool, bool, float]:
        value = SCORES[score].value(entry)
        key = 0.0 if value is None else SCORES[score].best_first(value)
        return not entry.label.starred, value is None, key

    return tuple(sorted(found, key=place))


SETTINGS = {
    "data": "Data sets",
    "network": "Network",
    "optimizer": "Optimizer",
    "rate": "Learning rate",
    "schedule": "Schedule",
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "seed": "Seed",
    "split": "Split",
    "train_speakers": "Trained on",
    "train_share": "Share of the clips",
    "augment": "Augmentation",
    "augmentations": "Which changes",
    "image": "Image",
    "patience": "Patience (epochs)",
    "stop_score": "Stop at accuracy",
    "stop_seconds": "Stop after (s)",
    "stop_epochs": "Stop after (epochs)",
    "label_smoothing": "Label smoothing",
    "average": "Averaged weights",
    "start": "Began with",
    "initialiser": "First weights",
}
"""What settings are called in words; others stand under their own name."""


def settings_of(spec: RunSpec) -> dict[str, str]:
    """Return every setting of a run in words, by its name."""
    values = {**spec.to_dict(), "rate": spec.rate}
    del values["learning_rate"]
    layers = network_layers(spec.network_config, spec.image.shape, spec.n_answers)
    config = spec.network_config
    values["network"] = " > ".join(layer.words for layer in layers[:-1])
    values["initialiser"] = config.initialiser
    values["train_speakers"] = spec.train_speakers or "everybody"
    values["weight_decay"] = config.weight_decay
    image = values.pop("image")
    analysis = image.pop("analysis")
    values |= {f"image {k}": v for k, v in image.items()}
    values |= {f"image {k}": v for k, v in analysis.items()}
    names = {k: SETTINGS.get(k, k[:1].upper() + k[1:].replace("_", " ")) for k in values}
    return {names[k]: _in_words(v) for k, v in values.items()}


def _in_words(value: Any) -> str:
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def differing(specs: Sequence[RunSpec]) -> dict[str, tuple[str, ...]]:
    """Return the settings in which some runs differ, each with its value in every run."""
    tables = [settings_of(spec) for spec in specs]
    names = dict.fromkeys(name for table in tables for name in table)
    rows = {name: tuple(table.get(name, "none") for table in tables) for name in names}
    return {name: row for name, row in rows.items() if len({*row}) > 1}


EPOCH_COLUMNS = (
    *("epoch", "step", "seconds", "learning_rate", "loss", "accuracy"),
    *("val_loss", "val_accuracy", "unseen_loss", "unseen_accuracy"),
)


def csv_of(runs: Sequence[tuple[str, History]]) -> bytes:
    """Return the epochs of some runs as a CSV file, a line an epoch.

    Parameters
    ----------
    runs : sequence of (name, History)
        The name stands in the first column.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("run", *EPOCH_COLUMNS))
    for name, history in runs:
        for epoch in history.epochs:
            values = (getattr(epoch, column) for column in EPOCH_COLUMNS)
            writer.writerow((name, *("" if v is None else v for v in values)))
    return text.getvalue().encode()
