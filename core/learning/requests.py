"""Requests: what somebody asks of a run on the way, as lines in its folder.

In: presses on a page (pause, continue, one step, one epoch, another learning rate, stop). Out: what
the worker does at the next step boundary. The page only ever appends; the worker alone decides when
a request takes effect, and writes that into the run's log.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from core import logs
from core.errors import RunError

Kind = Literal["pause", "continue", "step", "epoch", "rate", "stop", "resume"]
KINDS: tuple[str, ...] = get_args(Kind)
MAX_RATE = 100.0


@dataclass(frozen=True)
class Request:
    """One request."""

    kind: Kind
    rate: float | None = None
    """The learning rate asked for, of a request of that kind."""
    number: int = 0
    """Its place among the requests of the run, counted from 0."""


def ask(path: Path, kind: Kind, rate: float | None = None) -> None:
    """Append a request to a run's requests.

    Parameters
    ----------
    path : Path
        The run's requests.jsonl.
    kind : str
    rate : float, optional
        The learning rate, where one is asked for.

    Raises
    ------
    RunError
        If the rate makes no sense, or the folder cannot be written.
    """
    if (kind == "rate") != (rate is not None) or (rate is not None and not _possible(rate)):
        raise RunError(
            f"A learning rate of {rate} cannot be set. Choose one above 0 and at most {MAX_RATE:g}."
        )
    record: dict[str, Any] = {"request": kind, "time": time.time()}
    if rate is not None:
        record["rate"] = float(rate)
    try:
        logs.append(path, record)
    except OSError as error:
        raise RunError(
            f"The request cannot be written to {path.parent} ({error.strerror}). Free some space "
            "there, or make the folder writable; the run goes on as it is."
        ) from error


def read_requests(path: Path) -> list[Request]:
    """Return all requests, in order; what is not understood is passed over, but counted."""
    found = []
    for number, record in enumerate(logs.read(path)):
        kind, rate = record.get("request"), None
        if kind == "rate":
            rate = _rate_in(record)
            if rate is None:
                continue
        if kind in KINDS:
            found.append(Request(kind, rate, number))
    return found


def pending(requests: Iterable[Request], applied: Iterable[int]) -> list[Request]:
    """Return what a worker that begins now has still to do.

    Parameters
    ----------
    requests : iterable of Request
        All of the run's.
    applied : iterable of int
        Numbers of those that the log says have taken effect.

    Returns
    -------
    requests : list of Request
        Those after the last "resume"; of those before it only learning rates that never took
        effect: a pause or a stop was for the worker that has ended.
    """
    requests, done = list(requests), set(applied)
    resumed = max((r.number for r in requests if r.kind == "resume"), default=-1)
    return [
        r
        for r in requests
        if r.number not in done and r.kind != "resume" and (r.number > resumed or r.kind == "rate")
    ]


def will_be_paused(requests: Iterable[Request], applied: Iterable[int], paused: bool) -> bool:
    """Return whether a run will stand still once its worker has heard what was asked of it.

    Parameters
    ----------
    requests, applied
        As for ``pending``.
    paused : bool
        Whether it stands still now.
    """
    for request in pending(requests, applied):
        if request.kind in ("pause", "step", "continue", "epoch"):
            paused = request.kind in ("pause", "step")
    return paused


def _possible(rate: float) -> bool:
    return math.isfinite(rate) and 0 < rate <= MAX_RATE


def _rate_in(record: Mapping[str, Any]) -> float | None:
    rate = record.get("rate")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not _possible(rate):
        return None
    return float(rate)


Changes = tuple[tuple[int, float], ...]
"""Steps from which on another learning rate holds, ascending, each with that rate."""


def with_change(changes: Changes, step: int, rate: float) -> Changes:
    """Return the changes with one more, made at a step: what was to come after it is void."""
    return (*((s, r) for s, r in changes if s < step), (step, rate))


def changes_in(records: Iterable[Mapping[str, Any]]) -> Changes:
    """Return the learning rates that a run's log says were set, each from its step on."""
    changes: Changes = ()
    for record in records:
        if record.get("kind") == "request" and record.get("request") == "rate":
            step, rate = record.get("step"), _rate_in(record)
            if isinstance(step, int) and rate is not None:
                changes = with_change(changes, step, rate)
    return changes


@dataclass(frozen=True)
class Orders:
    """What holds at a step boundary."""

    stop: bool = False
    change: tuple[int, float] | None = None
    """The last change of the learning rate: the step from which it holds, and the rate."""
    at_most: int | None = None
    """Steps to take before the next look, where something happens after them."""


def rate_in_force(step: int, scheduled: Callable[[int], float], orders: Orders) -> float:
    """Return the learning rate at a step: the schedule's, in proportion to the last change.

    Parameters
    ----------
    step : int
    scheduled : callable
        What the schedule says at a step.
    orders : Orders
    """
    if orders.change is None:
        return scheduled(step)
    began, rate = orders.change
    base = scheduled(began)
    return rate * scheduled(step) / base if base > 0 else rate
