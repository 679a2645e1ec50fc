"""Faint noise around a recording, so that a word cut at its edges has a before and an after.

In: the samples of a file. Out: the same samples with noise on both sides, for the endpointer.
"""

from typing import Final

import numpy as np

from core.listening.loudness import FrameMeter
from core.listening.noise_floor import SMOOTH

QUIETEST_DB: Final = -80.0
"""Level of the noise around a file that is silent somewhere: above the noise of 16 bits (-98)."""
BELOW_SPEECH_DB: Final = 30.0
"""A tightly cut clip has no quiet moment: the noise is then this far below its loudest 10 ms."""


def pad_with_noise(
    y: np.ndarray, seconds: float = 0.5, seed: int = 0, sr: int = 8000
) -> np.ndarray:
    """Return ``y`` with faint noise before and after it, as loud as the clip's own quiet.

    An untrimmed recording goes on in noise of the level of its own quietest moment, so that its
    room is not a step up from what came before; a clip cut around its word gets noise well below
    the word.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        A recording; samples that are not finite count as zeros.
    seconds : float
        Length of the noise on either side.
    seed : int
        Of the noise: a file is heard the same way every time.
    sr : int
        Samples a second.

    Returns
    -------
    padded : np.ndarray [shape=(n + 2 * round(seconds * sr),)], float32
        ``padded[round(seconds * sr):][:n]`` is ``y``.

    Raises
    ------
    ValueError
        If ``y`` is not one row, or ``seconds`` is negative.
    """
    y = np.asarray(y, dtype=np.float32)
    if y.ndim != 1 or seconds < 0:
        raise ValueError(
            f"y of shape {y.shape} and seconds={seconds} came; expected mono samples of shape (n,) "
            "and seconds >= 0. Mix the channels first, e.g. y.mean(axis=1)."
        )
    y = np.nan_to_num(y, nan=0.0, posinf=0.0, neginf=0.0)
    n = round(seconds * sr)
    amplitude = 10 ** (_quiet_db(y, sr) / 20)
    noise = np.random.default_rng(seed).standard_normal(2 * n) * amplitude
    return np.concatenate([noise[:n], y, noise[n:]]).astype(np.float32)


def _quiet_db(y: np.ndarray, sr: int) -> float:
    """Return the level of the clip's quietest 50 ms, within what the endpointer can use."""
    meter = FrameMeter(sr)
    if len(y) < meter.n_window + SMOOTH * meter.hop_length:
        return QUIETEST_DB
    windows = np.lib.stride_tricks.sliding_window_view(y, meter.n_window)
    levels, _ = meter.measure(windows[:: meter.hop_length])
    smooth = np.convolve(levels, np.full(SMOOTH, 1 / SMOOTH), mode="valid")
    quiet_db = min(float(np.min(smooth)), float(np.max(levels)) - BELOW_SPEECH_DB)
    return max(quiet_db, QUIETEST_DB)
