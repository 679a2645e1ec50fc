"""A race of four lanes with its sweeps: ``python -m benchmarks.race [--data fsdd] [--seeds 0 1]``.

Races the optimizers of the Race page's beginning, on its small network and 600 clips, in a worker's
process as the page does, one after the other where several seeds are given. Prints for each lane
the learning rate of its choice, the lowest validation loss, and the epochs, updates and seconds to
80 % of the validation clips; then the seconds from the press to the end, the workers' processor
time (on a machine that others use, the better measure) and the load.
The goal: a race in 180 s on two cores.
"""

import argparse
import os
import resource
import tempfile
import time

from core.learning.launcher import Launcher
from core.learning.racing.races import Race
from core.learning.racing.specs import RaceSpec
from core.sound.datasets import default_dataset

TARGET = 0.8
GOAL_SECONDS = 180.0


def line_of(race: Race) -> None:
    """Print what each lane came to, best first."""
    look = race.look()
    print(f"{'optimizer':18}{'rate':>10}{'val_loss':>10}{'accuracy':>10}", end="")
    print("".join(f"{name + ' to 80 %':>18}" for name in ("epochs", "updates", "seconds")))
    for lane in look.results.ranking():
        best, reached = lane.best, lane.reaches(TARGET)
        assert best is not None
        print(f"{lane.optimizer:18}{lane.rate:>10.3g}{best.val_loss:>10.3f}", end="")
        print(f"{best.val_accuracy:>10.1%}", end="")
        found = ("never",) * 3 if reached is None else (reached.epoch, reached.step)
        seconds = () if reached is None else (f"{reached.seconds:.1f}",)
        print("".join(f"{value!s:>18}" for value in (*found, *seconds)))
    for name, sweep in look.results.sweeps.items():
        tried = ", ".join(f"{t.rate:.3g}: {'lost' if t.lost else f'{t.score:.3f}'}" for t in sweep)
        print(f"  sweep of {name}: {tried}")


def of_ended_workers(patience: float = 30.0) -> resource.struct_rusage:
    """Return what the workers used; waits until the last one has ended, and not only its race."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    end = time.monotonic() + patience
    while time.monotonic() < end:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        if used.ru_utime > before.ru_utime + 1:
            return used
        time.sleep(0.2)
    return resource.getrusage(resource.RUSAGE_CHILDREN)


def main() -> None:
    """Race as the options say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=default_dataset())
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--warm-seconds", type=float, default=15.0, help="for a standby to load")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["SPOKEN_DIGITS_HOME"] = home
        launcher = Launcher()
        for seed in options.seeds:
            launcher.warm_up()
            time.sleep(options.warm_seconds)
            pressed = time.monotonic()
            race = launcher.start_race(RaceSpec(data=options.data, seed=seed))
            while (standing := race.standing()).ended is None:
                assert standing.alive or standing.state == "queued", standing
                time.sleep(0.2)
            seconds = time.monotonic() - pressed
            assert standing.state == "finished", standing.problem
            results = race.look().results
            print(f"{options.data}, seed {seed}: {results.n_train} training clips, ", end="")
            print(f"{results.n_validation} validation clips, {results.epochs} epochs in all")
            line_of(race)
            used = of_ended_workers()
            kept = "kept" if seconds <= GOAL_SECONDS else "MISSED"
            load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
            print(f"{seconds:.0f} s from the press to the end (goal {GOAL_SECONDS:.0f} s: {kept}),")
            print(f"{used.ru_utime + used.ru_stime:.0f} s of processor time by all workers so far,")
            print(f"load over 1, 5 and 15 minutes: {load}; {os.cpu_count()} cores", flush=True)


if __name__ == "__main__":
    main()
