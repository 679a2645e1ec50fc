"""``train``: the training of the page, without the page.

In: options, or a file with a spec. Out: progress, and at the end the scores.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import LabError
from core.learning import queue
from core.learning.commands.foreground import foreground
from core.learning.networks import NETWORKS
from core.learning.optimizers import OPTIMIZERS
from core.learning.schedules import SCHEDULES
from core.learning.specs import RunSpec
from core.sound.images import PRESETS, WORD

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
    train.add_argument("--image", choices=[*PRESETS], help="word unless told")
    train.add_argument("--augment", action="store_true", default=None)
    train.add_argument("--save", metavar="NAME", help="keep the model under this name")
    train.add_argument("--queue", action="store_true", help="leave it to a worker, and return")
    train.add_argument("--json", action="store_true", help="end with one JSON object")
    train.set_defaults(run_command=run)


def spec_from(options: argparse.Namespace) -> RunSpec:
    """Return the spec that the options ask for."""
    try:
        spec = RunSpec(image=WORD)
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


def run(options: argparse.Namespace) -> int:
    """Train and print the scores; returns the exit code."""
    spec = spec_from(options)
    if options.queue:
        waiting = queue.enqueue(spec)
        queue.advance()
        state = waiting.standing().state
        report = {"run": waiting.name, "state": state}
        print(json.dumps(report) if options.json else f"{waiting.name} is {state}")
        return 0
    return foreground(spec, options.save, options.json)
