"""Pictures of several clips on one scale: the same colour means the same level in all of them.

In: waveforms. Out: pictures in dB relative to the loudest cell of them all.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.sound.spectrograms import AMIN, Analysis, Pictures, mel_power, spectrogram, stft_power

POWERS = {"stft": stft_power, "log_mel": mel_power}
"""The kinds of picture that are levels, and what they are levels of."""


def on_one_scale(
    clips: Sequence[NDArray[np.float32]], kind: str, analysis: Analysis
) -> tuple[Pictures, ...]:
    """Return a picture of each clip, in dB relative to the loudest cell of all of them.

    Parameters
    ----------
    clips : sequence of np.ndarray [shape=(n_i,)], float32
    kind : str
        A key of ``SPECTROGRAMS``.
    analysis : Analysis
        Frame, hop, bands, floor.

    Returns
    -------
    pictures : tuple of np.ndarray [shape=(n_rows, n_frames_i)], float32, in [-top_db, 0]
        Of a kind that is no level (MFCC), each clip's own picture: coefficients are comparable as
        they are, but for the lowest, which is each clip's level relative to its own loudest cell.
    """
    if kind not in POWERS:
        return tuple(spectrogram(y, kind, analysis) for y in clips)
    powers = [POWERS[kind](np.asarray(y, np.float32)[None], analysis)[0] for y in clips]
    loudest = max((float(p.max()) for p in powers), default=0.0)
    if loudest <= AMIN:  # silence is floor, as in power_to_db
        return tuple(np.full(p.shape, -analysis.top_db, np.float32) for p in powers)
    floor = 10 ** (-analysis.top_db / 10)
    levels = (10 * np.log10(np.maximum(p / np.float32(loudest), floor)) for p in powers)
    return tuple(np.maximum(level, -analysis.top_db).astype(np.float32) for level in levels)
