"""Who trains in an epoch, and in which order: functions of seed and epoch alone.

In: how many examples there are. Out: index arrays, the same whenever they are asked for, so that a
resumed run goes on as if it had never been cut short.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

MICRO_BATCH = 128
"""Examples whose gradients are computed at once: bounds memory, and how long a stop waits."""


def epoch_batches(
    n: int, batch_size: int, seed: int, epoch: int
) -> list[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Return an epoch's batches: a function of seed and epoch alone.

    Parameters
    ----------
    n : int
        Training examples.
    batch_size : int
        Examples a batch.
    seed, epoch : int

    Returns
    -------
    batches : list of (indices [shape=(batch_size,)], weights [shape=(batch_size,)])
        Every example once with weight 1; the last batch is filled up with weight 0.
    """
    order = np.random.default_rng([seed, epoch]).permutation(n)
    n_batches = -(-n // batch_size)
    filled = np.resize(order, n_batches * batch_size)
    weights = (np.arange(len(filled)) < n).astype(np.float32)
    return [
        (filled[i : i + batch_size], weights[i : i + batch_size])
        for i in range(0, len(filled), batch_size)
    ]


def epoch_members(
    n_own: int, n_train: int, added_share: float, seed: int, epoch: int
) -> NDArray[np.int64]:
    """Return who trains in an epoch: a function of seed and epoch alone.

    Parameters
    ----------
    n_own : int
        Training clips of the first data set: all of them, always.
    n_train : int
        All training clips; those after the first ``n_own`` are the other data sets'.
    added_share : float
        Share of the others that is drawn, in (0, 1].
    seed, epoch : int

    Returns
    -------
    members : np.ndarray [shape=(m,)], int64
        Ascending places among the training clips.
    """
    added = np.arange(n_own, n_train)
    if added_share < 1:
        rng = np.random.default_rng([seed, epoch, 1])
        added = np.sort(rng.permutation(added)[: round(len(added) * added_share)])
    return np.concatenate([np.arange(n_own), added])


def micro_batches(
    indices: NDArray[np.int64], weights: NDArray[np.float32]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield a batch in parts of one size, small enough for memory and for a quick stop."""
    size = min(len(indices), MICRO_BATCH)
    n = -(-len(indices) // size) * size
    filled, known = np.resize(indices, n), np.zeros(n, np.float32)
    known[: len(weights)] = weights
    for i in range(0, n, size):
        yield filled[i : i + size], known[i : i + size]
