"""``python -m core.learning train ...``: the training of the page, without the page.

In: options, or a file with a spec. Out: a progress bar on standard error and, at the end, the
scores; with ``--json`` as one JSON object on standard output.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import LabError
from core.home import SHIPPED_MODELS
from core.learning.history import Epoch, Moment
from core.learning.networks import NETWORKS
from core.learning.optimizers import OPTIMIZERS
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
BAR = 24
"""Characters of the progress bar."""


class Progress:
    """Draws a progress bar on standard error, one line an epoch where it is no terminal."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._live = sys.stderr.isatty()

    def phase(self, words: str) -> None:
        """Say what is being done."""
        if not self._live:
            print(words, file=sys.stderr, flush=True)
        else:
            self._draw(f"{words} ...")

    def started(self, loss: float, val_loss: float, n_train: int, n_validation: int) -> None:
        """Say what training starts from."""
        text = (
            f"{n_train} clips train, {n_validation} choose the epoch; loss {loss:.2f} at the start"
        )
        print(("\r\x1b[K" if self._live else "") + text, file=sys.stderr, flush=True)

    def moment(self, moment: Moment) -> None:
        """Move the bar."""
        if self._live:
            done = round(BAR * moment.epoch / self._epochs)
            bar = "#" * done + "." * (BAR - done)
            self._draw(
                f"[{bar}] epoch {moment.epoch:.1f} of {self._epochs}  loss {moment.loss:.3f}"
            )

    def epoch(self, epoch: Epoch, best: bool, model: Callable[[], Any]) -> None:
        """Print an epoch's line."""
        print(
            ("\r\x1b[K" if self._live else "")
            + f"epoch {epoch.epoch:3d}  loss {epoch.loss:.4f}  accuracy {epoch.accuracy:.4f}  "
            f"val_loss {epoch.val_loss:.4f}  val_accuracy {epoch.val_accuracy:.4f}"
            + ("  best so far" if best else ""),
            file=sys.stderr,
            flush=True,
        )

    def stop_asked(self) -> bool:
        """Nobody asks a command to stop but with Ctrl+C."""
        return False

    def _draw(self, text: str) -> None:
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core.learning", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train a network and print its scores")
    train.add_argument("--spec", type=Path, help="a spec.json; the options below change it")
    train.add_argument("--data", action="append", help="a data set's name or a folder; repeatable")
    train.add_argument("--network", choices=[*NETWORKS])
    train.add_argument("--optimizer", choices=[*OPTIMIZERS])
    train.add_argument("--learning-rate", type=float)
    train.add_argument("--schedule", choices=["constant", "cosine"])
    train.add_argument("--epochs", type=int)
    train.add_argument("--batch-size", type=int)
    train.add_argument("--seed", type=int)
    train.add_argument("--split", help="official, all or speaker:NAME")
    train.add_argument("--image", choices=[*PRESETS])
    train.add_argument("--augment", action="store_true", default=None)
    train.add_argument("--save", metavar="NAME", help="keep the model under this name")
    train.add_argument("--json", action="store_true", help="end with one JSON object")
    release = commands.add_parser("release", help="make a kept model the one that comes along")
    release.add_argument("model", help="the kept model's name")
    release.add_argument("--name", required=True, help="its name from now on")
    release.add_argument("--temperature", type=float, default=1.0)
    release.add_argument("--threshold", type=float, default=0.5)
    return parser


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
        "network": spec.network,
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


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "release":
            from core.learning.keeping import release

            point = (options.temperature, options.threshold)
            print(release(options.model, options.name, *point, SHIPPED_MODELS))
            return 0
        report = train_command(options)
    except LabError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    if options.json:
        print(json.dumps(report))
        return 0
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
