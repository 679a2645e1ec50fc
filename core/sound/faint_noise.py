"""A faint noise under a word and around it, so that no silence is more silent than a quiet room.

In: a word's samples, and how far below the word the noise lies. Out: both together, the same every
time. Telephones and call programs pass nothing on between words, and a logarithm makes of that
nothing something very unlike the rooms of the training. Around a word that was cut out there is
nothing either: without noise its edges stand out more than what it says.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.sound.audio import SAMPLE_RATE
from core.sound.windows import place

LOUD_SHARE = 3
"""The level of a word is that of the loudest of so many parts of its samples: its vowels."""
LOWEST_HZ = 50.0
"""Below it the noise is white: pink noise has no end there."""


def over_noise(
    y: NDArray[np.float32], below_db: float, version: int = 0, length: int = 0
) -> NDArray[np.float32]:
    """Return a word over faint pink noise.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        The word's samples at 8 kHz.
    below_db : float
        How far the noise lies below the level of the word's loudest third, in dB.
    version : int
        Another one is another noise, so that several looks at a word do not err alike.
    length : int
        Samples of the window in whose middle the word is to stand: a shorter word comes back as
        that window, with the noise all over it.

    Returns
    -------
    y : np.ndarray [shape=(max(n, length),)], float32
    """
    if not len(y):
        return y
    power = np.square(y, dtype=np.float64)
    loudest = np.partition(power, -max(len(y) // LOUD_SHARE, 1))[-max(len(y) // LOUD_SHARE, 1) :]
    level = np.sqrt(loudest.mean()) * 10 ** (-below_db / 20)
    y = place(y, length) if len(y) < length else y
    return np.asarray(y + level * np.resize(_pink(version), len(y)), np.float32)


@cache
def _pink(version: int) -> NDArray[np.float64]:
    """Return two seconds of pink noise of level 1, a function of its version."""
    n = 2 * SAMPLE_RATE
    spectrum = np.fft.rfft(np.random.default_rng(version).standard_normal(n))
    frequency = np.maximum(np.fft.rfftfreq(n, 1 / SAMPLE_RATE), LOWEST_HZ)
    noise = np.fft.irfft(spectrum / np.sqrt(frequency), n)
    return np.asarray(noise / noise.std())
