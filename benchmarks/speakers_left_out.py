"""FSDD's men as strangers: ``python -m benchmarks.speakers_left_out [--epochs N] [--only NAME]``.

The shipped model's training takes an hour; seven of them do not fit here. So a network like it is
trained once on everything else, which has heard nobody of FSDD, and from there briefly once for
each of the six, with the other five and without him; and once for the course split (theo, george,
nicolas, jackson train; lucas and yweweler are scored). Every clip of whoever is left out is scored:
forced choice of the ten digits, looked at as the shipped model does, with 95 % Wilson intervals,
and the expected calibration error over all six together. Nothing is chosen by these scores: the
last epoch counts. Needs FSDD and the large training sets. Each network is kept under
its name in the data folder, and one that is there is not trained again.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.working_point import calibration_error
from core.errors import LabError, ModelError
from core.learning.__main__ import main as learning
from core.learning.evaluation import accuracy
from core.learning.networks import NETWORKS
from core.learning.saved_models import SHIPPED, find_model
from core.learning.splits import leaving_out
from core.listening.recogniser import Recogniser
from core.sound.audio import load_waveform
from core.sound.augmentation import MIXTURES
from core.sound.datasets import open_dataset

COURSE = ("lucas", "yweweler")
"""Whom the course split scores; it trains on the other four of the 2019 edition's people."""
COURSE_TRAINS = ("theo", "george", "nicolas", "jackson")
VOICES = ["synthetic-training", "synthetic-crowd", "synthetic-near", "people"]
"""What the base network hears: everybody and everything the shipped one does, but FSDD."""


def kept(key: str, spec: dict[str, Any]) -> None:
    """Train a network and keep it under a name, unless there is one."""
    try:
        find_model(key)
    except ModelError:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "spec.json"
            path.write_text(json.dumps(spec), "utf-8")
            if learning(["train", "--spec", str(path), "--save", key]):
                raise SystemExit(f"The training of {key} did not end well.") from None


def left_out(key: str, names: tuple[str, ...]) -> list[tuple[np.ndarray, int]]:
    """Print how a network hears people whom it has not heard; return its logits and the digits."""
    saved = find_model(key)
    shipped = find_model(SHIPPED).card
    card = replace(saved.card, views=shipped.views, floor_db=shipped.floor_db)
    recogniser = Recogniser(replace(saved, card=card))
    pairs = []
    for name in names:
        clips = [r for r in open_dataset("fsdd").recordings if r.speaker == name]
        theirs = [
            (recogniser.logits(load_waveform(r.root / r.name)), r.digit)
            for r in clips
            if r.digit is not None
        ]
        right = sum(int(v[:10].argmax()) == d for v, d in theirs)
        print(f"{key}: {name}, forced choice {accuracy(right, len(theirs))}", flush=True)
        pairs += theirs
    return pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base-epochs", type=int, default=10, help="on everything but FSDD")
    parser.add_argument("--epochs", type=int, default=4, help="with the others of FSDD")
    parser.add_argument("--network", default="deep", choices=[*NETWORKS])
    parser.add_argument("--base-only", action="store_true", help="nobody of FSDD is ever heard")
    parser.add_argument("--voices", nargs="+", default=VOICES, help="data sets beside FSDD")
    parser.add_argument("--mixture", default="plain", choices=[*MIXTURES])
    parser.add_argument("--strength", type=float, default=0.7, help="share of its changes made")
    parser.add_argument("--nonwords", type=float, default=0.1, help="made of a share of the digits")
    parser.add_argument("--top-db", type=float, help="of the picture; otherwise the shipped one's")
    parser.add_argument("--tag", default="", help="ends the names of the networks that are kept")
    parser.add_argument("--only", help="one of the six, or 'course'")
    options = parser.parse_args()
    spec = json.loads((find_model(SHIPPED).folder / "spec-1.json").read_text("utf-8"))
    if options.top_db is not None:
        spec["image"]["analysis"]["top_db"] = options.top_db
    base = spec | {
        "data": options.voices, "network": options.network, "split": "all", "train_share": 0.4,
        "added_share": 0.15, "epochs": options.base_epochs, "average": 0.99, "keep_last": True,
        "nonwords": options.nonwords, "strength": options.strength, "mixture": options.mixture,
    }  # fmt: skip
    tag = f"{options.network}{options.tag and '-'}{options.tag}"
    alone = f"without-fsdd-{tag}"
    kept(alone, base)
    people = sorted({r.speaker for r in open_dataset("fsdd").recordings})
    left_out(alone, tuple(people))
    if options.base_only:
        return
    brief = base | {
        "data": ["fsdd", *options.voices], "train_share": 1.0, "added_share": 0.1, "start": alone,
        "epochs": options.epochs, "learning_rate": 0.001,
    }  # fmt: skip
    if options.only in (None, "course"):
        course = {"split": leaving_out(COURSE), "train_speakers": list(COURSE_TRAINS)}
        kept(f"course-split-{tag}", brief | course)
        pairs = left_out(f"course-split-{tag}", COURSE)
        right = sum(int(v[:10].argmax()) == d for v, d in pairs)
        print(f"course split: {accuracy(right, len(pairs))}", flush=True)
    pooled: list[tuple[np.ndarray, int]] = []
    for name in people if options.only is None else [n for n in people if n == options.only]:
        key = f"without-{name}-{tag}"
        kept(key, brief | {"split": leaving_out([name])})
        pooled += left_out(key, (name,))
    if pooled:
        right = sum(int(v[:10].argmax()) == d for v, d in pooled)
        print(f"left out, together: {accuracy(right, len(pooled))}")
        print(f"expected calibration error, 15 bins: {calibration_error(pooled, 1.0):.3f}")


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
