"""Robustness: how many clips a model still gets right in noise, said faster, said higher.

In: clips and a recogniser's numbers for each. Out: accuracy at every level of a change, each with
its interval. To add a change, add an entry to ``SWEEPS``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.browsing.voice_changes import VoiceChange, change_voice
from core.learning.clip_scores import LogitsOf, score_clips
from core.learning.evaluation import Accuracy, accuracy

MOST_CLIPS = 150
"""Clips that a sweep changes; with 300 it would take a minute."""


@dataclass(frozen=True)
class Sweep:
    """One way to make clips harder: an entry of ``SWEEPS``."""

    label: str
    unit: str
    levels: tuple[float, ...]
    change: Callable[[float, int], VoiceChange]
    """(level, seed) -> the change."""
    as_it_was: float | None
    """The level that changes nothing; None where every level does."""


SWEEPS = {
    "snr": Sweep(
        "Noise",
        "dB the voice lies above the noise",
        (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0),
        lambda level, seed: VoiceChange(snr_db=level, seed=seed),
        None,
    ),
    "speed": Sweep(
        "Speed",
        "times as fast, pitch kept",
        (0.6, 0.75, 0.9, 1.0, 1.15, 1.35, 1.6),
        lambda level, seed: VoiceChange(speed=level, seed=seed),
        1.0,
    ),
    "pitch": Sweep(
        "Pitch",
        "semitones higher, speed and formants kept",
        (-8.0, -5.0, -2.0, 0.0, 2.0, 5.0, 8.0),
        lambda level, seed: VoiceChange(semitones=level, seed=seed),
        0.0,
    ),
}
"""Every sweep of a report."""


@dataclass(frozen=True)
class Step:
    """Accuracy at one level of a sweep."""

    level: float
    accuracy: Accuracy
    """Forced to say a digit."""


def sweep(
    name: str,
    logits_of: LogitsOf,
    clips: Sequence[NDArray[np.float32]],
    digits: NDArray[np.int32],
    progress: Callable[[float], None] | None = None,
) -> tuple[Step, ...]:
    """Return a model's accuracy at every level of a change.

    Parameters
    ----------
    name : str
        A key of ``SWEEPS``.
    logits_of : callable
        ``Recogniser.logits``.
    clips : sequence of np.ndarray [shape=(n_i,)], float32
        Digits at 8 kHz.
    digits : np.ndarray [shape=(n,)], int32
    progress : callable, optional
        Called with the fraction done.
    """
    entry = SWEEPS[name]
    tell = progress or (lambda _: None)
    steps = []
    for i, level in enumerate(entry.levels):
        # each clip in its own noise, the same one at every level
        changed = [change_voice(y, entry.change(level, seed)) for seed, y in enumerate(clips)]
        tell((i + 0.5) / len(entry.levels))
        scores = score_clips(logits_of, changed, digits)
        found = accuracy(int(scores.right.sum()), len(digits))
        if found is not None:
            steps.append(Step(level, found))
        tell((i + 1) / len(entry.levels))
    return tuple(steps)
