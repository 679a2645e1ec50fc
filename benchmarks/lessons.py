"""Whether each lesson shows what it says: ``python -m benchmarks.lessons``.

Trains every lesson's broken run and its cure with several seeds, and the Train page's default, and
prints what was found, the accuracies, the seconds; at the end the table of confusions, lesson by
finding. ``--log FILE`` keeps a line a run with its history, thinned; what it holds is not run
again, so that it can go on another day. ``--record FILE`` writes those histories for the tests to
replay.
"""

import argparse
import gzip
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from core.diagnosis.causes import causes
from core.diagnosis.lessons import LESSONS
from core.diagnosis.rules import diagnose
from core.learning.history import Epoch, History, Setting, Signals, history_of
from core.learning.runs import create_run
from core.learning.specs import RunSpec
from core.learning.training import train
from core.learning.worker import RunWriter
from core.sound.datasets import open_dataset
from core.sound.images import PRESETS
from core.system import reuse_memory
from pages.shared.controls import EPOCHS
from pages.shared.steps import BATCH_SIZE, SCHEDULE

MOST_STEPS = 24
"""Steps of the signals that are kept of a run; all where fewer would be judged differently."""
DEFAULT = "default"
"""The Train page's beginning, of which nothing must be found."""
Line = dict[str, Any]


def history_of_run(spec: RunSpec) -> tuple[History, float]:
    """Train; return what was measured and the seconds it took."""
    began = time.perf_counter()
    run = create_run(spec)
    train(spec, RunWriter(run))
    return run.snapshot().history, time.perf_counter() - began


def findings(history: History) -> list[str]:
    """Return the verdicts, then the causes."""
    return [f.verdict for f in diagnose(history)] + [f.cause for f in causes(history)]


def thinned(history: History) -> Line:
    """Return a history as plain values, with as few steps as are judged the same."""
    epochs = tuple(replace(e, guesses=None) for e in history.epochs)
    plain = replace(history, moments=(), marks=(), epochs=epochs)
    for most in (MOST_STEPS, 4 * MOST_STEPS, 10**9):
        total = sum(len(s.gradients) for s in history.signals)
        every = max(1, -(-total // most))
        some = replace(plain, signals=tuple(_every(history.signals, every)))
        if findings(some) == findings(history):
            break
    return asdict(some)


def _every(signals: Sequence[Signals], every: int) -> Iterator[Signals]:
    """Yield signals with every so-manieth step; looks at the units are thinned alike."""
    place = 0
    for s in signals:
        rows = [i for i in range(len(s.gradients)) if (place + i) % every == 0]
        place += len(s.gradients)
        if rows:
            tables = (tuple(t[i] for i in rows) for t in (s.gradients, s.ratios))
            gradients, ratios = (
                tuple(tuple(float(f"{v:.3g}") for v in row) for row in t) for t in tables
            )
            units = tuple(
                replace(a, mean=round(a.mean, 3), variance=round(a.variance, 3))
                for a in s.activities
            )
            yield replace(s, gradients=gradients, ratios=ratios, activities=units)


def as_history(values: Line) -> History:
    """Return the history that ``thinned`` wrote."""
    signals = history_of([{"kind": "signals", **s} for s in values["signals"]]).signals
    epochs = tuple(Epoch(**e) for e in values["epochs"])
    setting = Setting(**values["setting"])
    return History(**{**values, "epochs": epochs, "signals": signals, "setting": setting})


def wanted(options: argparse.Namespace) -> Iterator[tuple[str, str, int, RunSpec]]:
    """Yield every lesson, kind, seed and spec that the options name, seed by seed."""
    speakers = open_dataset(options.data).where(lambda r: r.digit is not None).speakers
    for seed in options.seeds:
        for name in options.only:
            if name != DEFAULT:
                for kind, spec in zip(
                    ("broken", "cured"),
                    LESSONS[name].specs(options.data, seed, speakers),
                    strict=True,
                ):
                    yield name, kind, seed, spec
    if DEFAULT in options.only:
        for seed in range(options.default_seeds):
            yield DEFAULT, "broken", seed, beginning(options.data, seed)


def beginning(data: str, seed: int) -> RunSpec:
    """Return what the Train page begins with."""
    image = next(iter(PRESETS.values()))
    steps: Line = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "schedule": SCHEDULE}
    return RunSpec((data,), image=image, seed=seed, **steps)


def _key(spec: RunSpec) -> str:
    return json.dumps(spec.to_dict(), sort_keys=True)


def run_all(options: argparse.Namespace) -> list[Line]:
    """Train what is not in the log yet; return a line a run."""
    known = (
        [json.loads(x) for x in options.log.open(encoding="utf-8")] if options.log.exists() else []
    )
    # read as specs: a setting added since has its default, as those runs had
    by_spec = {_key(RunSpec.from_dict(x["spec"])): x for x in known}
    lines = []
    for name, kind, seed, spec in wanted(options):
        key = _key(spec)
        if key not in by_spec:
            history, seconds = history_of_run(spec)
            found = {
                "spec": spec.to_dict(),
                "history": thinned(history),
                "seconds": round(seconds, 1),
                "training": round(history.epochs[-1].seconds, 1),
                "load": round(os.getloadavg()[0], 1),
            }
            by_spec[key] = json.loads(json.dumps(found))
            with options.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")
        line = {**by_spec[key], "name": name, "kind": kind, "seed": seed}
        history = as_history(line["history"])
        line["found"], last, best = findings(history), history.epochs[-1], history.best
        assert best is not None
        unseen = "" if best.unseen_accuracy is None else f" unseen {best.unseen_accuracy:.1%}"
        print(
            f"{name:20s} seed {seed} {kind:6s} {', '.join(line['found']):52s} train "
            f"{last.accuracy:.1%} val {last.val_accuracy:.1%}{unseen} {line['seconds']:.0f} s "
            f"(training {line['training']:.0f}, load {line['load']})",
            flush=True,
        )
        lines.append(line)
    return lines


def confusions(lines: Sequence[Line]) -> str:
    """Return the table of confusions: how often each lesson's run shows which finding."""
    rows = [f"{'lesson':20s} {'run':6s} as it says  what was found, and how often"]
    for name in dict.fromkeys(x["name"] for x in lines):
        for kind in ("broken", "cured"):
            mine = [x for x in lines if (x["name"], x["kind"]) == (name, kind)]
            if not mine:
                continue
            finding = "healthy" if name == DEFAULT else LESSONS[name].finding
            right = sum((finding in x["found"]) == (kind == "broken") for x in mine)
            counts = Counter(f for x in mine for f in dict.fromkeys(x["found"]))
            said = ", ".join(f"{f} {n}" for f, n in counts.most_common())
            rows.append(f"{name:20s} {kind:6s} {right} of {len(mine)}      {said}")
    return "\n".join(rows)


def main() -> None:
    """Train the lessons that the options name; print, and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="fsdd")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--only", nargs="+", choices=[*LESSONS, DEFAULT], default=[*LESSONS])
    parser.add_argument("--default-seeds", type=int, default=20)
    parser.add_argument("--log", type=Path, default=Path("lessons.jsonl"))
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    reuse_memory()
    lines = run_all(options)
    print(confusions(lines))
    if options.record:
        recorded = {
            f"{x['name']}-{x['kind']}-{x['seed']}-{options.data}": x["history"] for x in lines
        }
        whole = json.dumps(recorded, separators=(",", ":")).encode()
        options.record.write_bytes(gzip.compress(whole, mtime=0))


if __name__ == "__main__":
    main()
