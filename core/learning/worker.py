"""The worker: a training run as a process of its own, ``python -m core.learning.worker FOLDER``.

In: a run's folder with its spec, and requests appended to it. Out: its log, checkpoints, the best
epoch's weights, the result. With ``--standby`` it imports Keras first and then reads the folder's
name from its standard input, so that the next run starts at once; if the server goes, so does it.
The folder may also be a learning-rate range test's, see ``core.learning.range_store``.
"""

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import LabError
from core.learning import probe_store, queue, range_store
from core.learning.answers import CLIPS, Watched
from core.learning.failures import told
from core.learning.history import Epoch, Moment, Signals, record_of
from core.learning.inbox import Inbox
from core.learning.racing import races, writing
from core.learning.requests import Orders
from core.learning.runs import Run
from core.learning.states import BEGUN, standing_of
from core.learning.thinning import compiled_folder, thin
from core.system import held, lower_priority, reuse_memory, write_atomically, write_json

if TYPE_CHECKING:
    from core.learning.checkpoints import Waypoint
    from core.learning.step import TrainingState

RESERVE_BYTES = 16_384
"""Kept in a run's folder while it is trained: given back on a full disk, it is the room in which
the run's end is written."""


class RunWriter:
    """Writes what happens in a run into its folder; see ``core.learning.training.Listener``."""

    def __init__(self, run: Run) -> None:
        from core.learning.checkpoints import Keeper

        self._run = run
        self._inbox = Inbox(run)
        self._keeper = Keeper(run.checkpoints)
        self._resumed = any(r["kind"] in BEGUN for r in run.records())

    def resumed(self, like: "TrainingState") -> "Waypoint | None":
        """Return from where a run that was cut short goes on; None to begin at the beginning."""
        from core.learning.checkpoints import read_newest

        if not self._resumed:
            return None
        waypoint, problems = read_newest(self._run.checkpoints, like)
        step = waypoint.step if waypoint else 0
        epoch = waypoint.epochs[-1].epoch if waypoint else 0
        self._run.write("resumed", sync=True, step=step, epoch=epoch, problems=problems)
        return waypoint

    def phase(self, words: str) -> None:
        """Log what the run is doing now."""
        self._run.write("phase", phase=words)

    def started(
        self,
        loss: float,
        val_loss: float,
        n_train: int,
        n_validation: int,
        n_unseen: int = 0,
        n_leaked: int = 0,
    ) -> None:
        """Log the losses before the first step, and how many clips there are of each kind."""
        self._run.write(
            "start",
            loss=_finite(loss),
            val_loss=_finite(val_loss),
            n_train=n_train,
            n_validation=n_validation,
            n_unseen=n_unseen,
            n_leaked=n_leaked,
        )

    def watches(self, clips: Sequence[Watched]) -> None:
        """Write down which clips every epoch is looked at with."""
        with suppress(OSError):  # whoever looks is told; no training ends for it
            write_json(self._run.folder / CLIPS, [clip.to_dict() for clip in clips])

    def moment(self, moment: Moment) -> None:
        """Log a point of the fine curve."""
        self._run.write(**_finite_values(record_of(moment)))

    def signals(self, signals: Signals) -> None:
        """Log what went on inside the network."""
        self._run.write(**_finite_values(record_of(signals)))

    def epoch(self, epoch: Epoch, best: bool, model: Callable[[], Any]) -> None:
        """Log an epoch, on the disk for good, and keep its weights if it is the best."""
        from core.learning.saved_models import weights_bytes

        if best:
            write_atomically(self._run.best, weights_bytes(model()))
        self._run.write(**_finite_values(record_of(epoch)), sync=True)

    def waypoint(self, waypoint: "Waypoint", last: bool) -> None:
        """Keep a place from which the run can go on; the last one for good."""
        self._keeper.write(waypoint, last)

    def orders(self, step: int, epoch: float) -> Orders:
        """Return what was asked for by this step boundary; late while the run is paused."""
        return self._inbox.orders(step, epoch)

    def stop_asked(self) -> bool:
        """Return whether a stop was requested."""
        return self._inbox.stop_asked()


HUGE = 1e30
"""Stands in the log for a loss that is no longer finite."""


def _finite(value: float) -> float:
    return value if abs(value) < HUGE else HUGE  # NaN compares false


def _finite_values(value: Any) -> Any:
    """Return a record without numbers that JSON has no word for, however deep they lie."""
    if isinstance(value, dict):
        return {k: _finite_values(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite_values(v) for v in value]
    return _finite(value) if isinstance(value, float) else value


def run_worker(run: Run, listener: Callable[[Run], RunWriter] = RunWriter) -> Any:
    """Train what a run's folder asks for; every end is written there, a crash's too.

    Parameters
    ----------
    run : Run
    listener : callable
        Makes what writes the folder; a command's also draws a progress bar.

    Returns
    -------
    trained : Trained or None
        The network of the best epoch with its scores, where the run got so far.
    """
    with held(run.lock, wait=2.0) as was_free:  # a page may be asking is_held at this moment
        if not was_free:
            print(f"{run.name} is being trained by another worker already", flush=True)
            return None
        if standing_of(run.records(), held=True, now=0.0).ended is not None:
            print(f"{run.name} has ended already, or was cancelled", flush=True)
            return None
        trained = None
        try:
            reserve = run.folder / "reserve"
            reserve.write_bytes(os.urandom(RESERVE_BYTES))
            state, trained = _train(run, listener)
            problem = ""
        except KeyboardInterrupt:
            state, problem = "stopped", ""
        except Exception as error:
            state, problem = "failed", told(run.folder, error)
        reserve.unlink(missing_ok=True)
        try:
            run.write("end", sync=True, state=state, problem=problem)
        except OSError as error:  # the next look finds it interrupted, and names what it can see
            print(f"the end of {run.name} ({state}) cannot be written: {error}", flush=True)
        with suppress(OSError):
            thin()
    return trained


def _train(run: Run, listener: Callable[[Run], RunWriter]) -> tuple[str, Any]:
    """Return how the run ended, and what it trained."""
    from core.learning.saved_models import weights_bytes
    from core.learning.training import Stopped, train

    writer = listener(run)
    (run.folder / "result.json").unlink(missing_ok=True)  # of a run that was stopped, and goes on
    try:
        trained = train(run.spec(), writer)
    except Stopped:
        return "stopped", None
    # of a run that was killed between two writes, the weights may be an epoch ahead
    write_atomically(run.best, weights_bytes(trained.model))
    write_json(run.folder / "result.json", trained.result)
    # a stop that was asked for while the whole run was scored has cut nothing short
    return ("stopped" if trained.stopped else "finished"), trained


def prepare() -> None:
    """Import what training needs and point JAX to its compile cache."""
    import jax

    try:
        cache = compiled_folder()
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
    reuse_memory()
    if arguments == ["--standby"]:
        prepare()
        from core.learning.practice import read_line

        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8")  # as the launcher writes; Windows would guess
        line = read_line(sys.stdin)
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
    run = Run(folder)
    if folder.parent.name == range_store.STORE:
        range_store.work(run)
    elif folder.parent.name == probe_store.STORE:
        probe_store.work(run)
    elif folder.parent.name == races.STORE:
        writing.work(races.Race(folder))
    else:
        run_worker(run)
    try:
        queue.advance()
    except LabError as error:
        print(f"the next run cannot be started: {error}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
