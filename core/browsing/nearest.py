"""The clips that a model finds most like a word, and whether the voice is new to it.

In: a word, and what a model made of clips that it may have learned from. Out: the nearest of them
to listen to, and how far away they are beside what is usual among themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError
from core.sound.recordings import Recording

MOST_CLIPS = 1500
"""Clips that a word is compared with: an even share of every digit and speaker."""
NEW_VOICE = 0.95
"""A word further from its nearest clip than this share of the clips are from theirs is new."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """What lies nearest to a word, as a model hears."""

    recordings: tuple[Recording, ...]
    """The nearest first."""
    distances: tuple[float, ...]
    """1 minus the cosine between the vectors that the last layer is given: 0 is the same."""
    usual: float
    """Median distance of a clip to the nearest one by somebody else."""
    further: float
    """Share of the clips that are nearer to somebody else's than this word is to any clip."""

    @property
    def is_new(self) -> bool:
        """Whether the word is further from everything than clips usually are."""
        return self.further >= NEW_VOICE


def nearest(
    vector: Vectors, embeddings: Vectors, recordings: Sequence[Recording], n: int = 5
) -> Neighbours:
    """Return the clips nearest to a word.

    Parameters
    ----------
    vector : np.ndarray [shape=(d,)], float32
        ``Recogniser.embedding`` of the word.
    embeddings : np.ndarray [shape=(m, d)], float32
        The same model's of the clips, from ``core.browsing.heard.heard``.
    recordings : sequence of Recording [length=m]
    n : int
        How many to return.

    Raises
    ------
    DataError
        If there is no clip.
    """
    if not len(recordings):
        raise DataError("There is no recording to compare with. Choose another data set.")
    clips = _unit(embeddings)
    away = 1 - clips @ _unit(vector[None])[0]  # (m,)
    order = np.argsort(away, kind="stable")[:n]
    among = _to_others(clips, [r.speaker for r in recordings])
    known = among[np.isfinite(among)]
    return Neighbours(
        tuple(recordings[int(i)] for i in order),
        tuple(max(0.0, float(away[i])) for i in order),
        float(np.median(known)) if len(known) else float("nan"),
        float((known < away[order[0]]).mean()) if len(known) else 0.0,
    )


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def _to_others(clips: Vectors, speakers: Sequence[str]) -> NDArray[np.float64]:
    """Return each clip's distance to the nearest by another speaker; infinity where none is."""
    codes = np.unique(list(speakers), return_inverse=True)[1]
    found = np.empty(len(clips))
    for start in range(0, len(clips), 500):  # a block of rows of the whole matrix at a time
        part = slice(start, start + 500)
        away = 1 - clips[part] @ clips.T
        away[codes[part, None] == codes[None]] = np.inf
        found[part] = away.min(axis=1)
    return found
