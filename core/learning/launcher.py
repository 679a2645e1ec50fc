"""Starting runs: hands a run to a warm worker, or to a new one.

In: a spec from a page. Out: a run that trains in a process of its own. One standby worker with
Keras imported waits, so that the next press of Train need not.
"""

import contextlib
import subprocess
import threading

from core.errors import LabError, RunError
from core.home import REPOSITORY, subfolder
from core.learning.runs import Run, create_run, running
from core.learning.specs import RunSpec
from core.system import start_detached


class Launcher:
    """Starts runs and keeps one standby worker; one for the whole server."""

    def __init__(self) -> None:
        # Whoever starts a run or a standby holds this, so that two visitors cannot get one worker.
        self._lock = threading.Lock()
        self._standby: subprocess.Popen[bytes] | None = None

    def warm_up(self) -> None:
        """Start a standby worker if none waits; quick, the imports happen in its process."""
        with self._lock:
            if self._standby is not None and self._standby.poll() is None:
                return
            with contextlib.suppress(OSError, LabError):  # without one, runs start more slowly
                self._standby = start_detached(
                    ["-m", "core.learning.worker", "--standby"],
                    subfolder("cache") / "standby.log",
                    REPOSITORY,
                    stdin=True,
                )

    def start(self, spec: RunSpec) -> Run:
        """Return a run that has been handed to a worker.

        Raises
        ------
        RunError
            If another run is in progress, or the data folder cannot be written.
        """
        with self._lock:
            if (busy := running()) is not None:
                raise RunError(
                    f"The run {busy.name} is still in progress, and two would only slow each "
                    "other down. Stop it, or wait until it has ended."
                )
            run = create_run(spec)
            if not self._hand_over(run):
                arguments = ["-m", "core.learning.worker", str(run.folder)]
                _reap(start_detached(arguments, run.folder / "worker.log", REPOSITORY))
            return run

    def _hand_over(self, run: Run) -> bool:
        """Give a run to the standby; false if there is none."""
        standby, self._standby = self._standby, None
        if standby is None or standby.poll() is not None or standby.stdin is None:
            return False
        try:
            standby.stdin.write(f"{run.folder}\n".encode())
            standby.stdin.close()
        except OSError:
            return False
        _reap(standby)
        return True


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Wait for a worker in the background: an ended one must not stay behind as a zombie."""
    threading.Thread(target=process.wait, name="worker-reaper", daemon=True).start()
