"""The run store: a run is a folder, and the disk tells the truth about it.

In: specs from pages and commands, events from the worker. Out: frozen snapshots for pages.

    spec.json        what was asked
    log.jsonl        what happened (append-only, see core.logs)
    requests.jsonl   what was asked on the way (see core.learning.requests)
    checkpoints/     the two newest places from which it can go on
    best.safetensors weights of the best epoch so far
    result.json      scores, once it has ended well
    worker.log       what the process printed
    lock             held by the worker as long as it lives
"""

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core import logs
from core.errors import LabError, RunError
from core.home import subfolder
from core.learning.history import history_of
from core.learning.requests import Kind, pending, read_requests
from core.learning.requests import ask as ask_for
from core.learning.run_folders import found_folder, found_folders, new_name
from core.learning.snapshots import RESULT_FIELDS, Snapshot, read_result, why_interrupted
from core.learning.specs import RunSpec
from core.learning.states import Standing, rewound, standing_of
from core.system import is_held, write_json

__all__ = [
    "RESULT_FIELDS", "Run", "Snapshot", "create_run", "find_run", "list_runs", "running",
]  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One run's folder."""

    folder: Path

    @property
    def name(self) -> str:
        """The run's name: when it was asked for, to the microsecond; names sort by age."""
        return self.folder.name

    @property
    def log(self) -> Path:
        """The append-only log."""
        return self.folder / "log.jsonl"

    @property
    def requests(self) -> Path:
        """What was asked on the way."""
        return self.folder / "requests.jsonl"

    @property
    def checkpoints(self) -> Path:
        """The folder of the places from which it can go on."""
        return self.folder / "checkpoints"

    @property
    def lock(self) -> Path:
        """The lock that the worker holds."""
        return self.folder / "lock"

    @property
    def best(self) -> Path:
        """The weights of the best epoch."""
        return self.folder / "best.safetensors"

    def spec(self) -> RunSpec:
        """Return what was asked.

        Raises
        ------
        RunError
            If the file is missing or not understood.
        """
        try:
            return RunSpec.from_dict(json.loads((self.folder / "spec.json").read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise RunError(
                f"The run {self.name} cannot be read ({error}). Start it again from the Train page."
            ) from error

    def ask(self, kind: Kind, rate: float | None = None) -> None:
        """Ask the worker to pause, continue, take one step, change the rate or stop.

        Raises
        ------
        RunError
            If the rate makes no sense, or the folder cannot be written.
        """
        ask_for(self.requests, kind, rate)

    def stop_asked(self) -> bool:
        """Return whether somebody asked the run to stop since it was last begun."""
        return any(r.kind == "stop" for r in pending(read_requests(self.requests), ()))

    def records(self) -> list[logs.Record]:
        """Return the log's whole records.

        Raises
        ------
        RunError
            If it cannot be read.
        """
        try:
            return [r for r in logs.follow(self.log) if isinstance(r.get("kind"), str)]
        except OSError as error:
            raise RunError(
                f"The log of the run {self.name} cannot be read ({error.strerror}). Make its "
                "folder readable; the other runs are not touched."
            ) from error

    def write(self, kind: str, sync: bool = False, **values: Any) -> None:
        """Append to the log, with the time."""
        logs.append(self.log, {"kind": kind, "time": time.time(), **values}, sync=sync)

    def standing(self) -> Standing:
        """Return where the run stands now; quicker than a snapshot.

        Raises
        ------
        RunError
            If the log cannot be read.
        """
        try:
            there = self.log.stat()
            written = (there.st_size, there.st_mtime_ns)
        except OSError:
            written = (-1, -1)
        known = _ENDED.get(self.folder)
        if known is not None and known[0] == written:
            return known[1]
        standing = self._standing_in(self.records)
        if not standing.alive and standing.state != "queued":
            _ENDED[self.folder] = (written, standing)
        return standing

    def _standing_in(self, records: Callable[[], Sequence[Mapping[str, Any]]]) -> Standing:
        held = is_held(self.lock)
        found = records()  # after the lock: an end written in between is seen
        held = held or is_held(self.lock)  # and so is a worker that began in between
        return standing_of(found, held, time.time())

    def snapshot(self) -> Snapshot:
        """Return the run as it stands now.

        Raises
        ------
        RunError
            If its spec or its log cannot be read.
        """
        found: list[logs.Record] = []

        def read() -> list[logs.Record]:
            found.extend(self.records())
            return found

        standing = self._standing_in(read)
        spec = self.spec()
        setting = replace(spec.setting, epochs=spec.epochs if standing.alive else None)
        return Snapshot(
            self.name,
            spec,
            standing.state,
            standing.phase,
            replace(history_of(rewound(found)), setting=setting),
            read_result(self.folder),
            standing.problem
            or (why_interrupted(self.folder) if standing.state == "interrupted" else ""),
            standing.asked,
            standing.ended,
        )


_ENDED: dict[Path, tuple[tuple[int, int], Standing]] = {}
"""Runs at which nobody works, with the size and time of the log that says so: a store of a hundred
runs is looked through several times a second."""


def create_run(spec: RunSpec, store: str = "runs") -> Run:
    """Return a new run's folder with its spec written; it waits in the queue, nothing runs yet.

    Parameters
    ----------
    spec : RunSpec
    store : str
        The folder of runs, in the data folder; only those in ``runs`` are listed and queued.

    Raises
    ------
    RunError
        If the data folder cannot be written.
    """
    run = Run(subfolder(store) / new_name())
    try:
        run.folder.mkdir()
        write_json(run.folder / "spec.json", spec.to_dict())
        run.write("asked", sync=True, queued=True)
    except OSError as error:
        shutil.rmtree(run.folder, ignore_errors=True)
        raise RunError(
            f"The run cannot be written to {run.folder.parent} ({error.strerror}). "
            "Free some space there, or set SPOKEN_DIGITS_HOME to another folder."
        ) from error
    return run


def find_run(name: str) -> Run | None:
    """Return the run of that name, or None; a name that is no run's name never leaves the store."""
    folder = found_folder("runs", name)
    return None if folder is None else Run(folder)


def list_runs() -> tuple[Run, ...]:
    """Return all runs, newest first; none where the data folder does not exist."""
    return tuple(Run(folder) for folder in found_folders("runs"))


def running() -> Run | None:
    """Return the run that is being trained now, the newest if there are several."""
    for run in list_runs():
        try:
            if run.standing().alive:
                return run
        except LabError:
            continue
    return None
