"""Whether each lesson shows what it says: ``python -m benchmarks.lessons``.

Trains every lesson's broken run and its cure, with several seeds, and prints a table: the verdict
and the causes of both, their accuracies, the seconds. ``--save FOLDER`` keeps the histories as
JSON, from which the tests replay the diagnosis.
"""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.diagnosis.causes import causes
from core.diagnosis.lessons import LESSONS
from core.diagnosis.rules import diagnose
from core.learning.history import History
from core.learning.runs import create_run
from core.learning.specs import RunSpec
from core.learning.training import train
from core.learning.worker import RunWriter
from core.system import reuse_memory


def history_of_run(spec: RunSpec) -> tuple[History, float]:
    """Train; return what was measured and the seconds it took."""
    began = time.perf_counter()
    run = create_run(spec)
    train(spec, RunWriter(run))
    return run.snapshot().history, time.perf_counter() - began


def findings(history: History) -> list[str]:
    """Return the verdicts, then the causes."""
    return [f.verdict for f in diagnose(history)] + [f.cause for f in causes(history)]


def main() -> None:
    """Train the lessons that the options name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="fsdd-2019")
    parser.add_argument("--held-out", default="jackson")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--only", nargs="+", choices=[*LESSONS], default=[*LESSONS])
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    reuse_memory()
    fired = 0
    for name in options.only:
        for seed in options.seeds:
            specs = LESSONS[name].specs(options.data, seed, options.held_out)
            line: dict[str, Any] = {}
            for kind, spec in zip(("broken", "cured"), specs, strict=True):
                history, seconds = history_of_run(spec)
                last = history.epochs[-1]
                line[kind] = findings(history)
                print(
                    f"{name:20s} seed {seed} {kind:6s} {', '.join(line[kind]):50s} "
                    f"train {last.accuracy:.1%} val {last.val_accuracy:.1%} {seconds:.0f} s",
                    flush=True,
                )
                if options.save:
                    options.save.mkdir(parents=True, exist_ok=True)
                    path = options.save / f"{name}-{kind}-{seed}.json"
                    path.write_text(json.dumps(asdict(history)), "utf-8")
            wanted = LESSONS[name].finding
            shown = wanted in line["broken"] and wanted not in line["cured"]
            fired += shown
            print(f"{name:20s} seed {seed} {'as it says' if shown else 'NOT AS IT SAYS'}")
    print(f"{fired} of {len(options.only) * len(options.seeds)} as they say")


if __name__ == "__main__":
    main()
