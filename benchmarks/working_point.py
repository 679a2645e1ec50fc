"""Where to reject: ``python -m benchmarks.working_point --model NAME [--view SPEED ...]``.

Runs FSDD's training takes (every tenth, index 5 to 49) and the dev clips through the whole path
once, then prints, for temperatures and thresholds, how many digits stay right and what other
words, sentences and noises raise. No official test clip is read: this is for choosing.
"""

import argparse
import csv
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.errors import LabError
from core.learning.evaluation import softmax
from core.learning.saved_models import SHIPPED, find_model
from core.listening.files import hear_file
from core.listening.recogniser import Recogniser, answer_from
from core.sound.datasets import open_dataset

Logits = list[np.ndarray]


def heard(path: Path, recogniser: Recogniser) -> Logits:
    return [recogniser.logits(word.y) for word in hear_file(path, recogniser)]


def answers(logits: Logits, temperature: float, threshold: float) -> list[int | None]:
    return [answer_from(v, temperature, threshold, 0.0).digit for v in logits]


def calibration_error(pairs: list[tuple[np.ndarray, int]], temperature: float) -> float:
    """Return the expected calibration error in 15 bins (Guo et al. 2017) of the digits' answers."""
    probabilities = [softmax(v[:10], temperature) for v, _ in pairs]
    confidence = np.array([p.max() for p in probabilities])
    right = np.array([p.argmax() == d for p, (_, d) in zip(probabilities, pairs, strict=True)])
    bins = np.minimum((confidence * 15).astype(int), 14)
    error = 0.0
    for b in range(15):
        inside = bins == b
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(error)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument(
        "--view", type=float, action="append", help="a speed to look at a word; repeatable"
    )
    parser.add_argument("--floor-db", type=float, help="noise under a word, so far below it")
    options = parser.parse_args()
    saved = find_model(options.model)
    if options.view:
        saved = replace(saved, card=replace(saved.card, views=tuple(options.view)))
    if options.floor_db is not None:
        saved = replace(saved, card=replace(saved.card, floor_db=options.floor_db))
    recogniser = Recogniser(saved)
    dev = Path(os.environ["SPOKEN_DIGITS_DEV"])
    strangers = [
        (int(r["digit"]), heard(dev / r["path"], recogniser))
        for r in csv.DictReader((dev / "digits.csv").open(encoding="utf-8"))
    ]
    other = [
        (r["kind"], heard(dev / r["path"], recogniser))
        for r in csv.DictReader((dev / "other.csv").open(encoding="utf-8"))
    ]
    training = [r for r in open_dataset("fsdd").recordings if r.take % 10 == 5]
    known = [(r.digit, heard(r.root / r.name, recogniser)) for r in training]
    for name, clips in (("strangers", strangers), ("training takes", known)):
        one = np.mean([len(v) == 1 for _, v in clips])
        forced = np.mean(
            [len(v) > 0 and max(v, key=lambda a: a[:10].max())[:10].argmax() == d for d, v in clips]
        )
        print(f"{name}: {len(clips)} clips, exactly one word {one:.1%}, forced choice {forced:.1%}")
    single = [(v[0], int(d)) for d, v in strangers + known if len(v) == 1 and d is not None]
    for temperature in (0.4, 0.5, 0.6, 0.7, 0.8, 1.0):
        print(
            f"temperature {temperature}: calibration error "
            f"{calibration_error(single, temperature):.3f}"
        )
        for threshold in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
            right = [
                np.mean([answers(v, temperature, threshold) == [d] for d, v in clips])
                for clips in (strangers, known)
            ]
            raised = {
                kind: [answers(v, temperature, threshold) for k, v in other if k == kind]
                for kind in ("word", "sentence", "noise")
            }
            words = np.mean([any(a is not None for a in group) for group in raised["word"]])
            counts = {
                kind: sum(a is not None for group in groups for a in group)
                for kind, groups in raised.items()
            }
            print(
                f"  threshold {threshold}: strangers {right[0]:.1%}, training takes "
                f"{right[1]:.1%}, other words that raise a digit {words:.1%}, digits in "
                f"sentences {counts['sentence']}, in noise {counts['noise']}"
            )


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
