"""Rehearsal: clips of other people, heard again while a model learns one voice.

In: the data sets on this machine. Out: clips by which a network is kept from forgetting, and other
clips by which it is judged whether it did.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.learning.splits import split_recordings
from core.sound.audio import load_waveforms
from core.sound.datasets import DATASETS, available, open_dataset
from core.sound.recordings import Recording

SOURCES = ("fsdd", "synthetic")
"""Where others come from: people where FSDD is here, and the embedded voices, which always are."""


@dataclass(frozen=True, eq=False)
class Others:
    """Clips of others: to rehearse, and to judge by."""

    rehearsed: tuple[NDArray[np.float32], ...]
    """Takes that training may hear, digits and other words, [shape=(n_i,)] at 8 kHz."""
    judged: tuple[NDArray[np.float32], ...]
    """Digits of the official test takes of the same data sets: never trained on by this app."""
    digits: NDArray[np.int32]
    """The digit of each judged clip [shape=(len(judged),)]."""
    source: str
    """Whose they are, in words."""


def others(n_rehearsed: int, n_judged: int, seed: int = 0, without: Sequence[str] = ()) -> Others:
    """Return clips of others.

    Parameters
    ----------
    n_rehearsed, n_judged : int
        Clips at most, spread evenly over data sets, words and speakers.
    seed : int
        Which clips.
    without : sequence of str
        Speakers who are no others.

    Raises
    ------
    LabError
        If no data set can be read.
    """
    here = [key for key in SOURCES if key in available()]
    rng = np.random.default_rng([seed, 11])
    rehearsed: list[Recording] = []
    judged: list[Recording] = []
    for key in here:
        recordings = [r for r in open_dataset(key).recordings if r.speaker not in without]
        split = split_recordings(recordings, "official", 0.1, seed)
        train = [recordings[i] for i in np.concatenate([split.train, split.validation])]
        # of a set with a few takes of each digit, whole speakers are kept for scoring
        kept = sorted([*split.known, *split.unseen])
        test = [r for i in kept if (r := recordings[i]).digit is not None]
        rehearsed += _spread(train, -(-n_rehearsed // len(here)), rng)
        judged += _spread(test, -(-n_judged // len(here)), rng)
    return Others(
        tuple(load_waveforms(rehearsed)),
        tuple(load_waveforms(judged)),
        np.array([r.digit for r in judged], np.int32),
        " and ".join(DATASETS[key].label for key in here),
    )


def _spread(recordings: Sequence[Recording], n: int, rng: np.random.Generator) -> list[Recording]:
    """Return ``n`` recordings by chance, each word as often as any other."""
    words: dict[str, list[Recording]] = defaultdict(list)
    for i in rng.permutation(len(recordings)):
        words[recordings[i].word].append(recordings[i])
    chosen: list[Recording] = []
    while len(chosen) < n and any(words.values()):
        chosen += [waiting.pop() for _, waiting in sorted(words.items()) if waiting]
    return chosen[:n]
