"""Random kills: ``python -m benchmarks.kills [--kills 100] [--servers 20] [--minutes M]``.

Trains one network uninterrupted, then the same again under ``kill -9`` at random moments from the
launch of a worker to its last write, resumed after each, until all kills are spent and the last
run has ended. A server is a process with the app's launcher and its standby worker that starts two
runs, the second queued, and is killed; another server finds what it left. Counts what was corrupt,
what was lost, and how far the final metrics lie apart. The goal: 0 corrupt, metrics equal to 1e-5,
at most one epoch lost. ``--minutes`` ends each of the two counts early and reports the kills that
were really made; with ``--tally FILE`` the counts of several invocations add up, until the kills
asked for are reached. ``benchmarks.damage`` does the same to the files.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from core.home import REPOSITORY
from core.learning import queue
from core.learning.checkpoints import paths_in
from core.learning.history import Epoch
from core.learning.launcher import Launcher
from core.learning.runs import Run, find_run, list_runs
from core.learning.specs import RunSpec
from core.sound.images import ImageConfig
from core.sound.spectrograms import Analysis
from core.system import write_atomically

SMALL = ImageConfig(analysis=Analysis(hop_length=400, n_mels=16, n_mfcc=8))
COMPARED = ("loss", "accuracy", "val_loss", "val_accuracy")
SECONDS = 1800.0
"""Patience with a run on a busy machine, whose workers let everything else go first."""


@dataclass
class Count:
    """What the kills left."""

    kills: int = 0
    corrupt: list[str] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)
    ended: int = 0
    phases: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: "Count") -> "Count":
        phases = {
            name: self.phases.get(name, 0) + other.phases.get(name, 0)
            for name in self.phases | other.phases
        }
        return Count(
            self.kills + other.kills,
            self.corrupt + other.corrupt,
            self.lost + other.lost,
            self.seconds + other.seconds,
            self.apart + other.apart,
            self.ended + other.ended,
            phases,
        )


def spec_of(epochs: int) -> RunSpec:
    return RunSpec(network="seed", epochs=epochs, image=SMALL, schedule="cosine", average=0.9)


def worker_of(run: Run) -> subprocess.Popen[bytes]:
    """Start a worker for a run whose turn it is."""
    started: list[subprocess.Popen[bytes]] = []

    def start(run: Run) -> int:
        arguments = [sys.executable, "-m", "core.learning.worker", str(run.folder)]
        with (run.folder / "worker.log").open("ab") as log:
            started.append(subprocess.Popen(arguments, cwd=REPOSITORY, stdout=log, stderr=log))
        return started[0].pid

    assert queue.advance(start) == [run]
    return started[0]


def epochs_of(run: Run) -> tuple[Epoch, ...]:
    return run.snapshot().history.epochs


def distance(run: Run, whole: Run) -> float:
    """Return how far two runs' metrics lie apart, at the epoch where they do most."""
    first, second = epochs_of(run), epochs_of(whole)
    if [e.epoch for e in first] != [e.epoch for e in second]:
        return float("inf")
    if run.snapshot().result["scores"] != whole.snapshot().result["scores"]:  # type: ignore[index]
        return float("inf")
    return max(
        abs(float(getattr(a, name)) - float(getattr(b, name)))
        for a, b in zip(first, second, strict=True)
        for name in COMPARED
    )


def until(true: object, process: subprocess.Popen[bytes] | None = None) -> Iterator[None]:
    deadline = time.monotonic() + SECONDS
    while not true() and (process is None or process.poll() is None):  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never came"
        yield


def kill_workers(
    spec: RunSpec,
    whole: Run,
    kills: int,
    train_seconds: float,
    until_when: float,
    seed: int,
    keep: Callable[[Count], None],
) -> Count:
    """Kill workers of one run after another; return what was found."""
    count = Count()

    def enough() -> bool:
        return count.kills >= kills or time.monotonic() > until_when

    chance = random.Random(1000 + seed)
    run = queue.enqueue(spec)
    while True:
        keep(count)
        worker = worker_of(run)
        if not enough():
            if chance.random() < 0.8:  # most while it trains; the others while it loads
                for _ in until(lambda run=run: run.snapshot().phase == "training", worker):
                    time.sleep(0.02)
            time.sleep(chance.uniform(0, train_seconds))
        else:
            worker.wait()
        alive = worker.poll() is None
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        if alive:
            count.kills += 1
        try:
            assert run in list_runs()
            snapshot = run.snapshot()
        except Exception as error:
            count.corrupt.append(f"{run.name}: {error}")
            run = queue.enqueue(spec)
            continue
        told = next((r["phase"] for r in reversed(run.records()) if r["kind"] == "phase"), "none")
        if alive:
            count.phases[told] = count.phases.get(told, 0) + 1
        resumed = [r for r in run.records() if r["kind"] == "resumed"]
        if resumed and resumed[-1]["problems"]:
            count.corrupt.append(f"{run.name}: {resumed[-1]['problems']}")
        if snapshot.state == "finished":
            count.ended += 1
            count.apart.append(distance(run, whole))
            if enough():
                return count
            run = queue.enqueue(spec)
        elif snapshot.state != "interrupted":
            count.corrupt.append(f"{run.name}: {snapshot.state}: {snapshot.problem}")
            run = queue.enqueue(spec)
        else:
            epochs = snapshot.history.epochs
            kept = paths_in(run.checkpoints)
            steps = int(kept[0].stem) if kept else 0
            known = [e for e in epochs if e.step <= steps]
            count.lost.append(len(epochs) - len(known))
            last, back = (e[-1].seconds if e else 0.0 for e in (epochs, known))
            count.seconds.append(last - back)
            queue.enqueue_again(run)


