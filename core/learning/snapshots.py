"""A run as it stands on the disk at one moment, as plain values for pages and commands.

In: a run's folder, what its log and its lock say. Out: a frozen ``Snapshot``, its result read with
care, and why a run may have been interrupted.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.learning.history import History
from core.learning.specs import RunSpec
from core.learning.states import RESUMABLE, State

RESULT_FIELDS = frozenset(
    ("best_epoch", "protocol", "scores", "parameters", "n_train", "n_validation")
)
"""What a result must hold to be shown; ``core.learning.training`` writes it."""

LITTLE_ROOM = 2**20
"""A disk with fewer free bytes is called full."""


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
    """Why it failed, or may have been interrupted, in one sentence."""
    asked: float
    """When Train was pressed, seconds since 1970."""
    ended: float | None

    @property
    def alive(self) -> bool:
        """Whether something is still happening."""
        return self.state in ("starting", "running", "paused")

    @property
    def resumable(self) -> bool:
        """Whether it ended before its time, and can go on."""
        return self.state in RESUMABLE


def read_result(folder: Path) -> dict[str, Any] | None:
    """Return a run's result; None where there is none, or it is damaged."""
    try:
        value = json.loads((folder / "result.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(value, dict) and value.keys() >= RESULT_FIELDS
    return value if whole else None


def why_interrupted(folder: Path) -> str:
    """Return why a run may have been interrupted, as far as it can be seen now."""
    try:
        if not os.access(folder, os.W_OK):
            return f"Its folder {folder} cannot be written now: make it writable before it goes on."
        if shutil.disk_usage(folder).free < LITTLE_ROOM:
            return f"The disk with {folder.parent} is full: free some space before it goes on."
    except OSError as error:
        return f"Its folder {folder} cannot be looked at ({error.strerror})."
    return "Its process ended without a word: it was killed, or the computer went off."
