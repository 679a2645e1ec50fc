"""Two-dimensional maps of many clips: what looks alike lies together.

In: one vector a clip, from its image or from a saved model's last layer. Out: a place on the map
for each. The same vectors and seed give the same map.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.browsing import store

Points = NDArray[np.float32]
"""[shape=(n, 2)], each axis centred, the wider one within [-1, 1]."""

MOST = 3000
"""Clips on one map: all of FSDD. t-SNE takes about 15 s for them on one core and more than twice
that for twice as many; a screen shows no more points apart. Choose with ``index.sample``."""


@dataclass(frozen=True)
class MapKind:
    """One way to flatten vectors: an entry of ``MAPS``."""

    label: str
    summary: str
    source: str
    builder: Callable[[NDArray[np.float32], int], NDArray[np.floating[Any]]]
    """(vectors [shape=(n, d)], seed) -> points [shape=(n, 2)]"""


def _pca(vectors: NDArray[np.float32], seed: int, n: int = 2) -> NDArray[np.floating[Any]]:
    """Return the first principal components [shape=(n_vectors, n)], signs fixed."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    kept = min(n, *centred.shape)
    if centred.shape[1] > 4 * kept and min(centred.shape) > 100:
        from sklearn.utils.extmath import randomized_svd

        # svd_flip inside makes the signs the same every time
        u, s, _ = randomized_svd(centred, kept, n_iter=7, random_state=seed)
    else:
        u, s, v = np.linalg.svd(centred, full_matrices=False)
        signs = np.sign(v[np.arange(len(v)), np.abs(v).argmax(axis=1)])
        u, s = (u * np.where(signs == 0, 1, signs))[:, :kept], s[:kept]
    points = np.zeros((len(vectors), n))
    points[:, :kept] = u * s
    return points


def _tsne(vectors: NDArray[np.float32], seed: int) -> NDArray[np.floating[Any]]:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    if len(vectors) < 5:
        return _pca(vectors, seed)
    reduced = _pca(vectors, seed, n=min(50, vectors.shape[1])).astype(np.float32)
    if not np.ptp(reduced):
        return np.zeros((len(vectors), 2))
    start = reduced[:, :2] / max(float(reduced[:, 0].std()), 1e-12) * 1e-4
    perplexity = min(30.0, (len(vectors) - 1) / 3)
    # one thread: it sums in the same order every time, and leaves a core to live audio
    with threadpool_limits(limits=1, user_api="openmp"):
        tsne = TSNE(perplexity=perplexity, init=start, random_state=seed, n_jobs=1)
        points: NDArray[np.floating[Any]] = tsne.fit_transform(reduced)
    return points


MAPS = {
    "pca": MapKind(
        "PCA",
        "The two directions in which the clips differ most; distances are true to those two.",
        "Pearson 1901; randomised as Halko, Martinsson & Tropp 2011",
        lambda vectors, seed: _pca(vectors, seed),
    ),
    "tsne": MapKind(
        "t-SNE",
        "Neighbours stay neighbours; how far apart the groups lie, and how large they are, says "
        "nothing.",
        "van der Maaten & Hinton 2008, perplexity 30, from the first two of 50 principal "
        "components (Kobak & Berens 2019)",
        _tsne,
    ),
}
"""Every kind of map: to add one, write its function and its entry here."""


def map_of(vectors: NDArray[np.floating[Any]], kind: str, seed: int = 0) -> Points:
    """Return a place on a map for each vector.

    Parameters
    ----------
    vectors : np.ndarray [shape=(n, ...)]
        Images or embeddings; all axes but the first are flattened. At most ``MOST``, all finite.
    kind : str
        A key of ``MAPS``.
    seed : int

    Returns
    -------
    points : np.ndarray [shape=(n, 2)], float32
        Centred, the wider axis within [-1, 1].
    """
    if kind not in MAPS:
        raise ValueError(f"kind={kind!r}: expected one of {[*MAPS]}.")
    if len(vectors) > MOST:
        raise ValueError(f"{len(vectors)} vectors; at most {MOST} fit on a map. Take a sample.")
    if len(vectors) < 2:
        return np.zeros((len(vectors), 2), np.float32)
    flat = np.ascontiguousarray(vectors, np.float32).reshape(len(vectors), -1)
    if not np.isfinite(flat).all():
        raise ValueError("The vectors hold values that are not finite.")
    points = MAPS[kind].builder(flat, seed)
    points = points - points.mean(axis=0)
    return np.asarray(points / max(float(np.abs(points).max()), 1e-12), np.float32)


def kept_map(
    vectors: NDArray[np.floating[Any]], kind: str, made_from: str, seed: int = 0
) -> Points:
    """Return ``map_of``, from the cache where it was made before.

    Parameters
    ----------
    vectors, kind, seed
        As ``map_of``.
    made_from : str
        What the vectors are made from: the recordings' ``store.fingerprint`` with the image's
        settings or the model's name and version. The same text stands for the same vectors.
    """
    key = store.key_of("map", made_from, kind, seed, list(vectors.shape))
    found = store.load(key)
    if found is not None and found[0].get("points", np.zeros(0)).shape == (len(vectors), 2):
        return np.asarray(found[0]["points"])
    points = map_of(vectors, kind, seed)
    store.save(key, {"points": points})
    return points
