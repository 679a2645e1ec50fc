"""Probes on the disk: each a folder like a run's, measured in a worker and never in a page.

In: a run that somebody calls slow. Out: how far its probes are, and what they say.
``probes/NAME`` in the data folder holds spec.json, log.jsonl, requests.jsonl, worker.log and the
lock, as a run's folder does; the first record names the run.
"""

import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import LabError, RunError
from core.learning import failures, queue
from core.learning.probes import FACTORS, Probes, probe
from core.learning.run_folders import found_folders
from core.learning.runs import Run, create_run, find_run
from core.learning.states import Standing
from core.system import held

STORE = "probes"
KEPT = 20
"""Probes that stay: they take seconds to repeat."""


@dataclass(frozen=True)
class ProbeLook:
    """A run's probes as they stand on the disk at one moment."""

    standing: Standing
    share: float
    """How far they are, in [0, 1]."""
    probes: Probes | None
    """What they say; None before the first rate has been tried."""


def _all() -> list[Run]:
    """Return the folders of probes, newest first."""
    return [Run(folder) for folder in found_folders(STORE)]


def _of(folder: Run) -> str:
    """Return the name of the run that some probes are of."""
    return next((str(r.get("name")) for r in folder.records() if r["kind"] == "of"), "")


def newest(run: Run) -> Run | None:
    """Return the folder of the latest probes of a run; None where there are none."""
    for found in _all():
        try:
            if _of(found) == run.name:
                return found
        except LabError:
            continue  # damaged: they are made again
    return None


def begin(run: Run, start: Callable[[Run], int]) -> Run:
    """Return the folder of new probes of a run, handed to a process.

    Parameters
    ----------
    run : Run
        With at least one epoch.
    start : callable
        Hands a folder to a process and returns its number.

    Raises
    ------
    RunError
        If the run has no finished epoch, or the data folder cannot be written.
    """
    if not run.best.is_file():
        raise RunError(
            f"The run {run.name} has no finished epoch to probe from. Let it train at least one."
        )
    for old in _all()[KEPT - 1 :]:
        if not old.standing().alive:
            shutil.rmtree(old.folder, ignore_errors=True)
    made = create_run(run.spec(), STORE)
    made.write("of", name=run.name)
    queue.launch(made, start)
    return made


def look(folder: Run) -> ProbeLook:
    """Return how far some probes are.

    Raises
    ------
    RunError
        If their log cannot be read.
    """
    standing = folder.standing()
    tried = {r["rate"]: r["loss"] for r in folder.records() if r["kind"] == "tried"}
    losses = {rate: math.inf if loss is None else loss for rate, loss in tried.items()}
    before = losses.pop(0.0, None)
    found = None
    if before is not None and losses:
        found = Probes(folder.spec().rate, before, losses)
    return ProbeLook(standing, len(losses) / len(FACTORS), found)


def work(folder: Run) -> None:
    """Do what a folder of probes asks for, in a worker; its end is written there."""
    with held(folder.lock, wait=2.0) as was_free:
        if not was_free:
            return
        folder.write("phase", phase="loading recordings and making images")
        try:
            run = find_run(_of(folder))
            if run is None:
                raise RunError("The run that was to be probed is not here any more.")
            probe(
                folder.spec(),
                run.best.read_bytes(),
                lambda rate, loss: folder.write("tried", rate=rate, loss=loss),
                folder.stop_asked,
            )
            state, problem = "stopped" if folder.stop_asked() else "finished", ""
        except Exception as error:
            state, problem = "failed", failures.told(folder.folder, error)
        folder.write("end", state=state, problem=problem)
