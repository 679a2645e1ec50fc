"""What looking inside a network costs: ``python -m benchmarks.insides [--rounds 6]``.

The same run with signals and without, in turns, in one process, with everything that a worker
does: steps, gradient norms and ratios of each layer, the look at activations, the log on the disk,
checkpoints. An epoch's seconds are the worker's own; the first of each run, which compiles, does
not count. Printed is the ratio of neighbours, its median and range. The goal: at most 1.15.
"""

import argparse
import os
import statistics
import tempfile

from core.learning.runs import create_run
from core.learning.specs import RunSpec
from core.learning.training import train
from core.learning.worker import RunWriter, prepare
from core.system import reuse_memory


def seconds_an_epoch(spec: RunSpec) -> float:
    """Return the seconds of an epoch, without the first."""
    run = create_run(spec)
    train(spec, RunWriter(run))
    epochs = run.snapshot().history.epochs
    return (epochs[-1].seconds - epochs[0].seconds) / (len(epochs) - 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--networks", nargs="+", default=["seed", "strong"])
    parser.add_argument("--data", default="synthetic")
    options = parser.parse_args()
    reuse_memory()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["SPOKEN_DIGITS_HOME"] = home
        prepare()
        for network in options.networks:
            spec = RunSpec(data=(options.data,), network=network, epochs=options.epochs)
            found: dict[bool, list[float]] = {True: [], False: []}
            for i in range(options.rounds):
                # whoever goes first takes turns too: a process grows slower or quicker with time
                for signals in (True, False) if i % 2 else (False, True):
                    found[signals].append(seconds_an_epoch(spec.with_changes(signals=signals)))
            ratios = [on / off for on, off in zip(found[True], found[False], strict=True)]
            print(
                f"{network}: {statistics.median(found[True]):.2f} s an epoch with signals, "
                f"{statistics.median(found[False]):.2f} s without; ratio "
                f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}, "
                f"{len(ratios)} pairs)",
                flush=True,
            )


if __name__ == "__main__":
    main()
