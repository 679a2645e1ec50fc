"""Deleting runs, with a way back for a week.

In: a run that has ended. Out: its folder, hidden beside the others under a name that says until
when; then it goes for good.
"""

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from core.errors import RunError
from core.home import data_folder
from core.learning.labels import label_of
from core.learning.runs import Run, find_run

KEPT_SECONDS = 7 * 86400.0
"""How long a deleted run can be brought back."""

_DELETED = re.compile(r"\.deleted-(\d{10})-(\d{8}-\d{6}-[0-9a-f]{6})")


@dataclass(frozen=True)
class DeletedRun:
    """A run that can still be brought back."""

    folder: str
    """What ``bring_back`` asks for."""
    name: str
    called: str
    """The name that somebody gave it; empty for none."""


def delete(run: Run, now: float | None = None) -> DeletedRun:
    """Take a run out of the library; it can be brought back for a week.

    Raises
    ------
    RunError
        If it is at work or waits, or the folder cannot be written.
    """
    state = run.standing().state
    if state in ("queued", "starting", "running", "paused"):
        raise RunError(
            f"The run {run.name} is {state}. Stop or cancel it first; then it can be deleted."
        )
    stamp = int(time.time() if now is None else now)
    folder = run.folder.with_name(f".deleted-{stamp:010d}-{run.name}")
    called = label_of(run).name
    try:
        run.folder.rename(folder)
    except OSError as error:
        raise _unwritten(error) from error
    return DeletedRun(folder.name, run.name, called)


def deleted(now: float | None = None) -> tuple[DeletedRun, ...]:
    """Return what can be brought back, the latest first; what is older goes for good."""
    empty(now)
    return tuple(
        DeletedRun(folder.name, name, label_of(Run(folder)).name)
        for folder, name, stamp in _hidden()
        if not _is_over(stamp, now)
    )


def empty(now: float | None = None) -> None:
    """Let the runs go for good that were deleted more than a week ago."""
    for folder, _, stamp in _hidden():
        if _is_over(stamp, now):
            shutil.rmtree(folder, ignore_errors=True)


def _is_over(stamp: int, now: float | None) -> bool:
    return stamp + KEPT_SECONDS < (time.time() if now is None else now)


def _hidden() -> list[tuple[Path, str, int]]:
    """Return the folders of deleted runs, the latest first, each with its name and when."""
    try:
        folders = sorted((data_folder() / "runs").iterdir(), reverse=True)
    except OSError:
        return []
    found = ((folder, _DELETED.fullmatch(folder.name)) for folder in folders)
    return [(folder, name[2], int(name[1])) for folder, name in found if name is not None]


def bring_back(folder: str) -> Run:
    """Put a deleted run back.

    Raises
    ------
    RunError
        If it has gone for good, or the folder cannot be written.
    """
    name = _DELETED.fullmatch(folder)
    store = data_folder() / "runs"
    if name is None or not (store / folder).is_dir():
        raise RunError("That run has gone for good: deleted ones are kept for a week.")
    if find_run(name[2]) is not None:
        raise RunError(f"The run {name[2]} is there already; nothing had to be brought back.")
    try:
        (store / folder).rename(store / name[2])
    except OSError as error:
        raise _unwritten(error) from error
    return Run(store / name[2])


def _unwritten(error: OSError) -> RunError:
    return RunError(
        f"The folder of runs cannot be written ({error.strerror}). Make it writable, or set "
        "SPOKEN_DIGITS_HOME to another folder; nothing was changed."
    )
