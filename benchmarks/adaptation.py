"""Adapting to a voice, simulated on speakers whom a model has never heard.

``python -m benchmarks.adaptation --train`` first trains one model for each of ``--speakers``,
without that speaker (FSDD and the embedded voices, the batch-normed network, augmented), and keeps
it as ``without-NAME``. Then, and without ``--train``, each is adapted to its speaker with one and
with three clips of each digit, drawn ``--draws`` times from takes 10 to 49, and scored on 100 takes
that no draw uses (0 to 9), before and after; so it is on official test clips of FSDD's others and
of the embedded voices. ``--candidates`` does so with other settings too. Settings of
``core.learning.adapter.Settings`` are options. ``--seconds`` measures instead how long the page's
press takes, Keras already imported: the shipped model adapts to ten and to thirty clips of each
speaker, reading, measuring and keeping included; the models that it makes are deleted again. Needs
SPOKEN_DIGITS_FSDD.
"""

import argparse
import os
import time
from dataclasses import fields, replace
from typing import Any

import numpy as np

from core.errors import LabError
from core.learning.adaptation import adapt
from core.learning.adapter import Adapter, Settings
from core.learning.evaluation import accuracy
from core.learning.rehearsal import others
from core.learning.saved_models import SHIPPED, find_model
from core.learning.shelf import delete
from core.learning.specs import RunSpec
from core.sound.audio import load_waveforms
from core.sound.datasets import open_dataset
from core.sound.recordings import Recording

SPEAKERS = ("theo", "nicolas", "lucas")
HEAD = {"part": "head", "learning_rate": 5e-3, "steps": 120, "others_a_step": 24, "rehearsed": 240}
TAIL = {"part": "tail", "learning_rate": 5e-4, "steps": 40, "others_a_step": 24, "rehearsed": 240}
CANDIDATES: tuple[dict[str, Any], ...] = (
    {},
    HEAD,
    HEAD | {"others_weight": 3.0},
    HEAD | {"steps": 300, "others_weight": 3.0, "rehearsed": 480},
    HEAD | {"learning_rate": 1e-2, "steps": 300, "others_a_step": 96, "rehearsed": 480},
    TAIL,
    TAIL | {"learning_rate": 1e-3, "steps": 80},
    TAIL | {"learning_rate": 1e-3, "steps": 80, "others_weight": 3.0, "rehearsed": 480},
    TAIL | {"part": "all", "learning_rate": 2e-4},
)
"""Settings beside the defaults that ``--candidates`` tries."""
UNUSED = 10
"""Takes of each digit by which an adaptation is scored."""


def key_of(speaker: str) -> str:
    return f"without-{speaker}"


def train(speaker: str, epochs: int) -> None:
    """Train and keep a model that has never heard a speaker."""
    from core.learning.commands.foreground import foreground

    spec = RunSpec(
        data=("fsdd", "synthetic"),
        network="strong",
        optimizer="adamw",
        schedule="cosine",
        epochs=epochs,
        augment=True,
        non_digits=True,
        split=f"speaker:{speaker}",
        signals=False,
    )
    foreground(spec, key_of(speaker), True)


def drawn(recordings: list[Recording], takes: int, seed: int) -> list[Recording]:
    """Return so many takes of each digit, by chance, none of which is scored."""
    rng = np.random.default_rng([seed, 14])
    chosen = []
    for digit in range(10):
        mine = [r for r in recordings if r.digit == digit and r.take >= UNUSED]
        chosen += [mine[i] for i in rng.permutation(len(mine))[:takes]]
    return chosen


