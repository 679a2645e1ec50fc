"""How far apart two clips are, and whether a digit travels between speakers.

In: waveforms. Out: "is A's zero like B's zero?" as a number in dB; for each digit a speaker x
speaker matrix of it against the distance to other digits.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.browsing.index import Index, evenly
from core.sound.spectrograms import Analysis, spectrogram

Waveform = NDArray[np.float32]
Features = NDArray[np.float32]
Matrix = NDArray[np.float64]

ANALYSIS = Analysis()
"""The network's: 40 mel bands, a column every 20 ms, a floor 80 dB down."""

TAKES = 10
"""Takes of each digit and speaker that are compared, spread evenly over all of them."""


def features(y: Waveform) -> Features:
    """Return what two clips are compared by.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform at 8 kHz.

    Returns
    -------
    S_db : np.ndarray [shape=(n_mels, n_frames)], float32
        Log-mel picture in dB with its own mean taken away, so that level does not count. Of 700
        trials with FSDD, 84 in 100 then name the right digit across speakers, 79 in 100 relative
        to the loudest cell: one loud cell shifts everything there.
    """
    S_db = spectrogram(y, "log_mel", ANALYSIS)
    return np.asarray(S_db - S_db.mean(), np.float32)


def distance(a: Features, b: Features) -> float:
    """Return how far apart two clips are once their tempo is taken out (dB).

    Each moment of one clip is laid on a moment of the other, in order, so that the sum of the
    differences is least; the number is the mean difference along this path. 0 is the same sound.

    Parameters
    ----------
    a, b : np.ndarray [shape=(n_mels, n_frames_i)], float32
        From ``features``.

    Returns
    -------
    distance : float
        Root-mean-square difference of two columns (dB), averaged over the path.

    References
    ----------
    .. [1] Sakoe & Chiba 1978, "Dynamic programming algorithm optimization for spoken word
       recognition"; ``librosa.sequence.dtw`` with its own steps.
    """
    from librosa.sequence import dtw  # here: importing it takes longer than drawing a page
    from scipy.spatial.distance import cdist

    cost = cdist(a.T, b.T) / math.sqrt(len(a))  # (n_frames_a, n_frames_b)
    accumulated, path = dtw(C=cost)
    return float(accumulated[-1, -1]) / len(path)


@dataclass(frozen=True, eq=False)
class DigitDistances:
    """One digit between speakers; row a, column b: from takes of a to takes of b."""

    digit: int
    speakers: tuple[str, ...]
    same: Matrix
    """Mean distance between takes of the digit (dB) [shape=(n, n)], symmetric; on the diagonal
    between different takes of one speaker. NaN where there is nothing to compare."""
    other: Matrix
    """Mean distance from a's takes of the digit to b's takes of other digits (dB)."""
    nearer: Matrix
    """Share of trials in which a's take of the digit is nearer to b's take of the same digit than
    to b's take of another one, 0 to 1; chance is 0.5."""
    trials: NDArray[np.int64]
    """How many trials each share stands on."""


def digit_distances(
    clips: Mapping[tuple[int, str], Sequence[Features]],
    digit: int,
    speakers: Sequence[str],
    progress: Callable[[float], None] | None = None,
) -> DigitDistances:
    """Return how near a digit's takes are between speakers, against other digits.

    Parameters
    ----------
    clips : mapping of (digit, speaker) to sequence of np.ndarray
        The features of each cell's takes, from ``cell_features``.
    digit : int
    speakers : sequence of str
        Rows and columns of the matrices.
    progress : callable, optional
        Called with the fraction done.

    Notes
    -----
    Every take is compared with every take of the same digit. Of other digits, each take is
    compared with one take of each: the next one for the next take, so that all have their turn.
    """
    n = len(speakers)
    others = sorted({d for d, _ in clips} - {digit})
    same, other, nearer = (np.full((n, n), np.nan) for _ in range(3))
    trials = np.zeros((n, n), np.int64)
    between: dict[tuple[int, int], Matrix] = {}
    for i, a in enumerate(speakers):
        for j, b in enumerate(speakers):
            xs, ys = clips.get((digit, a), ()), clips.get((digit, b), ())
            if (j, i) in between:
                d_same = between[j, i].T
            else:
                d_same = np.array([[distance(x, y) for y in ys] for x in xs])
                d_same = d_same.reshape(len(xs), len(ys))
            if i == j:
                np.fill_diagonal(d_same, np.nan)  # a take against itself says nothing
            between[i, j] = d_same
            if d_same.size and np.isfinite(d_same).any():
                same[i, j] = np.nanmean(d_same)
            won: list[float] = []
            away: list[float] = []
            for k, x in enumerate(xs):
                for e in others:
                    takes = clips.get((e, b), ())
                    if not takes:
                        continue
                    d_other = distance(x, takes[k % len(takes)])
                    away.append(d_other)
                    against = d_same[k][np.isfinite(d_same[k])]
                    won += ((against < d_other) + 0.5 * (against == d_other)).tolist()
            if away:
                other[i, j] = np.mean(away)
            if won:
                nearer[i, j], trials[i, j] = np.mean(won), len(won)
            if progress is not None:
                progress((i * n + j + 1) / n**2)
    return DigitDistances(digit, tuple(speakers), same, other, nearer, trials)


def cell_features(
    index: Index, speakers: Sequence[str], progress: Callable[[float], None] | None = None
) -> dict[tuple[int, str], list[Features]]:
    """Return the features of at most ``TAKES`` takes of each digit by these speakers.

    Takes that cannot be read, or that are silent, are left out.
    """
    from core.browsing.reading import read_clips

    cells = {cell: p for cell, p in index.cells.items() if cell[1] in set(speakers)}
    found: dict[tuple[int, str], list[Features]] = {}
    for k, (cell, places) in enumerate(cells.items()):
        clips = read_clips(index.recordings(evenly(places, TAKES)))
        found[cell] = [features(y) for y in clips.waveforms if y.any()]
        if progress is not None:
            progress((k + 1) / len(cells))
    return found
