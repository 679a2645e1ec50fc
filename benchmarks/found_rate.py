"""Whether the rate that the range test suggests trains well: ``python -m benchmarks.found_rate``.

For each optimizer the range test is run once; then the network is trained once a seed at the rate
it suggests and at each of a small sweep, and scored by the mean validation accuracy of its best
epoch. Printed is how far the suggested rate stays behind the best of the sweep, in points. The
goal: at most 2.
"""

import argparse
import os
import statistics
import tempfile
from dataclasses import replace

from core.learning.range_test import range_test
from core.learning.runs import create_run
from core.learning.specs import RunSpec
from core.learning.training import train
from core.learning.worker import RunWriter, prepare
from core.system import reuse_memory

SWEEP = {"adam": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2), "momentum": (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)}


def suggested(spec: RunSpec) -> float | None:
    """Return what the Train page would suggest."""
    return range_test(spec).suggested


def accuracy(spec: RunSpec, rate: float, seeds: list[int]) -> float:
    """Return the mean validation accuracy at a rate, in [0, 1]."""
    found: list[float] = []
    for seed in seeds:
        asked = replace(spec, learning_rate=rate, seed=seed)
        found.append(train(asked, RunWriter(create_run(asked))).result["val_accuracy"])
    return statistics.fmean(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="fsdd-2019")
    parser.add_argument("--network", default="seed")
    parser.add_argument("--optimizers", nargs="+", choices=SWEEP, default=[*SWEEP])
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    options = parser.parse_args()
    reuse_memory()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["SPOKEN_DIGITS_HOME"] = home
        prepare()
        for optimizer in options.optimizers:
            spec = RunSpec(
                data=(options.data,),
                network=options.network,
                optimizer=optimizer,
                epochs=options.epochs,
                signals=False,
            )
            rate = suggested(spec)
            print(f"{optimizer}: the range test suggests {rate}", flush=True)
            scores = {}
            for tried in sorted({*SWEEP[optimizer], *([] if rate is None else [rate])}):
                scores[tried] = accuracy(spec, tried, options.seeds)
                print(f"  {tried:g}: {scores[tried]:.1%} in validation", flush=True)
            if rate is not None:
                best = max(scores[tried] for tried in SWEEP[optimizer])
                print(f"  behind the best of the sweep: {100 * (best - scores[rate]):+.1f} points")


if __name__ == "__main__":
    main()
