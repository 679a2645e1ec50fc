"""How sure networks may be of strangers: ``python -m benchmarks.left_out_temperature``.

For each of FSDD's six men the network that was trained without him (``speakers_left_out`` keeps
them; run it first, with the same ``--network``). One temperature (Guo et al. 2017) is fitted for
each network, on four kinds of clips that are not his, and the expected calibration error of the
3,000 answers to the men left out is printed for each kind, in 15 bins, all six together:

- the other five's official test takes as they are, which no training heard;
- the same takes augmented as in training, looked at with all the views, and once;
- the strangers of the other five folds: each man as the network hears him that never did. Those
  networks heard the man who is scored, which one number can hardly tell anybody.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.errors import LabError
from core.learning.calibration import calibration, fit_temperature
from core.learning.evaluation import softmax
from core.learning.saved_models import SHIPPED, SavedModel, find_model
from core.listening.recogniser import Recogniser
from core.sound.audio import load_waveforms
from core.sound.augmented import augmented_window
from core.sound.datasets import open_dataset

COPIES = 3
"""Augmented versions of each take."""
Logits = NDArray[np.float32]
Heard = tuple[Logits, NDArray[np.int32]]
"""Digits' logits [shape=(n, 10)] and what was said [shape=(n,)]."""


def heard(model: SavedModel, clips: list[NDArray[np.float32]], digits: list[int]) -> Heard:
    """Return what a model makes of clips, with all of its views."""
    recogniser = Recogniser(model)
    logits = np.stack([recogniser.logits(y)[:10] for y in clips])
    return logits, np.array(digits * (len(clips) // len(digits)), np.int32)


def fold(name: str, network: str) -> dict[str, Heard]:
    """Return what the network without somebody makes of him, and of takes by the others."""
    saved = find_model(f"without-{name}-{network}")
    viewed = replace(saved, card=replace(saved.card, views=find_model(SHIPPED).card.views))
    spoken = [r for r in open_dataset("fsdd").recordings if r.digit is not None]
    his = [r for r in spoken if r.speaker == name]
    others = [r for r in spoken if r.speaker != name and r.take < 5]
    clean, digits = load_waveforms(others), [int(r.digit or 0) for r in others]
    length = saved.card.image.n_samples
    augmented = [
        augmented_window(y, length, np.random.default_rng([15, copy, i]))
        for copy in range(COPIES)
        for i, y in enumerate(clean)
    ]
    return {
        "left out": heard(viewed, load_waveforms(his), [int(r.digit or 0) for r in his]),
        "clean": heard(viewed, clean, digits),
        "augmented": heard(viewed, augmented, digits),
        "augmented, one look": heard(saved, augmented, digits),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", default="deep")
    network = parser.parse_args().network
    people = sorted({r.speaker for r in open_dataset("fsdd").recordings})
    folds = {name: fold(name, network) for name in people}

    def of_others(name: str) -> Heard:
        rest = [folds[p]["left out"] for p in people if p != name]
        return np.concatenate([v for v, _ in rest]), np.concatenate([d for _, d in rest])

    ways: dict[str, Callable[[str], float]] = {
        "none (1)": lambda name: 1.0,
        "known speakers' takes": lambda name: fit_temperature(*folds[name]["clean"]),
        "the same, augmented": lambda name: fit_temperature(*folds[name]["augmented"]),
        "the same, one look": lambda name: fit_temperature(*folds[name]["augmented, one look"]),
        "the other folds' strangers": lambda name: fit_temperature(*of_others(name)),
    }
    answers = np.concatenate([folds[p]["left out"][1] for p in people])
    print(f"{network}: {len(answers)} answers to whoever was left out, forced to say a digit")
    for way, temperature in ways.items():
        found = {p: temperature(p) for p in people}
        scaled = np.concatenate([folds[p]["left out"][0] / found[p] for p in people])
        pooled = calibration(np.asarray(scaled, np.float32), answers)
        assert pooled is not None
        sure = float(softmax(scaled).max(axis=1).mean())
        each = ", ".join(f"{p} {t:.2f}" for p, t in found.items())
        print(
            f"temperature by {way}: calibration error {pooled.error:.1%}, mean confidence "
            f"{sure:.1%}, right {(scaled.argmax(axis=1) == answers).mean():.1%} ({each})"
        )


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
