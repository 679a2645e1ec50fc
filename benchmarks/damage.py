"""Damaged and unwritable disks: ``python -m benchmarks.damage``.

Three counts, each over everything there is to count, on runs of a small network.

- The log of a real, finished run, cut at every byte: every record that is whole must be read, none
  made up, and the run must still be shown.
- The same log with every byte flipped in turn: at most the two records that meet there are lost.
- A worker of whose writes the Nth fails, for every N there is, with no space, I/O error and
  read-only: as a line of the log torn in the middle, as an atomic file that is not written, and as
  an fsync that fails. What stood before must stand, the reason be named in the run, the list open,
  no half-written file stay, and the run, resumed, end with the numbers of an undisturbed one. A
  run may also finish, if it does so with these numbers: the list of the clips that every epoch is
  looked at with is one that it can do without.

``tests/core/learning/test_durability.py`` holds a few of each.
"""

import argparse
import contextlib
import errno
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from unittest import mock

import core.logs as logs
import core.system as system
from benchmarks.kills import COMPARED, SMALL, epochs_of
from core.learning.queue import take
from core.learning.runs import Run, create_run, list_runs
from core.learning.specs import RunSpec
from core.learning.worker import prepare, run_worker
from core.system import reuse_memory

CODES = (errno.ENOSPC, errno.EIO, errno.EROFS)
SAME = 1e-5
"""Metrics of a resumed run may lie so far from an undisturbed one's."""


def spec_of(epochs: int) -> RunSpec:
    """Return a run of a small network, with all that is written on the way."""
    return RunSpec(network="seed", epochs=epochs, image=SMALL, schedule="cosine", average=0.9)


def trained(spec: RunSpec) -> Run:
    """Return a run trained here, quietly."""
    run = create_run(spec)
    with quiet():
        run_worker(run)
    return run


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what a worker prints to itself."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def cut(whole: Run, copy: Run) -> tuple[int, list[str]]:
    """Cut a log at every byte; return how many cuts there were, and what was wrong."""
    data, records = whole.log.read_bytes(), whole.records()
    ends = [i for i, byte in enumerate(data) if byte == ord("\n")]
    wrong = []
    copy.log.write_bytes(data)
    for length in range(len(data), -1, -1):
        os.truncate(copy.log, length)
        kept = sum(1 for end in ends if end <= length)  # a record is whole without its newline
        try:
            if copy.records() != records[:kept]:
                wrong.append(f"cut at {length}: other records than the {kept} whole ones")
            copy.snapshot()
        except Exception as error:
            wrong.append(f"cut at {length}: {error!r}")
    return len(data) + 1, wrong


def flip(whole: Run, copy: Run) -> tuple[int, list[str]]:
    """Flip one bit of every byte of a log; return how many there were, and what was wrong."""
    data, records = whole.log.read_bytes(), whole.records()
    known = {str(record) for record in records}
    wrong = []
    for i in range(len(data)):
        flipped = bytearray(data)
        flipped[i] ^= 1 << (i % 8)
        copy.log.write_bytes(flipped)
        try:
            found = copy.records()
            copy.snapshot()
        except Exception as error:
            wrong.append(f"flipped at {i}: {error!r}")
            continue
        if len(found) < len(records) - 2 or any(str(record) not in known for record in found):
            wrong.append(f"flipped at {i}: {len(records) - len(found)} lost, or one made up")
    return len(data), wrong


