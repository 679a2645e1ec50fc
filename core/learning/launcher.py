"""Starting runs: hands a run to a warm worker, or to a new one, when its turn has come.

In: a spec from a page. Out: a run that trains in a process of its own, or waits in the queue. One
standby worker with Keras imported waits, so that the next press of Train need not.
"""

import contextlib
import subprocess
import threading

from core.errors import LabError
from core.home import REPOSITORY, subfolder
from core.learning import queue
from core.learning.runs import Run
from core.learning.specs import RunSpec
from core.system import start_detached


class Launcher:
    """Starts runs and keeps one standby worker; one for the whole server."""

    def __init__(self) -> None:
        # Whoever starts a run or a standby holds this, so that two visitors cannot get one worker.
        self._lock = threading.RLock()
        self._standby: subprocess.Popen[bytes] | None = None

    def warm_up(self) -> None:
        """Start a standby worker if none waits, and the runs left waiting by another server.

        Quick: the imports happen in the standby's process.
        """
        with self._lock:
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

    def resume(self, run: Run) -> None:
        """Let a run that was cut short go on, now or when its turn has come.

        Raises
        ------
        RunError
            If it cannot go on, the queue is full, or the data folder cannot be written.
        """
        queue.enqueue_again(run)
        self.advance()

    def advance(self) -> None:
        """Start whoever is next; a page may ask several times a second."""
        with self._lock, contextlib.suppress(LabError):  # the run waits on, and says so
            queue.advance(self._hand_over)

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

        def wait() -> None:
            process.wait()
            self.advance()

        threading.Thread(target=wait, name="worker-reaper", daemon=True).start()
