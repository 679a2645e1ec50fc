"""A sound of which only some cells of its picture are left, to be heard.

In: a clip, the settings of its picture, a mask over the picture's cells. Out: samples. Phase and
everything else is the clip's own: cells are made quieter, nothing is invented.
"""

import numpy as np
from numpy.typing import NDArray

from core.sound.images import ImageConfig, column_samples, shown
from core.sound.spectrograms import mel_basis

Waveform = NDArray[np.float32]


def masked(y: Waveform, cells: NDArray[np.float32], config: ImageConfig) -> Waveform:
    """Return what a clip sounds like with each cell of its picture turned down.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform at ``config.analysis.sr``.
    cells : np.ndarray [shape=config.shape[:2]], in [0, 1]
        What is left of each cell's amplitude; row 0 the lowest.
    config : ImageConfig

    Returns
    -------
    y : np.ndarray [shape=(m,)], float32, in [-1, 1]
        As long as ``shown(y, config)``. Rows that are no frequencies (coefficients, a plotted
        curve) cannot be heard apart: each moment then has its loudest row's share.

    Raises
    ------
    ValueError
        If the mask is not of the picture's shape.
    """
    if cells.shape != config.shape[:2]:
        raise ValueError(f"cells has shape {cells.shape}; expected {config.shape[:2]}.")
    from librosa import istft, stft  # here, so that a page need not wait for numba

    whole = shown(np.asarray(y, np.float32), config)
    n_fft = config.analysis.n_fft
    hop = n_fft // 4  # frames overlap enough for edges of the mask not to click
    padded = np.pad(whole, (0, max(0, n_fft - len(whole))))
    spectrum = stft(padded, n_fft=n_fft, hop_length=hop)  # (bins, frames)
    by_bin = _bins(np.clip(cells, 0, 1).astype(np.float32), config)  # (bins, columns)
    columns = column_samples(y, config)
    at = np.arange(spectrum.shape[1]) * hop
    heard = [np.interp(at, columns, row, left=0, right=0) for row in by_bin]
    mask = np.stack(heard)  # (bins, frames)
    left = istft(spectrum * mask, n_fft=n_fft, hop_length=hop, length=len(padded))
    return np.asarray(np.clip(left[: len(whole)], -1, 1), np.float32)


def _bins(cells: NDArray[np.float32], config: ImageConfig) -> NDArray[np.float32]:
    """Return a mask over bins of the Fourier transform [shape=(1 + n_fft/2, columns)]."""
    n_bins = 1 + config.analysis.n_fft // 2
    if config.kind == "stft":
        return cells
    if config.kind == "log_mel":
        basis = mel_basis(config.analysis)  # (n_mels, bins)
        # a bin belongs to its bands in their proportion; one in no band is not seen, nor heard
        weight = basis.sum(axis=0)[:, None]
        return np.asarray(basis.T @ cells / np.maximum(weight, 1e-12), np.float32)
    return np.repeat(cells.max(axis=0, keepdims=True), n_bins, axis=0)
