"""Work in the background: started by one visitor, watched and shared by all.

In: a key and a function. Out: a frozen state that pages poll; no page waits. The same work is
never done twice at once, and its result stays for whoever asks next.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.errors import LabError

Stage = Literal["idle", "waiting", "running", "done", "failed", "cancelled"]

MOST_RESULTS = 16
"""Results kept in memory; older ones come back from the disk's cache when asked for again."""


@dataclass(frozen=True)
class JobState:
    """How far some work is."""

    stage: Stage = "idle"
    fraction: float = 0.0
    """What is done, 0 to 1; never falls while it runs."""
    seconds: float = 0.0
    """How long it has run, or ran."""
    result: Any = None
    """What it returned; None before it is done."""
    problem: str = ""
    """Why it failed, in one sentence."""

    @property
    def is_active(self) -> bool:
        """Whether polling is worth while."""
        return self.stage in ("waiting", "running")


class Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """Raised inside a job at its next sign of progress after somebody has cancelled it."""


Work = Callable[[Callable[[float], None]], Any]
"""Is given a function to call with the fraction done, and returns the result."""


class _Job:
    def __init__(self, work: Work) -> None:
        self.work = work
        self.state = JobState("waiting")
        self.began = time.monotonic()
        self.cancelled = threading.Event()


class Jobs:
    """The background work of one server.

    Parameters
    ----------
    workers : int
        Threads; one leaves the other cores to pages and to live audio.
    """

    def __init__(self, workers: int = 1) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="browsing")
        # Whoever starts, cancels or forgets holds this; a job's thread replaces its own job's
        # state as a whole, and pages read that without holding anything.
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, _Job] = OrderedDict()

    def start(self, key: str, work: Work) -> JobState:
        """Begin some work unless it is under way or done; returns at once.

        Parameters
        ----------
        key : str
            What the work is, with everything it depends on: the same key is the same result.
        work : callable
            Called in another thread with a function that takes the fraction done. A ``LabError``
            is shown as it is; work that failed or was cancelled can be started again.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.state.stage in ("waiting", "running", "done"):
                self._jobs.move_to_end(key)
                return job.state  # if it was just cancelled, it is still on its way out
            job = self._jobs[key] = _Job(work)
            self._jobs.move_to_end(key)
            self._forget()
            self._pool.submit(self._run, job)
            return job.state

    def state(self, key: str) -> JobState:
        """Return how far some work is; ``idle`` for work that nobody has started."""
        job = self._jobs.get(key)
        if job is None:
            return JobState()
        state = job.state
        if state.stage == "running":
            return replace(state, seconds=time.monotonic() - job.began)
        return state

    def cancel(self, key: str) -> None:
        """Ask some work to end at its next sign of progress; what is done stays done."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                return
            job.cancelled.set()
            if job.state.stage == "waiting":
                job.state = JobState("cancelled")

    def close(self) -> None:
        """Cancel everything and wait for the threads to end."""
        for key in [*self._jobs]:
            self.cancel(key)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _forget(self) -> None:
        """Drop the results asked for longest ago; the lock is held."""
        ended = [key for key, job in self._jobs.items() if not job.state.is_active]
        for key in ended[: max(0, len(self._jobs) - MOST_RESULTS)]:
            del self._jobs[key]

    def _run(self, job: _Job) -> None:
        with self._lock:
            if job.cancelled.is_set():
                job.state = JobState("cancelled")
                return
            job.began = time.monotonic()
            job.state = JobState("running")

        def progress(fraction: float) -> None:
            if job.cancelled.is_set():
                raise Cancelled
            job.state = replace(job.state, fraction=min(1.0, max(job.state.fraction, fraction)))

        try:
            result = job.work(progress)
        except Cancelled:
            ended = JobState("cancelled")
        except LabError as error:
            ended = JobState("failed", problem=str(error))
        except Exception as error:  # a thread that dies must not leave "running" behind
            logging.getLogger("spoken_digit_lab").exception("Background work failed")
            ended = JobState("failed", problem=f"This could not be computed: {error}.")
        else:
            ended = JobState("done", fraction=1.0, result=result)
        job.state = replace(ended, seconds=time.monotonic() - job.began)
