"""Streams of spoken words whose places are known.

In: clips of one word each. Out: a stream, and where each word begins and ends in it, for
``benchmarks.endpointing`` and for the tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfilt

from core.sound.synthetic.noises import make_noise

SR = 8000
HOP = 80
EDGE_SECONDS = 2.0
WORD_RMS = 0.05


@dataclass(frozen=True)
class Placed:
    """One word of a stream: its name, first sample and one past the last."""

    name: str
    start: int
    end: int


def spoken_bounds(y: np.ndarray) -> tuple[int, int]:
    """Return first and one past the last sample of the 10 ms within 25 dB of the loudest 10 ms.

    Plain RMS above 120 Hz, independent of the endpointer. A click where the recording begins, at
    most 30 ms long and more than 50 ms before the rest, is no speech.
    """
    y = sosfilt(butter(4, 120, "high", fs=SR, output="sos"), y - np.mean(y))
    n = len(y) // HOP
    level_db = 10 * np.log10(np.mean(y[: n * HOP].reshape(n, HOP) ** 2, axis=1) + 1e-12)
    loud = np.flatnonzero(level_db > level_db.max() - 25)
    pauses = np.flatnonzero(np.diff(loud) > 5)
    if len(pauses) and loud[0] < 3 and pauses[0] < 3:
        loud = loud[pauses[0] + 1 :]
    return int(loud[0]) * HOP, (int(loud[-1]) + 1) * HOP


def noise(kind: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return ``n`` samples of noise of RMS 1: white, pink, or one of ``NOISES``."""
    if kind not in ("white", "pink"):
        y = np.concatenate([make_noise(kind, rng) for _ in range(n // SR + 1)])[:n]  # 1 to 2 s each
        return y / np.std(y)
    white = rng.standard_normal(n)
    if kind == "white":
        return white
    spectrum = np.fft.rfft(white)
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0.0
    pink = np.fft.irfft(spectrum, n)
    return pink / np.std(pink)


def words_with_gaps(
    clips: Sequence[tuple[str, np.ndarray]],
    gap_seconds: float | Sequence[float],
    snr_db: float,
    kind: str,
    seed: int = 0,
    same_level: bool = True,
) -> tuple[np.ndarray, list[Placed]]:
    """Return a stream of these words in noise, and where they lie.

    The gap is between the bounds of the words, not of the clips: what is quiet in a clip is part
    of it. ``snr_db`` is the RMS of a word of ``WORD_RMS`` over that of the noise.

    Parameters
    ----------
    clips : sequence of (name, samples)
        One word each.
    gap_seconds : float or sequence of float
        From the end of a word to the beginning of the next; one for all, or one for each word.
    snr_db : float
        Of a word of ordinary level.
    kind : str
        "white", "pink" or one of ``core.sound.synthetic.noises.NOISES``.
    seed : int
        Of the noise.
    same_level : bool
        Whether every word is brought to ``WORD_RMS``, or keeps its own level.
    """
    gaps = np.broadcast_to(np.round(np.multiply(gap_seconds, SR)).astype(int), len(clips))
    edge = round(EDGE_SECONDS * SR)
    y = np.zeros(sum(len(clip) for _, clip in clips) + int(gaps.sum()) + 2 * edge)
    words = []
    at = edge
    for (name, clip), gap in zip(clips, gaps.tolist(), strict=True):
        first, last = spoken_bounds(clip)
        if same_level:
            clip = clip * (WORD_RMS / np.std(clip[first:last]))
        y[at - first : at - first + len(clip)] += clip
        words.append(Placed(name, at, at + last - first))
        at += last - first + gap
    y = y[: at + edge]
    rms = WORD_RMS * 10 ** (-snr_db / 20)
    return (y + rms * noise(kind, len(y), np.random.default_rng(seed))).astype(np.float32), words
