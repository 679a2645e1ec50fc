"""The worker: a training run as a process of its own, ``python -m core.learning.worker FOLDER``.

In: a run's folder with its spec, and requests appended to it. Out: its log, the best epoch's
weights, the result. With ``--standby`` it imports Keras first and then reads the folder's name
from its standard input, so that the next run starts at once; if the server goes, so does it.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import LabError
from core.home import data_folder
from core.learning.history import Epoch, Moment, record_of
from core.learning.runs import Run
from core.system import held, lower_priority, write_atomically, write_json

REQUEST_SECONDS = 0.2
"""Time between two looks at the requests."""


class RunWriter:
    """Writes what happens in a run into its folder; see ``core.learning.training.Listener``."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._looked = 0.0
        self._stop = False

    def phase(self, words: str) -> None:
        """Log what the run is doing now."""
        self._run.write("phase", phase=words)

    def started(self, loss: float, val_loss: float, n_train: int, n_validation: int) -> None:
        """Log the losses before the first step."""
        self._run.write(
            "start",
            loss=_finite(loss),
            val_loss=_finite(val_loss),
            n_train=n_train,
            n_validation=n_validation,
        )

    def moment(self, moment: Moment) -> None:
        """Log a point of the fine curve."""
        self._run.write(**_finite_values(record_of(moment)))

    def epoch(self, epoch: Epoch, best: bool, model: Callable[[], Any]) -> None:
        """Log an epoch, on the disk for good, and keep its weights if it is the best."""
        from core.learning.saved_models import weights_bytes

        if best:
            write_atomically(self._run.best, weights_bytes(model()))
        self._run.write(**_finite_values(record_of(epoch)), sync=True)

    def stop_asked(self) -> bool:
        """Return whether a stop was requested; looks at most five times a second."""
        now = time.monotonic()
        if not self._stop and now - self._looked > REQUEST_SECONDS:
            self._looked = now
            self._stop = self._run.stop_asked()
        return self._stop


HUGE = 1e30
"""Stands in the log for a loss that is no longer finite."""


def _finite(value: float) -> float:
    return value if abs(value) < HUGE else HUGE  # NaN compares false


def _finite_values(record: dict[str, Any]) -> dict[str, Any]:
    return {k: _finite(v) if isinstance(v, float) else v for k, v in record.items()}


def run_worker(run: Run) -> None:
    """Train what a run's folder asks for; every end is written there, a crash's too."""
    with held(run.lock, wait=2.0) as was_free:  # a page may be asking is_held at this moment
        if not was_free:
            print(f"{run.name} is being trained by another worker already", flush=True)
            return
        try:
            state, problem = _train(run)
        except LabError as error:
            state, problem = "failed", str(error)
        except MemoryError:
            state, problem = "failed", "The memory ran out. Choose a smaller batch or network."
        except Exception as error:
            import traceback

            traceback.print_exc()  # goes to worker.log
            kind = type(error).__name__
            state, problem = "failed", f"{kind}: {error}".splitlines()[0][:300]
        run.write("end", sync=True, state=state, problem=problem)


def _train(run: Run) -> tuple[str, str]:
    """Return how the run ended, and why if it failed."""
    from core.learning.training import Stopped, train

    writer = RunWriter(run)
    try:
        trained = train(run.spec(), writer)
    except Stopped:
        return "stopped", ""
    write_json(run.folder / "result.json", trained.result)
    return ("stopped" if writer.stop_asked() else "finished"), ""


def prepare() -> None:
    """Import what training needs and point JAX to its compile cache."""
    import jax

    try:
        cache = data_folder() / "cache" / "jax"
        cache.mkdir(parents=True, exist_ok=True)
        jax.config.update("jax_compilation_cache_dir", str(cache))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.3)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
    except OSError:
        pass  # a read-only data folder only costs the cache
    import core.learning.training  # noqa: F401  # with Keras: the larger part of a start


def main(arguments: list[str]) -> int:
    """Run one worker; returns the exit code."""
    lower_priority()
    if arguments == ["--standby"]:
        prepare()
        line = sys.stdin.readline().strip()
        if not line:
            return 0  # the server has gone
        folder = Path(line)
    elif len(arguments) == 1:
        folder = Path(arguments[0])
        prepare()
    else:
        print("usage: python -m core.learning.worker RUN_FOLDER | --standby", file=sys.stderr)
        return 2
    if not (folder / "spec.json").is_file():
        print(f"{folder} is not a run's folder: it has no spec.json", file=sys.stderr)
        return 2
    run_worker(Run(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
