"""Range tests on the disk: each a folder like a run's, trained in a worker and never in a page.

In: a spec from the Train page. Out: how far its range test is, and what it has found.
``range_tests/NAME`` in the data folder holds spec.json, log.jsonl, requests.jsonl, worker.log and
the lock, as a run's folder does (``core.learning.runs``); points of the curve stand in the log.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import LabError
from core.learning import failures, queue
from core.learning.range_test import N_STEPS, RangeTest, range_test, smooth
from core.learning.run_folders import found_folders
from core.learning.runs import Run, create_run
from core.learning.specs import RunSpec
from core.learning.states import Standing
from core.system import held

STORE = "range_tests"
KEPT = 5
"""Range tests that stay: they take seconds to repeat."""


@dataclass(frozen=True)
class RangeLook:
    """A range test as it stands on the disk at one moment."""

    standing: Standing
    test: RangeTest
    """What was measured so far."""

    @property
    def share(self) -> float:
        """How far it is, in [0, 1]; one that met a hopeless loss ends before 1."""
        return min(1.0, len(self.test.rates) / N_STEPS)

    @property
    def suggested(self) -> float | None:
        """A rate to train with, to two digits; None where the loss never fell."""
        return self.test.suggested


def essence(spec: RunSpec) -> RunSpec:
    """Return a spec without what plays no part in a range test: one test answers for all alike."""
    return spec.with_changes(
        learning_rate=None,
        schedule="constant",
        epochs=1,
        augment=False,
        augmentations=(),
        start="",
        average=0.0,
        patience=0,
        stop_score=None,
        stop_seconds=None,
        stop_epochs=None,
        signals=False,
    )


def _tests() -> list[Run]:
    """Return the folders of range tests, newest first."""
    return [Run(folder) for folder in found_folders(STORE)]


def newest(spec: RunSpec) -> Run | None:
    """Return the latest range test of these settings; None where there is none."""
    wanted = essence(spec)
    for run in _tests():
        try:
            if run.spec() == wanted:
                return run
        except LabError:
            continue  # damaged, or of another version: it is made again
    return None


def begin(spec: RunSpec, start: Callable[[Run], int]) -> Run:
    """Return a new range test, handed to a process.

    Parameters
    ----------
    spec : RunSpec
    start : callable
        Hands a folder to a process and returns its number.

    Raises
    ------
    RunError
        If the data folder cannot be written.
    """
    for old in _tests()[KEPT - 1 :]:
        if not old.standing().alive:
            shutil.rmtree(old.folder, ignore_errors=True)
    run = create_run(essence(spec), STORE)
    queue.launch(run, start)
    return run


def look(run: Run) -> RangeLook:
    """Return how far a range test is.

    Raises
    ------
    RunError
        If its log cannot be read.
    """
    standing = run.standing()
    points = [(r["rate"], r["loss"]) for r in run.records() if r["kind"] == "point"]
    losses = [loss for _, loss in points]
    test = RangeTest(tuple(rate for rate, _ in points), tuple(losses), smooth(losses))
    return RangeLook(standing, test)


def work(run: Run) -> None:
    """Do what a range test's folder asks for, in a worker; its end is written there."""
    with held(run.lock, wait=2.0) as was_free:
        if not was_free:
            return
        run.write("phase", phase="loading recordings and making images")
        try:
            range_test(
                run.spec(),
                stop_asked=run.stop_asked,
                told=lambda rate, loss: run.write("point", rate=rate, loss=loss),
            )
            state, problem = "stopped" if run.stop_asked() else "finished", ""
        except Exception as error:
            state, problem = "failed", failures.told(run.folder, error)
        run.write("end", state=state, problem=problem)
