"""Pages opened without a browser, runs made by hand, and a launcher that starts nothing."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import soundfile
from streamlit.testing.v1 import AppTest

from core.errors import RunError
from core.learning import queue
from core.learning.history import Epoch, Moment, record_of
from core.learning.racing.races import Race, create_race
from core.learning.racing.specs import RaceSpec
from core.learning.runs import Run, create_run
from core.learning.specs import RunSpec
from core.system import mark_of, write_json
from pages.shared import cached

REPOSITORY = Path(__file__).resolve().parents[2]

WITH_WORDS = (
    *("title", "subheader", "markdown", "text", "caption", "code"),
    *("error", "warning", "info", "success", "html"),
)

WEIGHTS = safetensors.numpy.save({"dense/kernel": np.ones((2, 2), np.float32)})
"""Of no network; a page that keeps a model does not load it."""

N_TRAIN, N_VALIDATION = 1620, 180


class FakeLauncher:
    """Takes specs and starts nothing."""

    def __init__(self) -> None:
        self.specs: list[RunSpec] = []
        self.plans: list[RaceSpec] = []
        self.resumed: list[str] = []

    def warm_up(self) -> None:
        """No worker waits."""

    def start(self, spec: RunSpec) -> Run:
        """Return a run that nobody trains."""
        self.specs.append(spec)
        run = create_run(spec)
        run.write("launched", **mark_of(os.getpid()))
        return run

    def start_race(self, plan: RaceSpec) -> Race:
        """Return a race that nobody runs."""
        self.plans.append(plan)
        race = create_race(plan)
        race.write("launched", **mark_of(os.getpid()))
        return race

    def resume(self, run: Run) -> None:
        """Let a run wait that nobody will train."""
        self.resumed.append(run.name)
        queue.enqueue_again(run)

    def advance(self) -> None:
        """Nobody's turn ever comes."""


@pytest.fixture(autouse=True)
def launcher(monkeypatch) -> FakeLauncher:
    """The launcher of the pages; a test must neither warm up Keras nor start a worker."""
    fake = FakeLauncher()
    monkeypatch.setattr(cached, "prepare_server", lambda: None)
    monkeypatch.setattr(cached, "launcher", lambda: fake)
    return fake


@pytest.fixture(autouse=True)
def no_real_recordings(monkeypatch):
    """Every machine shows the same pages, whether it has FSDD or not."""
    monkeypatch.delenv("SPOKEN_DIGITS_FSDD", raising=False)


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Open a page of the app, as a visitor who comes in through Home."""

    def opened(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(REPOSITORY / "dashboard.py", default_timeout=120).run()
        for key, value in query.items():
            app.query_params[key] = value
        if name != "home":
            app.switch_page(f"pages/{name}.py").run()
        assert_whole(app)
        return app

    return opened


def assert_whole(app: AppTest) -> None:
    """No page may raise: what a visitor can act on is a sentence."""
    assert not app.exception, [e.message for e in app.exception]
    assert len(app.title) == 1


@pytest.fixture
def whole() -> Callable[[AppTest], None]:
    """Assert that a page drew itself to the end."""
    return assert_whole


@pytest.fixture
def words_on() -> Callable[[AppTest], str]:
    """Return everything that a page says, a line an element."""

    def words(app: AppTest) -> str:
        lines = [str(e.value) for kind in WITH_WORDS for e in app.get(kind)]
        lines += [f"{m.label} {m.value}" for m in app.metric]
        lines += [str(p.label) for p in app.get("page_link")]
        return "\n".join(lines)

    return words


def _epochs(n: int, train: Callable[[int], float], validation: Callable[[int], float]) -> list:
    """Return epochs whose accuracies follow two functions of the epoch."""
    found = []
    for i in range(1, n + 1):
        found.append(
            Epoch(
                epoch=i,
                step=26 * i,
                loss=2.4 * (1 - train(i)) + 0.01,
                accuracy=train(i),
                val_loss=2.4 * (1 - validation(i)) + 0.01,
                val_accuracy=validation(i),
                learning_rate=0.001,
                seconds=2.0 * i,
            )
        )
    return found


def result_of(best_epoch: int = 6) -> dict[str, Any]:
    """Return a result as the worker writes it: 291 of 300 known takes, nobody unseen."""
    confusion = [[30 if i == j else 0 for j in range(10)] for i in range(10)]
    confusion[9][5], confusion[9][9] = 9, 21
    return {
        "best_epoch": best_epoch,
        "val_accuracy": 0.97,
        "val_loss": 0.1,
        "seconds": 12.0,
        "protocol": "first takes of every speaker",
        "scores": {
            "known": {
                "right": 291,
                "total": 300,
                "low": 0.944,
                "high": 0.984,
                "share": 0.97,
                "confusion": confusion,
            },
            "unseen": None,
        },
        "parameters": 12345,
        "n_train": N_TRAIN,
        "n_validation": N_VALIDATION,
        "speakers": ["ada"],
    }


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Write a run's folder by hand, as a worker leaves it."""

    def made(
        end: str | None = "finished",
        problem: str = "",
        n_epochs: int = 8,
        train: Callable[[int], float] = lambda i: 1 - 0.5**i,
        validation: Callable[[int], float] = lambda i: 0.99 - 0.5**i,
        spec: RunSpec | None = None,
    ) -> Run:
        run = create_run(spec or RunSpec(epochs=max(1, n_epochs)))
        run.write("phase", phase="training")
        run.write("start", loss=2.31, val_loss=2.31, n_train=N_TRAIN, n_validation=N_VALIDATION)
        for epoch in _epochs(n_epochs, train, validation):
            run.write(**record_of(Moment(epoch.step, epoch.epoch, epoch.loss, epoch.accuracy)))
            run.write(**record_of(epoch))
        if n_epochs:
            run.best.write_bytes(WEIGHTS)
        if end in ("finished", "stopped"):
            write_json(run.folder / "result.json", result_of(max(1, n_epochs - 2)))
        if end is not None:
            run.write("end", state=end, problem=problem)
        return run

    return made


@pytest.fixture
def busy_launcher(monkeypatch) -> SimpleNamespace:
    """A launcher that refuses: the queue is full."""

    def refuse(spec: RunSpec) -> Run:
        raise RunError("100 runs wait already, and no more are taken.")

    fake = SimpleNamespace(start=refuse, warm_up=lambda: None)
    monkeypatch.setattr(cached, "launcher", lambda: fake)
    return fake


@pytest.fixture
def make_recordings(tmp_path) -> Callable[..., Path]:
    """Write a folder of short tones with names in FSDD's layout."""

    def made(speakers: tuple[str, ...] = ("george", "jackson"), takes: int = 2) -> Path:
        folder = tmp_path / "recordings"
        folder.mkdir()
        t = np.arange(3200) / 8000
        for digit in range(10):
            for i, speaker in enumerate(speakers):
                for take in range(takes):
                    y = 0.3 * np.sin(2 * np.pi * (200 + 50 * digit + 20 * i + take) * t)
                    soundfile.write(folder / f"{digit}_{speaker}_{take}.wav", y, 8000)
        return folder

    return made
