"""Pictures bent: the same word from another throat, or said at another pace.

In: a picture before it is scaled, and a random generator. Out: another picture of the same shape,
for ``core.sound.augmentation``. On the picture both cost next to nothing; on the sound they would
cost more than all other changes together (``core.sound.formants``).
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Frequencies = NDArray[np.float64]

WARPED_SHARE = 0.6
"""Share of the frequencies, from below, that a throat moves in proportion; above, the rest is
squeezed or drawn so that the highest stays where it is (Jaitly & Hinton 2013)."""


def warp_frequency(picture: Picture, rng: Generator, row_hz: Frequencies | None) -> Picture:
    """Return a picture whose rows are moved to 0.88 to 1.14 times their frequency.

    Parameters
    ----------
    picture : np.ndarray [shape=(n_rows, n_frames)], float32
    rng : numpy.random.Generator
    row_hz : np.ndarray [shape=(n_rows,)], Hz, ascending; or None
        The rows' frequencies; where rows are none, the picture comes back as it is.

    Source: vocal tract length perturbation, Jaitly & Hinton 2013.
    """
    factor = float(np.exp(rng.uniform(np.log(0.88), np.log(1.14))))
    if row_hz is None:
        return picture
    top = float(row_hz[-1])
    knee = WARPED_SHARE * top * min(factor, 1.0)  # in the warped picture
    come_from = np.interp(row_hz, [0.0, knee, top], [0.0, knee / factor, top])
    return _read(picture, np.interp(come_from, row_hz, np.arange(len(row_hz))))


def change_pace(picture: Picture, rng: Generator, row_hz: Frequencies | None) -> Picture:
    """Return a picture drawn 0.8 to 1.25 times as fast about its loudest frame; pitch stays.

    What is drawn in from beyond the window is its last frame again.

    Parameters
    ----------
    picture : np.ndarray [shape=(n_rows, n_frames)], float32
    rng : numpy.random.Generator
    row_hz : ignored

    Source: time warping in SpecAugment, Park et al. 2019; here of the whole picture.
    """
    factor = float(np.exp(rng.uniform(np.log(0.8), np.log(1.25))))
    frames = np.arange(picture.shape[1])
    loudest = int(picture.sum(axis=0).argmax())
    at = np.clip(loudest + (frames - loudest) * factor, 0, len(frames) - 1)
    return _read(picture.T, at).T


def _read(picture: Picture, at: NDArray[np.float64]) -> Picture:
    """Return a picture read between its rows at ``at`` [shape=(n,)]."""
    below = np.minimum(at.astype(int), len(picture) - 1)
    above = np.minimum(below + 1, len(picture) - 1)
    weight = (at - below).astype(np.float32)[:, None]
    return np.asarray(picture[below] * (1 - weight) + picture[above] * weight, np.float32)
