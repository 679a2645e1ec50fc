"""Words that are none, made from recordings of digits: heads, tails, splices, digits backwards.

In: recordings of digits. Out: clips whose answer is "not a digit". A real voice says nothing but
digits in FSDD; without these, "a microphone's noise and a real throat" would itself mean "digit",
as everything else that is trained is synthetic.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.sound.recordings import Recording

Waveform = NDArray[np.float32]

SR = 8000
FADE = 80
"""Samples (10 ms) over which two pieces of a splice melt into each other."""
HEADS = (0, 5, 6, 7, 9)
"""Digits whose first part is not the digit yet: "zee", "fie", "sih". "Tw" and "fo" might be."""
TAILS = (0, 1, 5, 7, 9)
"""Digits whose last part alone is none: "ven", "ine". Live often hears "our" and "ix" for a digit
with its soft beginning lost in the noise."""
BACKWARDS = (0, 1, 2, 3, 4, 5, 6, 7, 8)
"""All but "nine", which backwards is nearly itself."""
ALIKE = (frozenset({4, 5}), frozenset({6, 7}), frozenset({1, 7, 9}), frozenset({0, 4}))
"""Digits that begin or end alike: the head of one and the tail of the other may be a digit."""


def head(y: Waveform, rng: Generator) -> Waveform:
    """Return the first 25 to 45 % of a clip."""
    return y[: round(len(y) * rng.uniform(0.25, 0.45))]


def tail(y: Waveform, rng: Generator) -> Waveform:
    """Return the last 25 to 45 % of a clip."""
    return y[-round(len(y) * rng.uniform(0.25, 0.45)) :]


def splice(first: Waveform, second: Waveform, rng: Generator) -> Waveform:
    """Return the first part of one clip melted into the last part of another."""
    a = first[: round(len(first) * rng.uniform(0.3, 0.65))]
    b = second[-round(len(second) * rng.uniform(0.3, 0.65)) :]
    n = min(FADE, len(a), len(b))
    ramp = np.linspace(0, 1, n, dtype=np.float32)
    melted = a[len(a) - n :] * (1 - ramp) + b[:n] * ramp
    return np.concatenate([a[: len(a) - n], melted, b[n:]])


def run_together(first: Waveform, second: Waveform, rng: Generator) -> Waveform:
    """Return two whole words with no pause between them, or a little into each other."""
    overlap = round(min(len(first), len(second)) * rng.uniform(0, 0.15))
    y = np.zeros(len(first) + len(second) - overlap, np.float32)
    y[: len(first)] += first
    y[len(first) - overlap :] += second
    return y


def nonword(clips: dict[int, list[Waveform]], rng: Generator) -> Waveform:
    """Return a word that is none, from one speaker's digits.

    Parameters
    ----------
    clips : dict of digit -> clips [shape=(n_i,)], float32
        One speaker's; needs at least two digits that are not ``ALIKE``.
    rng : numpy.random.Generator
    """
    kind = rng.choice(4, p=(0.15, 0.15, 0.5, 0.2)) if len(clips) > 1 else 3

    def any_of(digits: Sequence[int]) -> tuple[int, Waveform]:
        digit = int(rng.choice(digits))
        return digit, clips[digit][int(rng.integers(len(clips[digit])))]

    if kind < 2:
        known = [d for d in (HEADS, TAILS)[kind] if d in clips]
        if known:
            return (head, tail)[kind](any_of(known)[1], rng)
    if kind < 3:
        a, first = any_of(list(clips))
        others = [b for b in clips if b != a and not any({a, b} <= alike for alike in ALIKE)]
        if others:
            _, second = any_of(others)
            join = splice if rng.random() < 0.8 else run_together
            return join(first, second, rng)
    known = [d for d in BACKWARDS if d in clips] or list(clips)
    return any_of(known)[1][::-1].copy()


def nonwords(
    recordings: Sequence[Recording], clips: Sequence[Waveform], share: float, seed: int
) -> tuple[list[Recording], list[Waveform]]:
    """Return recordings that are "not a digit", with their clips.

    Parameters
    ----------
    recordings : sequence of Recording
        Only those of digits are used.
    clips : sequence of np.ndarray [shape=(n_i,)], float32
    share : float
        How many to make, relative to the digits of each speaker.
    seed : int

    Returns
    -------
    made : list of Recording
        Named as the speaker's, with the word ``nonword``.
    clips : list of np.ndarray [shape=(n_i,)], float32
    """
    by_speaker: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, r in enumerate(recordings):
        if r.digit is not None and len(clips[i]) >= 4 * FADE:
            by_speaker[r.speaker][r.digit].append(i)
    made: list[Recording] = []
    sounds: list[Waveform] = []
    for number, speaker in enumerate(sorted(by_speaker)):
        own = {d: [clips[i] for i in places] for d, places in by_speaker[speaker].items()}
        rng = np.random.default_rng([seed, 7, number])
        example = recordings[next(iter(by_speaker[speaker].values()))[0]]
        for take in range(round(share * sum(len(c) for c in own.values()))):
            y = nonword(own, rng)
            if len(y) < 2 * FADE:
                continue
            made.append(replace(example, digit=None, take=take, word="nonword"))
            sounds.append(y)
    return made, sounds
