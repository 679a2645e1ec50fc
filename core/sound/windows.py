"""Cutting a clip to its sound and placing it in a window of fixed length, without stretching.

In: waveforms of any length. Out: waveforms of the length a network expects.
"""

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]

TRIM_FRAME = 160
"""Samples over which the level is measured when trimming (20 ms at 8 kHz)."""


def trim(y: Waveform, top_db: float = 30.0) -> Waveform:
    """Return the clip without its quiet beginning and end.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform.
    top_db : float
        A frame is quiet if its RMS lies more than this many dB below the loudest frame's, as in
        ``librosa.effects.trim``.

    Returns
    -------
    y : np.ndarray [shape=(m,)], float32, m <= n
        A view from the first loud frame to the last. A silent clip comes back whole.
    """
    if len(y) == 0:
        return y
    start, end = loud_spans(y[None], top_db)[0]
    return y[start:end]


def loud_spans(windows: NDArray[np.float32], top_db: float) -> NDArray[np.int64]:
    """Return where each window's sound begins and ends.

    Parameters
    ----------
    windows : np.ndarray [shape=(n, n_samples)], float32
        Waveforms of equal length, above zero.
    top_db : float
        As for ``trim``.

    Returns
    -------
    spans : np.ndarray [shape=(n, 2)], int64
        First sample and one past the last, on a grid of ``TRIM_FRAME``; of a silent window all.
    """
    if top_db <= 0:
        raise ValueError(f"top_db={top_db} dB must be above 0: nothing is louder than the loudest.")
    n, n_samples = windows.shape
    n_frames = -(-n_samples // TRIM_FRAME)
    padded = np.zeros((n, n_frames * TRIM_FRAME), np.float32)
    padded[:, :n_samples] = windows
    power = np.square(padded).reshape(n, n_frames, TRIM_FRAME).mean(axis=2)  # (n, n_frames)
    peak = power.max(axis=1, keepdims=True)
    loud = (power > peak * 10 ** (-top_db / 10)) | (peak <= 0)
    first = loud.argmax(axis=1) * TRIM_FRAME
    last = (n_frames - loud[:, ::-1].argmax(axis=1)) * TRIM_FRAME
    return np.stack([first, np.minimum(last, n_samples)], axis=1)


def loudest_part(y: Waveform, length: int) -> Waveform:
    """Return the stretch of ``length`` samples that holds the most energy.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform with n >= length.
    length : int
        Samples to keep.
    """
    energy = np.concatenate([[0.0], np.cumsum(np.square(y, dtype=np.float64))])
    start = int(np.argmax(energy[length:] - energy[:-length])) if len(y) > length else 0
    return y[start : start + length]


def place(y: Waveform, length: int, at: float = 0.5) -> Waveform:
    """Return a window of ``length`` samples with the clip inside it and silence around it.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform. A longer one is cut to its loudest part: time is never stretched.
    length : int
        Samples of the window.
    at : float
        Where the clip stands: 0 at the left edge, 0.5 in the middle, 1 at the right edge.

    Returns
    -------
    window : np.ndarray [shape=(length,)], float32
    """
    if not 0.0 <= at <= 1.0:
        raise ValueError(f"at={at} must lie between 0 (left edge) and 1 (right edge).")
    window = np.zeros(length, np.float32)
    kept = loudest_part(y, length) if len(y) > length else y
    start = round((length - len(kept)) * at)
    window[start : start + len(kept)] = kept
    return window
