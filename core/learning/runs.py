"""The run store: a run is a folder, and the disk tells the truth about it.

In: specs from pages and commands, events from the worker. Out: frozen snapshots for pages.

    spec.json        what was asked
    log.jsonl        what happened (append-only, see core.logs)
    requests.jsonl   what was asked on the way: stop
    best.safetensors weights of the best epoch so far
    result.json      scores, once it has ended well
    worker.log       what the process printed
    lock             held by the worker as long as it lives
"""

import json
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core import logs
from core.errors import LabError, RunError
from core.home import data_folder, subfolder
from core.learning.history import History, history_of
from core.learning.specs import RunSpec
from core.system import is_held, write_json

State = Literal["starting", "running", "finished", "stopped", "failed", "interrupted"]

START_SECONDS = 90.0
"""A run without a worker is taken for starting this long, then for interrupted: importing Keras
takes 4 to 12 s on two busy cores."""

RESULT_FIELDS = frozenset(
    ("best_epoch", "protocol", "scores", "parameters", "n_train", "n_validation")
)
"""What a result must hold to be shown; ``core.learning.training`` writes it."""

_RUN_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


@dataclass(frozen=True)
class Snapshot:
    """A run as it stands on the disk at one moment."""

    name: str
    spec: RunSpec
    state: State
    phase: str
    """What the worker is doing, in words; empty once it has ended."""
    history: History
    result: dict[str, Any] | None
    """Scores with their protocol, once the run has ended well or was stopped after an epoch."""
    problem: str
    """Why it failed, in one sentence."""
    asked: float
    """When Train was pressed, seconds since 1970."""
    ended: float | None

    @property
    def alive(self) -> bool:
        """Whether something is still happening."""
        return self.state in ("starting", "running")


@dataclass(frozen=True)
class Run:
    """One run's folder."""

    folder: Path

    @property
    def name(self) -> str:
        """The run's name: when it was asked for, and six random digits."""
        return self.folder.name

    @property
    def log(self) -> Path:
        """The append-only log."""
        return self.folder / "log.jsonl"

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

    def ask_to_stop(self) -> None:
        """Ask the worker to stop at the next step and keep the best epoch."""
        logs.append(self.folder / "requests.jsonl", {"request": "stop", "time": time.time()})

    def stop_asked(self) -> bool:
        """Return whether somebody asked the run to stop."""
        requests = logs.read(self.folder / "requests.jsonl")
        return any(r.get("request") == "stop" for r in requests)

    def write(self, kind: str, sync: bool = False, **values: Any) -> None:
        """Append to the log, with the time."""
        logs.append(self.log, {"kind": kind, "time": time.time(), **values}, sync=sync)

    def snapshot(self) -> Snapshot:
        """Return the run as it stands now."""
        alive = is_held(self.lock)
        records = logs.read(self.log)  # after the lock: an end written in between is seen
        alive = alive or is_held(self.lock)  # and so is a worker that began in between
        phase, state, problem, ended = "", "running" if alive else "interrupted", "", None
        asked = next((r["time"] for r in records if r["kind"] == "asked"), 0.0)
        for record in records:
            if record["kind"] == "phase":
                phase = record["phase"]
            elif record["kind"] == "end":
                state, problem, ended = record["state"], record["problem"], record["time"]
        if state == "interrupted" and len(records) <= 1 and time.time() - asked < START_SECONDS:
            state, phase = "starting", "starting a worker"
        if ended is not None or state == "interrupted":
            phase = ""
        return Snapshot(
            self.name,
            self.spec(),
            state,  # type: ignore[arg-type]
            phase,
            history_of(records),
            self._result(),
            problem,
            asked,
            ended,
        )

    def _result(self) -> dict[str, Any] | None:
        try:
            value = json.loads((self.folder / "result.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        whole = isinstance(value, dict) and value.keys() >= RESULT_FIELDS
        return value if whole else None


def create_run(spec: RunSpec) -> Run:
    """Return a new run's folder with its spec written; nothing runs yet.

    Raises
    ------
    RunError
        If the data folder cannot be written.
    """
    name = time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(3)
    run = Run(subfolder("runs") / name)
    try:
        run.folder.mkdir()
        write_json(run.folder / "spec.json", spec.to_dict())
        run.write("asked", sync=True)
    except OSError as error:
        shutil.rmtree(run.folder, ignore_errors=True)
        raise RunError(
            f"The run cannot be written to {run.folder.parent} ({error.strerror}). "
            "Free some space there, or set SPOKEN_DIGITS_HOME to another folder."
        ) from error
    return run


def find_run(name: str) -> Run | None:
    """Return the run of that name, or None; a name that is no run's name never leaves the store."""
    folder = data_folder() / "runs" / name
    if not _RUN_NAME.fullmatch(name) or not (folder / "spec.json").is_file():
        return None
    return Run(folder)


def list_runs() -> tuple[Run, ...]:
    """Return all runs, newest first; none where the data folder does not exist."""
    store = data_folder() / "runs"
    if not store.is_dir():
        return ()
    names = sorted((p.name for p in store.iterdir() if _RUN_NAME.fullmatch(p.name)), reverse=True)
    return tuple(run for name in names if (run := find_run(name)) is not None)


def running() -> Run | None:
    """Return the run that is being trained now, if there is one."""
    for run in list_runs()[:20]:
        try:
            if run.snapshot().alive:
                return run
        except LabError:
            continue
    return None