def simulate(speaker: str, settings: Settings, draws: int) -> dict[int, np.ndarray]:
    """Print what adapting to a speaker changes; return errors by takes a digit.

    Returns
    -------
    counts : dict of int to np.ndarray [shape=(draws, 6)]
        Takes a digit -> errors before, errors after, clips scored; the same of the others.
    """
    mine = [r for r in open_dataset("fsdd").recordings if r.speaker == speaker]
    scored = [r for r in mine if r.take < UNUSED]
    around = others(settings.rehearsed, 500, settings.seed, without=(speaker,))
    adapter = Adapter(find_model(key_of(speaker)), around, settings)
    rows = adapter.features(load_waveforms(scored))
    digits = [r.digit for r in scored if r.digit is not None]
    before = adapter.right(adapter.begun_with, rows, digits)
    found: dict[int, np.ndarray] = {}
    for takes in (1, 3):
        counts, seconds = [], []
        for draw in range(draws):
            began = time.perf_counter()
            clips = drawn(mine, takes, draw)
            voice = adapter.versions(load_waveforms(clips), [r.digit or 0 for r in clips])
            weights = adapter.learn(voice)
            seconds.append(time.perf_counter() - began)
            after = adapter.right(weights, rows, digits)
            theirs = adapter.others_change(weights)
            assert theirs is not None
            counts.append(
                [
                    int((~before).sum()),
                    int((~after).sum()),
                    len(digits),
                    *(a.total - a.right for a in (theirs.before, theirs.after)),
                    theirs.before.total,
                ]
            )
        found[takes] = np.array(counts)
        print(f"{speaker}, {takes} a digit: {told(found[takes])}; {np.median(seconds):.1f} s each")
    return found


def seconds(speaker: str, settings: Settings) -> None:
    """Print how long adapting the shipped model to a speaker takes, as the page does it."""
    import keras  # noqa: F401 - imported before the press, as on a server that is warm

    mine = [r for r in open_dataset("fsdd").recordings if r.speaker == speaker]
    for takes in (1, 3):
        load, used = os.getloadavg()[0], time.process_time()
        began = time.perf_counter()
        clips = drawn(mine, takes, 0)
        digits = [r.digit or 0 for r in clips]
        saved = find_model(SHIPPED)
        found = adapt(saved, load_waveforms(clips), digits, "Timed", speaker, None, settings)
        wall, used = time.perf_counter() - began, time.process_time() - used
        delete(found.model.key)
        print(
            f"{speaker}, {len(clips)} clips: {wall:.1f} s, processor {used:.1f} s; load {load:.1f}"
        )


def told(counts: np.ndarray) -> str:
    """Return counts in words."""
    b, a, n, others_b, others_a, others_n = counts.sum(axis=0).tolist()
    gone = f"{1 - a / b:.0%} of the errors gone" if b else "no errors to lose"
    return (
        f"errors {b} -> {a} of {n} ({gone}; accuracy {accuracy(n - a, n)}); "
        f"others {others_b} -> {others_a} of {others_n}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--speakers", nargs="+", default=[*SPEAKERS])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--candidates", action="store_true", help="other settings too, one by one")
    parser.add_argument("--seconds", action="store_true", help="time the page's press instead")
    parser.add_argument("--first", type=int, default=0, help="the candidate to begin with")
    for setting in fields(Settings):
        kind = type(setting.default)
        parser.add_argument(
            f"--{setting.name.replace('_', '-')}", type=kind, default=setting.default
        )
    options = parser.parse_args()
    if options.train:
        for speaker in options.speakers:
            train(speaker, options.epochs)
    settings = Settings(**{f.name: getattr(options, f.name) for f in fields(Settings)})
    if options.seconds:
        for speaker in options.speakers:
            seconds(speaker, settings)
        return
    changes = CANDIDATES[options.first :] if options.candidates else ({},)
    for change in changes:
        print(f"{change or settings}; load {os.getloadavg()[0]:.1f}", flush=True)
        changed = replace(settings, **change)
        found = [simulate(speaker, changed, options.draws) for speaker in options.speakers]
        for takes in (1, 3):
            print(f"all, {takes} a digit: {told(np.concatenate([f[takes] for f in found]))}")


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
