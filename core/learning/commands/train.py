"""``train``: the training of the page, without the page.

In: options, or a file with a spec. Out: progress, and at the end the scores.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import LabError
from core.learning.commands.progress import Progress
from core.learning.networks import NETWORKS
from core.learning.optimizers import OPTIMIZERS
from core.learning.schedules import SCHEDULES
from core.learning.specs import RunSpec
from core.sound.images import PRESETS

OPTIONS = (
    "network",
    "optimizer",
    "learning_rate",
    "schedule",
    "epochs",
    "batch_size",
    "seed",
    "split",
    "augment",
)
"""Options that are settings of a spec under the same name."""


def add(commands: Any) -> None:
    """Add the subcommand."""
    train = commands.add_parser("train", help="train a network and print its scores")
    train.add_argument("--spec", type=Path, help="a spec.json; the options below change it")
    train.add_argument("--data", action="append", help="a data set's name or a folder; repeatable")
    train.add_argument("--network", choices=[*NETWORKS])
    train.add_argument("--optimizer", choices=[*OPTIMIZERS])
    train.add_argument("--learning-rate", type=float)
    train.add_argument("--schedule", choices=[*SCHEDULES])
    train.add_argument("--epochs", type=int)
    train.add_argument("--batch-size", type=int)
    train.add_argument("--seed", type=int)
    train.add_argument("--split", help='official, all, speaker:NAME or speakers:["NAME", ...]')
    train.add_argument("--image", choices=[*PRESETS])
    train.add_argument("--augment", action="store_true", default=None)
    train.add_argument("--save", metavar="NAME", help="keep the model under this name")
    train.add_argument("--json", action="store_true", help="end with one JSON object")
    train.set_defaults(run=run)


def spec_from(options: argparse.Namespace) -> RunSpec:
    """Return the spec that the options ask for."""
    try:
        spec = RunSpec()
        if options.spec:
            spec = RunSpec.from_dict(json.loads(options.spec.read_text("utf-8")))
        changes = {n: v for n in OPTIONS if (v := getattr(options, n)) is not None}
        if options.data:
            changes["data"] = tuple(options.data)
        if options.image:
            changes["image"] = PRESETS[options.image]
        return replace(spec, **changes)
    except (ValueError, OSError) as error:
        raise LabError(f"This run cannot be started: {error}") from error


def train_command(options: argparse.Namespace) -> dict[str, Any]:
    """Train; return the object that ``--json`` prints."""
    spec = spec_from(options)
    from core.learning.training import train

    trained = train(spec, Progress(spec.epochs))
    known, unseen = (trained.result["scores"][k] for k in ("known", "unseen"))
    report: dict[str, Any] = {
        "data": list(spec.data),
        "network": spec.network_name,
        "optimizer": spec.optimizer,
        "epochs": spec.epochs,
        "split": spec.split,
        "seed": spec.seed,
        "accuracy": known["share"] if known else None,
        "unseen_accuracy": unseen["share"] if unseen else None,
        **trained.result,
    }
    if options.save:
        from core.learning.keeping import keep

        report["saved_as"] = keep(options.save, spec, trained.result, trained.model).name
    return report


def run(options: argparse.Namespace) -> int:
    """Train and print the scores; returns the exit code."""
    report = train_command(options)
    if options.json:
        print(json.dumps(report))
    else:
        print_scores(report)
    return 0


def print_scores(report: dict[str, Any]) -> None:
    """Print each score with its sample and its interval."""
    print(f"protocol: {report['protocol']}; epoch {report['best_epoch']} kept by validation")
    for name, score in report["scores"].items():
        text = "not measured" if score is None else f"{100 * score['share']:.1f} %"
        interval = (
            ""
            if score is None
            else (
                f" ({score['right']} of {score['total']}; 95 % interval "
                f"{100 * score['low']:.1f} to {100 * score['high']:.1f} %)"
            )
        )
        print(f"{name} speakers: {text}{interval}")
