"""The state of a run, derived from its log and its lock, and from nothing else.

In: records, whether a worker holds the lock. Out: what a page may say of the run. No state is
stored anywhere: whatever was killed, and whenever, the next look finds the truth.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.system import lives

State = Literal[
    "queued", "starting", "running", "paused", "finished", "stopped", "failed", "interrupted"
]
ALIVE = ("starting", "running", "paused")
RESUMABLE = ("interrupted", "stopped", "failed")
ENDS = ("finished", "stopped", "failed")

START_SECONDS = 90.0
"""A worker of which nothing else is known is taken for starting this long: importing Keras takes
4 to 12 s on two busy cores."""

BEGUN = frozenset(("phase", "start", "moment", "epoch", "resumed"))
"""Records that only a worker writes."""


@dataclass(frozen=True)
class Standing:
    """Where a run stands."""

    state: State = "interrupted"
    phase: str = ""
    """What the worker is doing, in words; empty once it has ended."""
    problem: str = ""
    """Why it failed, in one sentence."""
    asked: float = 0.0
    """When Train was pressed, seconds since 1970."""
    queued: float = 0.0
    """When it joined the queue: then, or when it was resumed."""
    ended: float | None = None

    @property
    def alive(self) -> bool:
        """Whether a worker is at it, or will be in a moment."""
        return self.state in ALIVE


@dataclass
class _Told:
    """What the log tells since the run was last asked for."""

    asked: float = 0.0
    queued: bool = False
    launched: Mapping[str, Any] | None = None
    begun: bool = False
    paused: bool = False
    phase: str = ""
    end: Mapping[str, Any] | None = None


def standing_of(records: Sequence[Mapping[str, Any]], held: bool, now: float) -> Standing:
    """Return where a run stands.

    Parameters
    ----------
    records : sequence of mappings
        The whole records of its log.
    held : bool
        Whether a worker holds its lock.
    now : float
        Seconds since 1970.
    """
    told = [_Told()]
    for record in records:
        _tell(told, record)
    last = told[-1]
    first = told[1].asked if len(told) > 1 else 0.0
    known = Standing(asked=first, queued=last.asked)
    if last.end is not None:
        state, problem = last.end.get("state"), str(last.end.get("problem") or "")
        ended = float(last.end.get("time") or 0.0)
        if state in ENDS:
            return replace(known, state=state, problem=problem, ended=ended)
    if held:
        phase = "paused" if last.paused else last.phase
        return replace(known, state="paused" if last.paused else "running", phase=phase)
    if last.begun:
        return known
    if last.launched is not None:
        starting = lives(last.launched, now - START_SECONDS)
        return replace(known, state="starting", phase="starting a worker") if starting else known
    return replace(known, state="queued", phase="waiting") if last.queued else known


def _tell(told: list[_Told], record: Mapping[str, Any]) -> None:
    """Take one record into what is told."""
    last, kind = told[-1], record.get("kind")
    if kind == "asked":
        asked = float(record.get("time") or 0.0)
        queued = bool(record.get("queued"))
        # a run of the first format was handed to a worker at once, of which nothing is known
        told.append(_Told(asked, queued, None if queued else {"time": asked}))
    elif kind == "cancelled":
        if len(told) > 2:
            told.pop()  # as it stood before it was resumed
        else:
            last.end = {"state": "stopped", "time": record.get("time")}
    elif kind == "launched":
        last.launched = record
    elif kind == "end":
        last.end = record
    elif kind == "request":
        request = record.get("request")
        last.paused = request in ("pause", "step") or (last.paused and request == "rate")
    elif kind in BEGUN:
        last.begun = True
        if kind == "phase":
            last.phase = str(record.get("phase") or "")


def rewound(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the records that are still true: resuming goes back to a step and begins there anew.

    What was measured after that step is measured again, and the old measurement is dropped.
    Learning rates that were set stay, as they are set again at the same steps.
    """
    kept: list[Mapping[str, Any]] = []
    for record in records:
        if record.get("kind") == "resumed":
            back = int(record.get("step") or 0)
            kept = [r for r in kept if _survives(r, back)]
        kept.append(record)
    return kept


def _survives(record: Mapping[str, Any], step: int) -> bool:
    at = record.get("step")
    return not isinstance(at, int) or at <= step or record.get("request") == "rate"
