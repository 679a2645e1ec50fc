"""The worker's side of requests: each takes effect at a step boundary and is written into the log.

In: the requests in a run's folder, and what its log says of earlier ones. Out: orders for the next
steps. A resumed run takes the same learning rates at the same steps again.
"""

import time

from core.learning.requests import (
    Orders,
    Request,
    changes_in,
    pending,
    read_requests,
    with_change,
)
from core.learning.runs import Run
from core.learning.states import rewound

LOOK_SECONDS = 0.2
"""Time between two looks at the requests while training."""
PAUSE_SECONDS = 0.05
"""And while it is paused."""


class Inbox:
    """Reads a run's requests for its worker."""

    def __init__(self, run: Run) -> None:
        self._run = run
        records = run.records()
        self._applied = {r.get("number", -1) for r in records if r["kind"] == "request"}
        self._changes = changes_in(rewound(records))
        self._size = -1
        self._looked = -LOOK_SECONDS
        self._waiting: list[Request] = []
        self._stop = False
        self._paused = False
        self._epoch_from: int | None = None  # where one epoch was asked for

    def stop_asked(self) -> bool:
        """Return whether somebody asked the run to stop; quick, and never forgets it."""
        self._look()
        return self._stop

    def orders(self, step: int, epoch: float) -> Orders:
        """Return what holds at a step boundary; while the run is paused this does not return.

        Parameters
        ----------
        step : int
            Steps done.
        epoch : float
            Epochs done, with the part of the current one.
        """
        if self._epoch_from is not None and step > self._epoch_from and epoch == int(epoch):
            self._epoch_from, self._paused = None, True
            self._log("pause", step, epoch)
        while True:
            self._look()
            one_step = False
            while self._waiting and not one_step:
                one_step = self._apply(self._waiting.pop(0), step, epoch)
            if one_step or self._stop or not self._paused:
                return self._orders(step, one_step)
            time.sleep(PAUSE_SECONDS)

    def _orders(self, step: int, one_step: bool) -> Orders:
        change = max((c for c in self._changes if c[0] <= step), default=None)
        # what is set again after resuming must meet the very step
        ahead = min((s - step for s, _ in self._changes if s > step), default=None)
        return Orders(self._stop, change, 1 if one_step else ahead)

    def _apply(self, request: Request, step: int, epoch: float) -> bool:
        """Let a request take effect; returns whether it asks for one step."""
        self._applied.add(request.number)
        values = {"rate": request.rate} if request.rate is not None else {}
        self._log(request.kind, step, epoch, number=request.number, **values)
        if request.rate is not None:
            self._changes = with_change(self._changes, step, request.rate)
        elif request.kind in ("pause", "step", "continue", "epoch"):
            self._paused = request.kind in ("pause", "step")
            self._epoch_from = step if request.kind == "epoch" else None
        return request.kind == "step"

    def _log(self, kind: str, step: int, epoch: float, **values: float) -> None:
        self._run.write("request", sync=True, request=kind, step=step, epoch=epoch, **values)

    def _look(self) -> None:
        """Read new requests; a stop counts at once, even where others wait before it."""
        now = time.monotonic()
        if now - self._looked < (PAUSE_SECONDS if self._paused else LOOK_SECONDS):
            return
        self._looked = now
        try:
            size = self._run.requests.stat().st_size
            if size == self._size:
                return
            found = read_requests(self._run.requests)
        except OSError:
            return  # there are none, or they cannot be read now
        self._size = size
        self._waiting = pending(found, self._applied)
        self._stop = self._stop or any(r.kind == "stop" for r in self._waiting)
