"""Starting runs: hands a run to a warm worker, or to a new one, when its turn has come.

In: a spec from a page. Out: a run that trains in a process of its own, or waits in the queue. One
standby worker with Keras imported waits, so that the next press of Train need not.
"""

import contextlib
import subprocess
import threading
import time
import weakref

from core.errors import LabError
from core.home import REPOSITORY, subfolder
from core.learning import probe_store, queue, range_store
from core.learning.racing.races import Race
from core.learning.racing.specs import RaceSpec
from core.learning.runs import Run
from core.learning.specs import RunSpec
from core.system import start_detached

LOOK_SECONDS = 2.0
"""Between two looks at runs that another process began: a worker starts the run after its own, and
nobody here is told when that one is killed."""


class Launcher:
    """Starts runs and keeps one standby worker; one for the whole server."""

    def __init__(self) -> None:
        # Whoever starts a run or a standby holds this, so that two visitors cannot get one worker.
        self._lock = threading.RLock()
        self._standby: subprocess.Popen[bytes] | None = None
        self._keeps_standby = False
        self._follows = False

    def warm_up(self) -> None:
        """Start a standby worker if none waits, and the runs left waiting by another server.

        Quick: the imports happen in the standby's process.
        """
        with self._lock:
            self._keeps_standby = True
            if self._standby is None or self._standby.poll() is not None:
                with contextlib.suppress(OSError, LabError):  # without one, runs start slowly
                    self._standby = start_detached(
                        ["-m", "core.learning.worker", "--standby"],
                        subfolder("cache") / "standby.log",
                        REPOSITORY,
                        stdin=True,
                    )
        self.advance()

    def start(self, spec: RunSpec) -> Run:
        """Return a new run: handed to a worker, or waiting in the queue.

        Raises
        ------
        RunError
            If the queue is full, or the data folder cannot be written.
        """
        run = queue.enqueue(spec)
        self.advance()
        return run

    def start_race(self, plan: RaceSpec) -> Race:
        """Return a new race: handed to a worker, or waiting in the queue with the runs.

        Raises
        ------
        RunError
            If the queue is full, or the data folder cannot be written.
        """
        race = queue.enqueue_race(plan)
        self.advance()
        return race

    def resume(self, run: Run) -> None:
        """Let a run that was cut short go on, now or when its turn has come.

        Raises
        ------
        RunError
            If it cannot go on, the queue is full, or the data folder cannot be written.
        """
        queue.enqueue_again(run)
        self.advance()

    def find_rate(self, spec: RunSpec) -> Run:
        """Start a learning-rate range test at once, beside whatever is at work; it is short.

        Returns
        -------
        run : Run
            Its folder, which is in no list of runs; see ``core.learning.range_store``.

        Raises
        ------
        RunError
            If the data folder cannot be written.
        """
        with self._lock:
            return range_store.begin(spec, self._hand_over)

    def probe(self, run: Run) -> Run:
        """Start the probes of a run at once; returns their folder, which is in no list of runs.

        Raises
        ------
        RunError
            If the run has no finished epoch, or the data folder cannot be written.
        """
        with self._lock:
            return probe_store.begin(run, self._hand_over)

    def advance(self) -> None:
        """Start whoever is next; a page may ask several times a second."""
        with self._lock, contextlib.suppress(LabError):  # the run waits on, and says so
            queue.advance(self._hand_over)
            if not self._follows and any(queue.standings()):
                self._follows = True
                threading.Thread(
                    target=_follow, args=(weakref.ref(self),), name="queue-follower", daemon=True
                ).start()

    def tend(self) -> bool:
        """Start whoever is next, or the next standby once nothing trains and nothing waits.

        While a run trains its cores and memory are its own: a standby serves one run, and the next
        one gets ready after it.

        Returns
        -------
        stands : bool
            Whether a run is at work or waits.
        """
        with self._lock:
            self.advance()
            stands = any(queue.standings())
            if self._keeps_standby and not stands:
                self.warm_up()
            return stands

    def follow(self) -> bool:
        """Look after the queue once more; returns whether to look again in a while."""
        with self._lock:  # who asks for a run in this moment finds a follower, or none
            self._follows = self.tend()
            return self._follows

    def _hand_over(self, run: Run) -> int:
        """Give a run to the standby or to a new worker; returns its process number."""
        standby, self._standby = self._standby, None
        if standby is not None and standby.poll() is None and standby.stdin is not None:
            with contextlib.suppress(OSError):
                standby.stdin.write(f"{run.folder}\n".encode())
                standby.stdin.close()
                self._reap(standby)
                return standby.pid
        arguments = ["-m", "core.learning.worker", str(run.folder)]
        worker = start_detached(arguments, run.folder / "worker.log", REPOSITORY)
        self._reap(worker)
        return worker.pid

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for a worker in the background: it must leave no zombie, and the next is due."""
        launcher = weakref.ref(self)

        def wait() -> None:
            process.wait()
            if (found := launcher()) is not None:
                found.tend()

        threading.Thread(target=wait, name="worker-reaper", daemon=True).start()


def _follow(launcher: "weakref.ref[Launcher]") -> None:
    """Look after the queue until it is empty and nothing trains, or the launcher has gone."""
    while True:
        time.sleep(LOOK_SECONDS)
        found = launcher()
        if found is None or not found.follow():
            return
        del found  # or it could never go
