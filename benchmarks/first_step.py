"""From pressing Train to the first step: ``python -m benchmarks.first_step [--times 5]``.

A launcher with its standby worker starts one run after another, as the page does; the times are
read from each run's log. Prints where the seconds go, with the standby and without one, medians
over the runs. The first run of each kind fills the compile cache and is told apart.
The goal: the first step of the next run within two seconds of the press.
"""

import argparse
import itertools
import os
import statistics
import tempfile
import time

from core.learning.launcher import Launcher
from core.learning.runs import Run
from core.learning.specs import RunSpec

SECONDS = 300.0
STAGES = ("worker", "recordings and images", "network", "compiling", "first step", "altogether")


def stages_of(run: Run, pressed: float) -> dict[str, float]:
    """Return the seconds of each stage from the press to the first step."""
    records = run.records()
    at = {r["phase"]: r["time"] for r in records if r["kind"] == "phase"}
    start = next(r["time"] for r in records if r["kind"] == "start")
    first = next(r["time"] for r in records if r["kind"] == "moment")
    points = (
        pressed,
        at["loading recordings and making images"],
        at["building the network"],
        at["compiling the training step"],
        start,
        first,
    )
    seconds = [b - a for a, b in itertools.pairwise(points)]
    return dict(zip(STAGES, [*seconds, first - pressed], strict=True))


def press(launcher: Launcher, spec: RunSpec) -> dict[str, float]:
    """Press Train; stop the run after its first step and wait for its end."""
    pressed = time.time()
    run = launcher.start(spec)
    deadline = time.monotonic() + SECONDS
    while not any(r["kind"] == "moment" for r in run.records()):
        assert time.monotonic() < deadline, "it never came"
        assert run.standing().ended is None, run.standing().problem
        time.sleep(0.02)
    run.ask("stop")
    while run.standing().ended is None:
        time.sleep(0.05)
    return stages_of(run, pressed)


def line_of(name: str, found: dict[str, float]) -> str:
    return f"{name:28}" + "".join(f"{found[stage]:>23.2f}" for stage in STAGES)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--data", default="synthetic")
    parser.add_argument("--network", default="seed")
    parser.add_argument(
        "--warm-seconds", type=float, default=15.0, help="for a standby to get ready"
    )
    options = parser.parse_args()
    spec = RunSpec(data=(options.data,), network=options.network, epochs=50)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["SPOKEN_DIGITS_HOME"] = home
        print(f"seconds, {options.network} on {options.data}".ljust(28), end="")
        print("".join(f"{stage:>23}" for stage in STAGES))
        launcher = Launcher()
        print(line_of("nothing compiled before", press(launcher, spec)), flush=True)
        cold = [press(launcher, spec) for _ in range(max(1, options.times // 2))]
        warm = []
        for _ in range(options.times):
            launcher.warm_up()
            time.sleep(options.warm_seconds)
            warm.append(press(launcher, spec))
        for name, found in (("without a standby", cold), ("with a standby", warm)):
            medians = {s: statistics.median(f[s] for f in found) for s in STAGES}
            print(line_of(f"{name} ({len(found)})", medians), flush=True)


if __name__ == "__main__":
    main()
