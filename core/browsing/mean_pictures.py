"""Mean spectrograms: per digit, per speaker, per digit and speaker, and the difference of two.

In: an index. Out: pictures in dB and small thumbnails for the grid that Browse opens with.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.browsing.index import Index, evenly
from core.browsing.pictures import pictures_of
from core.sound.images import ImageConfig

Picture = NDArray[np.float32]
Cell = tuple[int, str]

MEAN_PICTURE = ImageConfig(kind="log_mel", fit="stretch", scale="unit")
"""Clips are stretched to one width before they are averaged: else the mean of short and long takes
is a blur. What it shows in time is therefore the share of the word, not seconds."""

TAKES = 50
"""Takes of each digit and speaker that are averaged: all of FSDD's."""


@dataclass(frozen=True, eq=False)
class MeanPictures:
    """The mean picture of each digit by each speaker, in dB below the loudest cell."""

    cells: dict[Cell, Picture]
    """[shape=(n_rows, n_frames)], float32, in [-top_db, 0]; row 0 is the lowest band."""
    counts: dict[Cell, int]
    """Clips in each mean."""

    def of(self, digit: int | None = None, speaker: str | None = None) -> Picture | None:
        """Return the mean over clips of a digit, a speaker, both, or all.

        Parameters
        ----------
        digit, speaker : optional
            None: whichever.

        Returns
        -------
        picture : np.ndarray [shape=(n_rows, n_frames)], float32, or None
            None where there is no such clip.
        """
        fitting = [
            cell for cell in self.cells if digit in (None, cell[0]) and speaker in (None, cell[1])
        ]
        if not fitting:
            return None
        weights = np.array([self.counts[cell] for cell in fitting], np.float32)
        stacked = np.stack([self.cells[cell] for cell in fitting])  # (n_cells, rows, frames)
        return np.asarray(np.tensordot(weights / weights.sum(), stacked, 1), np.float32)


def mean_pictures(
    index: Index,
    speakers: Sequence[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> MeanPictures:
    """Return the mean picture of every digit by these speakers.

    Parameters
    ----------
    index : Index
    speakers : sequence of str, optional
        By default all; with many, those that a page shows.
    progress : callable, optional
        Called with the fraction done; not at all where the cache serves.
    """
    wanted = set(index.speakers if speakers is None else speakers)
    cells = {cell: evenly(p, TAKES) for cell, p in index.cells.items() if cell[1] in wanted}
    places = np.concatenate([np.zeros(0, np.int64), *cells.values()])
    found = pictures_of(index.recordings(places), MEAN_PICTURE, progress)
    means: dict[Cell, Picture] = {}
    counts: dict[Cell, int] = {}
    start = 0
    top_db = np.float32(MEAN_PICTURE.analysis.top_db)
    for cell, some in cells.items():
        part = slice(start, start + len(some))
        start += len(some)
        readable = found.readable[part]
        if readable.any():
            mean = found.images[part][readable, ..., 0].mean(axis=0)
            means[cell] = (mean - np.float32(1)) * top_db  # from [0, 1] back to dB
            counts[cell] = int(readable.sum())
    return MeanPictures(means, counts)


def difference(a: Picture, b: Picture) -> Picture:
    """Return where a is stronger (above 0) and where b is (below), in dB.

    Each picture's own mean is taken away first, so that a louder background is no difference.
    """
    if a.shape != b.shape:
        raise ValueError(f"The pictures have shapes {a.shape} and {b.shape}; expected the same.")
    return np.asarray((a - a.mean()) - (b - b.mean()), np.float32)


def thumbnail(picture: Picture, rows: int = 20, frames: int = 26) -> NDArray[np.uint8]:
    """Return a small picture for a grid.

    Parameters
    ----------
    picture : np.ndarray [shape=(n_rows, n_frames)], float32
        In dB.
    rows, frames : int
        Its size; each cell is the mean of those it stands for.

    Returns
    -------
    thumbnail : np.ndarray [shape=(rows, frames)], uint8
        0 for the weakest cell, 255 for the strongest; row 0 is the lowest band.
    """
    small = _shrunk(_shrunk(picture, rows).T, frames).T
    span = float(np.ptp(small))
    if span < 1e-6:
        return np.zeros((rows, frames), np.uint8)
    return np.asarray(np.round((small - small.min()) * (255 / span)), np.uint8)


def _shrunk(picture: Picture, n: int) -> Picture:
    """Return a picture with ``n`` rows, each the mean of the rows (and parts) that it covers."""
    edges = np.linspace(0, len(picture), n + 1)
    # the integral at fractional places: differences of it are sums over parts of rows
    summed = np.concatenate([np.zeros((1, picture.shape[1])), np.cumsum(picture, axis=0)])
    left = np.minimum(edges.astype(int), len(picture) - 1)
    at = summed[left] + (edges - left)[:, None] * (summed[left + 1] - summed[left])
    return np.asarray(np.diff(at, axis=0) / np.diff(edges)[:, None], np.float32)