class Failing:
    """Lets the Nth write of a kind fail; counts them where none is to."""

    def __init__(self, kind: str, nth: int = 0, code: int = 0) -> None:
        self.kind, self.nth, self.code = kind, nth, code
        self.count = 0

    def _due(self) -> bool:
        self.count += 1
        return self.count == self.nth

    def _error(self) -> OSError:
        return OSError(self.code, os.strerror(self.code))

    def append(self, real: Callable[..., None]) -> Callable[..., None]:
        """Tear the Nth line of the log in its middle."""

        def write(path: object, record: object, sync: bool = False) -> None:
            if not self._due():
                real(path, record, sync=sync)
                return
            before = path.stat().st_size if path.exists() else 0  # type: ignore[attr-defined]
            real(path, record)
            after = path.stat().st_size  # type: ignore[attr-defined]
            os.truncate(path, before + (after - before) // 2)  # type: ignore[call-overload]
            raise self._error()

        return write

    def plain(self, real: Callable[..., None]) -> Callable[..., None]:
        """Let the Nth call fail before it does anything."""

        def call(*arguments: object) -> None:
            if self._due():
                raise self._error()
            real(*arguments)

        return call

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Fail within this block."""
        with contextlib.ExitStack() as stack:
            if self.kind == "line":
                stack.enter_context(mock.patch.object(logs, "append", self.append(logs.append)))
            elif self.kind == "file":
                atomic = self.plain(system.write_atomically)
                for name in ("core.learning.worker", "core.learning.checkpoints", "core.system"):
                    stack.enter_context(mock.patch(f"{name}.write_atomically", atomic))
            else:
                stack.enter_context(mock.patch.object(os, "fsync", self.plain(os.fsync)))
            yield


def same(run: Run, whole: Run) -> bool:
    """Return whether two runs ended with the same metrics."""
    pairs = [*zip(epochs_of(run), epochs_of(whole), strict=False)]
    near = all(abs(getattr(a, n) - getattr(b, n)) <= SAME for a, b in pairs for n in COMPARED)
    ours, theirs = run.snapshot().result, whole.snapshot().result
    return (
        near
        and len(epochs_of(run)) == len(epochs_of(whole))
        and ours is not None
        and theirs is not None
        and ours["scores"] == theirs["scores"]
    )


def failed_once(spec: RunSpec, whole: Run, failing: Failing) -> list[str]:
    """Let one write of a worker fail, resume the run, and return what was wrong."""
    what = f"{failing.kind} {failing.nth}, {os.strerror(failing.code)}"
    run = create_run(spec)
    before = run.records()
    wrong = []
    try:
        with failing.at_work(), quiet():
            run_worker(run)
        snapshot = run.snapshot()
        # of the list of clips it can do without; whether it ended alike is seen below
        if snapshot.state not in ("failed", "interrupted", "finished"):
            wrong.append(f"{what}: {snapshot.state}")
        if snapshot.state == "failed" and os.strerror(failing.code) not in snapshot.problem:
            wrong.append(f"{what}: says {snapshot.problem!r}")
        if run.records()[: len(before)] != before:
            wrong.append(f"{what}: earlier records are gone")
        if run not in list_runs():
            wrong.append(f"{what}: not in the list")
        if left := [p.name for p in run.folder.rglob(".*")]:
            wrong.append(f"{what}: half-written {left}")
        if snapshot.state != "finished":
            take(run)
            with quiet():
                run_worker(run)
        if run.snapshot().state != "finished" or not same(run, whole):
            wrong.append(f"{what}: resumed, it ended otherwise: {run.snapshot().problem}")
    except Exception as error:
        wrong.append(f"{what}: {error!r}")
    return wrong


def fail_every(spec: RunSpec, whole: Run, every: int) -> None:
    """Let every Nth write fail, and print what was found."""
    for kind in ("line", "file", "sync"):
        counting = Failing(kind)
        with counting.at_work():
            trained(spec)
        places = range(1, counting.count + 1, every)
        wrong = [
            words
            for nth in places
            for code in CODES
            for words in failed_once(spec, whole, Failing(kind, nth, code))
        ]
        tell(f"a failing {kind}: {len(places)} of {counting.count} places, 3 reasons", wrong)


def tell(what: str, wrong: list[str]) -> None:
    """Print a count and what was wrong."""
    print(f"{what}: {len(wrong)} wrong", flush=True)
    for words in wrong[:20]:
        print(f"  {words}", flush=True)


def main() -> None:
    """Count everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="of the places where a write fails")
    options = parser.parse_args()
    reuse_memory()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["SPOKEN_DIGITS_HOME"] = home
        prepare()
        spec = spec_of(options.epochs)
        trained(spec)  # fills the compile cache
        whole = trained(spec)
        copy = create_run(spec)
        n, wrong = cut(whole, copy)
        tell(f"the log cut at every byte: {n} cuts, {len(whole.records())} records", wrong)
        n, wrong = flip(whole, copy)
        tell(f"the log with a flipped byte: {n} bytes", wrong)
        fail_every(spec, whole, options.every)


if __name__ == "__main__":
    main()
