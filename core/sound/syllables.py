"""Where "seven" turns from its first syllable to its second: the beginnings of a transcription.

In: a waveform of the word. Out: the sample between /ˈsɛv/ and /(ə)n/. It is an estimate, and says
so where it is drawn.
"""

import numpy as np
from numpy.typing import NDArray

FRAME, HOP = 200, 40
"""Samples of a stretch whose level is measured, and between two of them (25 ms, 5 ms)."""

EDGE = 0.25
"""The turn is looked for from this share of the voiced part on, up to as much before its end."""


def voiced_level(y: NDArray[np.float32], sr: int = 8000) -> NDArray[np.float64]:
    """Return the level below 900 Hz [shape=(n_frames,)] in dB: vowels are loud there, /s/ is not.

    Frame t is centred on sample ``t * HOP``.
    """
    spectrum = np.fft.rfft(y)
    spectrum[np.fft.rfftfreq(len(y), 1 / sr) > 900] = 0
    low = np.pad(np.fft.irfft(spectrum, len(y)), FRAME // 2)
    frames = np.lib.stride_tricks.sliding_window_view(low, FRAME)[::HOP]
    return np.asarray(10 * np.log10(np.mean(frames**2, axis=1) + 1e-12))


def syllable_boundary(y: NDArray[np.float32], sr: int = 8000) -> int | None:
    """Return the sample at which the second syllable of a "seven" begins; None where none is seen.

    The word has two peaks of voice, /ɛ/ and /ən/, with the quieter /v/ between them. The boundary
    is where the level rises again after that dip; where a speaker swallows the second vowel and no
    dip is left, it is where the level falls fastest.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        At least 0.1 s.
    sr : int
        Samples a second.
    """
    if len(y) < 0.1 * sr:
        return None
    level = voiced_level(y, sr)
    voiced = np.flatnonzero(level > level.max() - 25)
    first, last = int(voiced[0]), int(voiced[-1])
    margin = int(EDGE * (last - first))
    inside = np.arange(first + margin, last - margin + 1)
    if len(inside) < 3:
        return None
    # how far each moment lies below the lower of the peaks on its two sides
    before = np.maximum.accumulate(level)[inside]
    after = np.maximum.accumulate(level[::-1])[::-1][inside]
    depth = np.minimum(before, after) - level[inside]
    if depth.max() >= 1.0:
        dip = int(inside[depth.argmax()])
        rise = np.diff(level[dip : int(last) + 1])[:12]  # within 60 ms
        frame = dip + (int(rise.argmax()) + 1 if len(rise) else 0)
    else:
        frame = int(inside[np.diff(level)[inside - 1].argmin()])
    return min(frame * HOP, len(y) - 1)
