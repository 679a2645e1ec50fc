"""Recordings, a network and a listener small enough to train in a second."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.learning.answers import Watched
from core.learning.checkpoints import from_bytes, to_bytes
from core.learning.history import Epoch, History, Moment, Signals
from core.learning.network_config import Dropout, Flatten, NetworkConfig
from core.learning.networks import NETWORKS, Network
from core.learning.requests import Orders
from core.learning.specs import RunSpec
from core.sound.layouts import scan
from core.sound.synthetic import ARCHIVE

VOICES = ("carl-us", "fiona-gb", "henry-gb", "judy-us")


@pytest.fixture(scope="session")
def few_voices(tmp_path_factory) -> Path:
    """Return a folder of 280 embedded recordings, four voices, named as in FSDD."""
    folder = tmp_path_factory.mktemp("voices")
    catalogue = scan(ARCHIVE).where(lambda r: r.digit is not None and r.speaker in VOICES)
    with zipfile.ZipFile(ARCHIVE) as archive:
        for r in catalogue.recordings:
            (folder / f"{r.digit}_{r.speaker}_{r.take}.flac").write_bytes(archive.read(r.name))
    return folder


LINEAR = NetworkConfig((Flatten(), Dropout(0.1)), initialiser="zeros")
"""A network that compiles in no time: a weight a cell and answer, zero at first."""


@pytest.fixture(scope="module")
def linear() -> Iterator[str]:
    """Put a network that trains in a second into the table for a while; return its key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(NETWORKS, "linear", Network("Linear", "A line.", "own", LINEAR))
        yield "linear"


@pytest.fixture(scope="module")
def small_spec(few_voices, small_image, linear) -> RunSpec:
    """Return a spec of three epochs that trains in a second."""
    return RunSpec(
        data=(str(few_voices),), network=linear, epochs=3, batch_size=32, image=small_image
    )


class Diary:
    """Listens to a run: keeps all it is told, and says stop when it is told to."""

    def __init__(self, stop_after_steps: int | None = None) -> None:
        self.phases: list[str] = []
        self.start: tuple[float, float, int, int] | None = None
        self.moments: list[Moment] = []
        self.inside: list[Signals] = []
        self.epochs: list[Epoch] = []
        self.best: list[bool] = []
        self.weights: list[list[Any]] = []
        self.steps_begun = 0
        self._stop_after_steps = stop_after_steps
        self.kept: list[bytes] | None = None
        self.go_on_from: bytes | None = None
        self.changes: tuple[tuple[int, float], ...] = ()
        self.boundaries: list[tuple[int, float]] = []

    def phase(self, words: str) -> None:
        self.phases.append(words)

    def started(
        self, loss: float, val_loss: float, n_train: int, n_validation: int, *others: int
    ) -> None:
        self.start = (loss, val_loss, n_train, n_validation)

    def watches(self, clips: Sequence[Watched]) -> None:
        self.watched = tuple(clips)

    def moment(self, moment: Moment) -> None:
        self.moments.append(moment)

    def signals(self, signals: Signals) -> None:
        self.inside.append(signals)

    def epoch(self, epoch: Epoch, best: bool, model: Callable[[], Any]) -> None:
        self.epochs.append(epoch)
        self.best.append(best)
        self.weights.append([np.array(v.value) for v in model().trainable_variables])

    def waypoint(self, waypoint: Any, last: bool) -> None:
        if self.kept is not None:
            self.kept.append(to_bytes(waypoint))  # a later step takes its arrays over

    def resumed(self, like: Any) -> Any:
        return None if self.go_on_from is None else from_bytes(self.go_on_from, like)

    def orders(self, step: int, epoch: float) -> Orders:
        self.boundaries.append((step, epoch))
        change = max((c for c in self.changes if c[0] <= step), default=None)
        return Orders(change=change, at_most=1 if self.changes else None)

    def stop_asked(self) -> bool:
        if self.steps_begun == self._stop_after_steps:
            return True
        self.steps_begun += 1
        return False

    def history(self) -> History:
        return History(tuple(self.moments), tuple(self.epochs))


@pytest.fixture(scope="session")
def diary() -> type[Diary]:
    """Return the listener's class."""
    return Diary
