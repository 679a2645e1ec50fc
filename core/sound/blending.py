"""Blending: pairs of images and of their answers, weighted alike (mixup).

In: an epoch's images and answers. Out: blends of both; a function of seed and epoch alone.
"""

import numpy as np
from numpy.typing import NDArray

from core.sound.images import Images

ALPHA = 0.2
"""Of the beta distribution from which the weights come: mostly one clip, some of another. Zhang et
al. 2018 used 0.1 to 0.4."""


def blend_weights(n: int, seed: int, epoch: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return each clip's partner and its own weight [shape=(n,)], the weight in [0.5, 1]."""
    rng = np.random.default_rng([seed, epoch, 4])
    weights = rng.beta(ALPHA, ALPHA, n)
    return rng.permutation(n), np.maximum(weights, 1 - weights).astype(np.float32)


def blended(
    images: Images, answers: NDArray[np.int32], n_answers: int, seed: int, epoch: int
) -> tuple[Images, NDArray[np.float32]]:
    """Return blended images and answers.

    Parameters
    ----------
    images : np.ndarray [shape=(n, rows, frames, 1)], float32
    answers : np.ndarray [shape=(n,)], int32
    n_answers : int
    seed, epoch : int

    Returns
    -------
    images : np.ndarray [shape=(n, rows, frames, 1)], float32
    targets : np.ndarray [shape=(n, n_answers)], float32
        Shares of each answer; each row sums to 1.
    """
    partners, weights = blend_weights(len(images), seed, epoch)
    right = np.eye(n_answers, dtype=np.float32)[answers]  # (n, n_answers)
    own = weights[:, None, None, None]
    mixed = own * images + (1 - own) * images[partners]
    targets = weights[:, None] * right + (1 - weights[:, None]) * right[partners]
    return np.asarray(mixed, np.float32), np.asarray(targets, np.float32)
