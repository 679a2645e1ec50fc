"""Noises that are no speech: hiss, rumble, hum, clicks, keys, claps.

In: a random generator from the archive's generator. Out: about a second and a half at 8 kHz.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.sound.synthetic.synthesis import SAMPLE_RATE

Samples = npt.NDArray[np.float64]


def _coloured(rng: np.random.Generator, n: int, exponent: float) -> Samples:
    """Return noise whose power falls with frequency to the power of ``exponent``."""
    spectrum = np.fft.rfft(rng.standard_normal(n))
    frequency = np.maximum(np.fft.rfftfreq(n, 1 / SAMPLE_RATE), 40.0)
    return np.asarray(np.fft.irfft(spectrum * frequency ** (-exponent / 2), n))


def _white(rng: np.random.Generator, n: int) -> Samples:
    return _coloured(rng, n, 0.0)


def _pink(rng: np.random.Generator, n: int) -> Samples:
    return _coloured(rng, n, 1.0)


def _brown(rng: np.random.Generator, n: int) -> Samples:
    return _coloured(rng, n, 2.0)


def _hum(rng: np.random.Generator, n: int) -> Samples:
    """Return mains hum: 50 or 60 Hz, its harmonics, and a little hiss."""
    t = np.arange(n) / SAMPLE_RATE
    mains = float(rng.choice([50.0, 60.0]))
    y = 0.02 * rng.standard_normal(n)
    for harmonic in range(1, 9):
        level = rng.uniform(0.2, 1.0) / harmonic
        y += level * np.sin(2 * np.pi * mains * harmonic * t + rng.uniform(0, 2 * np.pi))
    return y


def _bursts(
    rng: np.random.Generator, n: int, gap: tuple[float, float], decay: tuple[float, float]
) -> Samples:
    """Return short noise bursts at irregular times over faint noise; times in seconds."""
    y = 0.003 * rng.standard_normal(n)
    at = rng.uniform(*gap)
    while at * SAMPLE_RATE < n:
        start = int(at * SAMPLE_RATE)
        length = min(int(0.3 * SAMPLE_RATE), n - start)
        fall = np.exp(-np.arange(length) / (rng.uniform(*decay) * SAMPLE_RATE))
        y[start : start + length] += rng.uniform(0.4, 1.0) * fall * rng.standard_normal(length)
        at += rng.uniform(*gap)
    return y


def _clicks(rng: np.random.Generator, n: int) -> Samples:
    return _bursts(rng, n, (0.15, 0.5), (0.0004, 0.001))


def _keys(rng: np.random.Generator, n: int) -> Samples:
    return _bursts(rng, n, (0.07, 0.22), (0.003, 0.008))


def _claps(rng: np.random.Generator, n: int) -> Samples:
    return _bursts(rng, n, (0.3, 0.6), (0.015, 0.035))


def _breath(rng: np.random.Generator, n: int) -> Samples:
    """Return pink noise that swells and fades, as a breath on a microphone does."""
    swell = np.sin(np.linspace(0, np.pi, n)) ** 2
    return np.asarray(_pink(rng, n) * swell)


NOISES: dict[str, Callable[[np.random.Generator, int], Samples]] = {
    "white": _white,
    "pink": _pink,
    "brown": _brown,
    "hum": _hum,
    "clicks": _clicks,
    "keys": _keys,
    "claps": _claps,
    "breath": _breath,
}


def make_noise(kind: str, rng: np.random.Generator) -> Samples:
    """Return 1 to 2 seconds of one of NOISES at 8 kHz, of any level."""
    return NOISES[kind](rng, int(SAMPLE_RATE * rng.uniform(1.0, 2.0)))