def serve(names: str, epochs: int) -> None:
    """Be a server: a launcher with its standby, two runs, and nothing else until it is killed."""
    launcher = Launcher()
    launcher.warm_up()
    if names == "start":
        print(*[launcher.start(spec_of(epochs)).name for _ in range(2)], flush=True)
    time.sleep(SECONDS)


def kill_servers(
    whole: Run,
    kills: int,
    epochs: int,
    run_seconds: float,
    until_when: float,
    seed: int,
    keep: Callable[[Count], None],
) -> Count:
    """Kill servers while they serve; return what was found."""
    count = Count()
    chance = random.Random(2000 + seed)
    for _ in range(kills):
        if time.monotonic() > until_when:
            return count
        arguments = [sys.executable, "-m", "benchmarks.kills", "--serve", "start"]
        server = subprocess.Popen(
            [*arguments, "--epochs", str(epochs)], cwd=REPOSITORY, stdout=subprocess.PIPE
        )
        assert server.stdout is not None
        names = server.stdout.readline().decode().split()
        time.sleep(chance.uniform(0, run_seconds))
        server.kill()
        server.wait()
        server.stdout.close()
        count.kills += 1
        runs = [run for name in names if (run := find_run(name)) is not None]
        if len(runs) != 2:
            count.corrupt.append(f"a server's runs are gone: {names}")
            continue
        later = Launcher()  # the server that is started next
        for run in runs:
            for _ in until(lambda run=run: run.standing().ended is not None):
                later.advance()
                time.sleep(0.1)
            if run.snapshot().state != "finished":
                count.corrupt.append(f"{run.name}: {run.snapshot().problem}")
                continue
            count.ended += 1
            count.apart.append(distance(run, whole))
        keep(count)
    return count


def tally_of(path: Path | None) -> dict[str, Count]:
    """Return what earlier invocations counted."""
    if path is None or not path.exists():
        return {}
    return {name: Count(**values) for name, values in json.loads(path.read_text()).items()}


def tell(what: str, count: Count, expected: int) -> None:
    lost = max(count.lost, default=0)
    apart = max(count.apart, default=float("nan"))
    print(
        f"{what}: {count.kills} of {expected} kills; {count.ended} runs ended; "
        f"{len(count.corrupt)} corrupt; at most {lost} whole epochs lost, "
        f"{max(count.seconds, default=0.0):.2f} s of training; "
        f"final metrics at most {apart:.1e} apart",
        flush=True,
    )
    if count.phases:
        print(f"  killed while: {count.phases}")
    for line in count.corrupt:
        print(f"  corrupt: {line}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="of workers")
    parser.add_argument("--servers", type=int, default=20, help="kills of servers")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=1e6, help="for each of the two counts")
    parser.add_argument("--tally", type=Path, help="file in which invocations add up")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.epochs)
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["SPOKEN_DIGITS_HOME"] = home
        spec = spec_of(options.epochs)
        for _ in range(2):  # the first fills the compile cache
            whole = queue.enqueue(replace(spec))
            began = time.monotonic()
            worker_of(whole).wait()
        seconds = time.monotonic() - began
        training = epochs_of(whole)[-1].seconds
        print(
            f"uninterrupted: {seconds:.1f} s from launch to end, {training:.1f} s of training, "
            f"{len(epochs_of(whole))} epochs, {whole.snapshot().result['scores']['known']['share']}"  # type: ignore[index]
        )
        before = tally_of(options.tally)
        for what, kills in (("workers", options.kills), ("servers", options.servers)):
            done = before.get(what, Count())
            left = kills - done.kills

            def keep(count: Count, what: str = what, done: Count = done) -> None:
                before[what] = done + count
                if options.tally:
                    counts = {name: asdict(count) for name, count in before.items()}
                    write_atomically(options.tally, json.dumps(counts).encode())

            if left > 0:
                until_when = time.monotonic() + 60 * options.minutes
                if what == "workers":
                    found = kill_workers(spec, whole, left, training, until_when, done.kills, keep)
                else:
                    found = kill_servers(
                        whole, left, options.epochs, seconds, until_when, done.kills, keep
                    )
                keep(found)
            if kills:
                tell(what, before.get(what, done), kills)


if __name__ == "__main__":
    main()
