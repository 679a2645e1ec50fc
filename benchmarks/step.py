"""Our training step against stock Keras on three backends: ``python -m benchmarks.step``.

The first experiment's network (48 x 40 x 1 in, batch 64, Adam) at three sizes. Every peer is a
process that waits while another is measured; they take turns, round by round, in one run. Keras on
TensorFlow and on PyTorch live in environments of their own, which ``--environments FOLDER`` builds
once (``--torch`` names the requirement, where the registry's newest is not wanted). Prints medians,
their spread and ratios. The goals: at least 3 times stock JAX, faster than both others at (16, 32)
and (32, 64), at most 15 % more with signals. ``--ours`` measures nothing but what signals cost.

``--until 0.97`` also prints the seconds to that validation accuracy on FSDD 2019 (16, 32), the mean
over ``--repeats`` runs.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from core.home import REPOSITORY

FILTERS = ((8, 16), (16, 32), (32, 64))
BACKENDS = {"jax": None, "tensorflow": "tensorflow-cpu", "torch": "torch"}


class Peer:
    """A process that trains when asked."""

    def __init__(self, arguments: list[str], backend: str) -> None:
        self._process = subprocess.Popen(
            arguments,
            cwd=REPOSITORY,
            env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, command: str) -> Any:
        """Return the answer to a command."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended at {command!r}")
        return json.loads(line)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def environment(folder: Path, backend: str, requirement: str) -> Path:
    """Return the Python of an environment with Keras and a backend; built if it is not there."""
    import keras

    place = folder / backend
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "ready").exists():
        print(f"building the environment for {backend} ...", flush=True)
        venv.create(place, with_pip=True)
        packages = [f"keras=={keras.__version__}", requirement]
        subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], check=True)
        (place / "ready").touch()
    return python


@contextmanager
def peers(folder: Path | None, torch: str, only_ours: bool) -> Iterator[dict[str, Peer]]:
    """Start every peer that can be had; all end with the ``with``."""
    stock = ["-m", "benchmarks.stock_step"]
    ours = [sys.executable, "-m", "benchmarks.our_step"]
    found = {
        "ours": Peer(ours, "jax"),
        "ours, signals off": Peer(ours, "jax"),
    }
    try:
        if not only_ours:
            found["Keras on JAX"] = Peer([sys.executable, *stock], "jax")
        if folder is not None:
            for backend, requirement in (("tensorflow", "tensorflow-cpu"), ("torch", torch)):
                python = environment(folder, backend, requirement)
                found[f"Keras on {backend}"] = Peer([str(python), *stock], backend)
        yield found
    finally:
        for peer in found.values():
            peer.close()


def steps(running: dict[str, Peer], rounds: int, n: int) -> None:
    """Print the time of a step of every peer at every size."""
    for filters in FILTERS:
        times: dict[str, list[float]] = {name: [] for name in running}
        for name, peer in running.items():
            signals = "off" if name.endswith("off") else ""
            peer.ask(f"build {filters[0]} {filters[1]} {signals}")
        for _ in range(rounds):
            for name, peer in running.items():
                times[name].append(1000 * peer.ask(f"steps {n}"))
        mine = statistics.median(times["ours"])
        print(f"\nfilters {filters}, {rounds} rounds of {n} steps")
        for name, found in times.items():
            median = statistics.median(found)
            # round by round: what disturbs one peer disturbs its neighbours as well
            ratio = statistics.median(a / b for a, b in zip(found, times["ours"], strict=True))
            print(
                f"  {name:20s} {median:7.1f} ms ({min(found):.1f} to {max(found):.1f})"
                + ("" if median == mine else f"  {ratio:.2f} times ours"),
                flush=True,
            )


def seconds_until(running: dict[str, Peer], share: float, repeats: int) -> None:
    """Print the seconds of training to a validation accuracy on FSDD 2019."""
    from core.learning.examples import load_examples
    from core.learning.specs import RunSpec

    spec = RunSpec(data=("fsdd-2019",))
    examples = load_examples(spec)
    split = examples.split
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npz"
        np.savez(
            path,
            images=examples.images(split.train, spec),
            answers=examples.answers[split.train],
            val_images=examples.images(split.validation, spec),
            val_answers=examples.answers[split.validation],
        )
        print(f"\nto {share:.0%} validation accuracy, FSDD 2019, filters (16, 32)")
        for name, peer in running.items():
            found = [peer.ask(f"until {share} 25 {path}") for _ in range(repeats)]
            seconds = statistics.mean(f["seconds"] for f in found)
            epochs = ", ".join(str(f["epochs"]) for f in found)
            least = min(f["accuracy"] for f in found)
            print(
                f"  {name:20s} {seconds:6.1f} s, {epochs} epochs, at least {least:.1%}", flush=True
            )


def main() -> None:
    """Measure what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--environments", type=Path)
    parser.add_argument("--torch", default="torch")
    parser.add_argument("--ours", action="store_true", help="measure only what signals cost")
    parser.add_argument("--until", type=float)
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with peers(options.environments, options.torch, options.ours) as running:
        steps(running, options.rounds, options.steps)
        if options.until:
            seconds_until(running, options.until, options.repeats)


if __name__ == "__main__":
    main()
