"""The queue: which run is next, derived from the runs on the disk.

In: runs that were asked for. Out: places in the queue, and workers started for whoever is next.
Nothing is stored but the runs themselves, so a restarted server, a second server on the same data
folder and the end of any worker see one and the same queue; a lock lets one of them act at a time.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.errors import LabError, RunError
from core.home import REPOSITORY, subfolder
from core.learning.racing.races import Race, create_race, list_races
from core.learning.racing.specs import RaceSpec
from core.learning.runs import Run, create_run, list_runs
from core.learning.specs import RunSpec
from core.learning.states import RESUMABLE
from core.system import held, mark_of, start_detached

RUNS_AT_ONCE = "SPOKEN_DIGITS_RUNS_AT_ONCE"
"""Environment variable: runs that are trained at a time; 1 unless told, as two share the cores."""
QUEUE_LENGTH = "SPOKEN_DIGITS_QUEUE_LENGTH"
"""Environment variable: runs that may wait; 100 unless told."""
LOCK_SECONDS = 15.0
"""Longer than starting a process takes; a lock ends with its owner, whatever ends it."""


def limit_of(variable: str, default: int) -> int:
    """Return a limit from the environment; what is no whole number from 1 on is passed over."""
    value = os.environ.get(variable, "").strip()
    return int(value) if value.isascii() and value.isdigit() and int(value) > 0 else default


@contextmanager
def turn() -> Iterator[None]:
    """Be the only one who changes the queue.

    Raises
    ------
    RunError
        If the data folder cannot be written, or another holds the queue for too long.
    """
    lock = subfolder("runs") / "queue.lock"
    try:
        with held(lock, wait=LOCK_SECONDS) as mine:
            if not mine:
                raise RunError(
                    "Another process is changing the queue of runs and does not end. Try again; "
                    "if it stays so, stop the other servers on this data folder."
                )
            yield
    except OSError as error:
        raise RunError(
            f"The queue of runs cannot be written to {lock.parent} ({error.strerror}). "
            "Free some space there, or set SPOKEN_DIGITS_HOME to another folder."
        ) from error


def standings() -> tuple[list[Run], list[Run]]:
    """Return the runs being trained, and those that wait, in the order in which they asked.

    Races are runs too: they queue with the others.
    """
    alive, waiting = [], []
    for run in (*list_runs(), *list_races()):
        try:
            standing = run.standing()
        except LabError:
            continue
        if standing.alive:
            alive.append(run)
        elif standing.state == "queued":
            waiting.append((standing.queued, run.name, run))
    return alive, [run for *_, run in sorted(waiting, key=lambda w: w[:2])]


def enqueue(spec: RunSpec) -> Run:
    """Return a new run at the end of the queue.

    Raises
    ------
    RunError
        If the queue is full, or the data folder cannot be written.
    """
    with turn():
        _room()
        return create_run(spec)


def enqueue_race(plan: RaceSpec) -> Race:
    """Return a new race at the end of the queue.

    Raises
    ------
    RunError
        If the queue is full, or the data folder cannot be written.
    """
    with turn():
        _room()
        return create_race(plan)


def enqueue_again(run: Run) -> None:
    """Let a run that ended before its time join the queue, to go on where it was.

    Raises
    ------
    RunError
        If it has finished or is at work, the queue is full, or the folder cannot be written.
    """
    with turn():
        _room()
        _ask_again(run)


def take(wanted: RunSpec | Run) -> Run:
    """Return a run that this very process is going to train, before all that wait.

    Parameters
    ----------
    wanted : RunSpec or Run
        A new run, or one that ended before its time.

    Raises
    ------
    RunError
        If the run cannot go on, or the data folder cannot be written.
    """
    with turn():
        if isinstance(wanted, Run):
            _ask_again(wanted)
        run = wanted if isinstance(wanted, Run) else create_run(wanted)
        _launched(run, os.getpid())
        return run


def _ask_again(run: Run) -> None:
    run.spec()  # what cannot be read cannot go on
    state = run.standing().state
    if state not in RESUMABLE:
        words = "has finished" if state == "finished" else f"is {state}"
        raise RunError(f"The run {run.name} {words}. Only a run that was cut short can go on.")
    run.ask("resume")
    run.write("asked", sync=True, queued=True)


def _launched(run: Run, pid: int) -> None:
    mark = mark_of(pid)
    run.write("launched", sync=True, **{k: v for k, v in mark.items() if k != "time"})


def _room() -> None:
    limit = limit_of(QUEUE_LENGTH, 100)
    if len(standings()[1]) >= limit:
        raise RunError(
            f"{limit} runs wait already, and no more are taken. Cancel one, or wait until one has "
            f"ended ({QUEUE_LENGTH} sets another limit)."
        )


def cancel(run: Run) -> bool:
    """Take a waiting run out of the queue; false if it does not wait (any more)."""
    with turn():
        if run.standing().state != "queued":
            return False
        run.write("cancelled", sync=True)
        return True


def advance(start: Callable[[Run], int] | None = None) -> list[Run]:
    """Start the runs whose turn it is; quick where there are none.

    Parameters
    ----------
    start : callable, optional
        Hands a run to a process and returns its number; by default a new worker.

    Returns
    -------
    runs : list of Run
        Those that were started.

    Raises
    ------
    RunError
        If the data folder cannot be written.
    """
    limit = limit_of(RUNS_AT_ONCE, 1)
    if not (found := standings())[1] or len(found[0]) >= limit:
        return []
    started = []
    with turn():
        alive, waiting = standings()  # once more: another may have been quicker
        for run in waiting[: max(0, limit - len(alive))]:
            launch(run, start or start_worker)
            started.append(run)
    return started


def launch(run: Run, start: Callable[[Run], int]) -> None:
    """Hand a run to a process, and write which; call it in one's ``turn``."""
    try:
        pid = start(run)
    except OSError as error:
        problem = f"No worker could be started ({error.strerror}). Close other programs; resume it."
        run.write("end", sync=True, state="failed", problem=problem)
    else:
        _launched(run, pid)


def start_worker(run: Run) -> int:
    """Start a new worker for a run; returns its process number."""
    arguments = ["-m", "core.learning.worker", str(run.folder)]
    process = start_detached(arguments, run.folder / "worker.log", REPOSITORY)
    _STARTED.append(process)  # it outlives this process; nobody here waits for it
    return process.pid


_STARTED: list[subprocess.Popen[bytes]] = []
