"""``release``: make a kept model the one that comes with the app.

In: a kept model's name and its working point. Out: a folder of shipped models.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import LabError
from core.home import SHIPPED_MODELS
from core.learning.saved_models import SavedModel, read_card
from core.system import write_json


def add(commands: Any) -> None:
    """Add the subcommand."""
    release = commands.add_parser("release", help="make a kept model the one that comes along")
    release.add_argument("model", help="the kept model's name")
    release.add_argument("--name", required=True, help="its name from now on")
    release.add_argument("--temperature", type=float, default=1.0)
    release.add_argument("--threshold", type=float, default=0.5)
    release.add_argument(
        "--view", type=float, action="append", help="a speed to look at a word; repeatable"
    )
    release.add_argument(
        "--prior", type=float, default=0.0, help="taken from the bias of 'not a digit'"
    )
    release.add_argument(
        "--average-with", default="", help="another kept model, whose weights are averaged with it"
    )
    release.add_argument(
        "--floor-db", type=float, help="lay noise under each word, so far below it"
    )
    release.add_argument(
        "--second", action="store_true", help="as the network that says which digit it is"
    )
    release.set_defaults(run_command=run)


def run(options: argparse.Namespace) -> int:
    """Release a model, score it as it is now, and print its folder; returns the exit code."""
    from core.learning.keeping import release

    point = (options.temperature, options.threshold)
    views = tuple(options.view or (1.0,))
    folder = release(
        options.model,
        options.name,
        *point,
        SHIPPED_MODELS,
        views,
        options.prior,
        options.average_with,
        options.floor_db,
        options.second,
    )
    _score(folder)
    print(folder)
    return 0


def _score(folder: Path) -> None:
    """Put the released network's own scores into its card: its training scored other weights."""
    from core.learning.commands.evaluate import evaluated
    from core.learning.trained import kept_network

    card = read_card(folder)
    try:
        scores = evaluated(kept_network(SavedModel(folder, card, shipped=True)))["scores"]
    except LabError as error:
        print(f"It is released without scores. {error}", file=sys.stderr)
        scores = {}
    scored = replace(card, result=card.result | {"scores": scores})
    write_json(folder / "card.json", scored.to_dict())
