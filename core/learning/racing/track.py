"""The track of a race: the clips that every lane trains on, and those that judge them.

In: a race's spec. Out: images with their answers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.learning.examples import load_examples
from core.learning.racing.specs import RaceSpec
from core.sound.images import Images


@dataclass(frozen=True)
class Track:
    """What every lane runs on."""

    images: Images
    """Training images [shape=(n_train, rows, frames, 1)]."""
    answers: NDArray[np.int32]
    val_images: Images
    val_answers: NDArray[np.int32]


def evenly(answers: NDArray[np.int32], n: int, seed: int) -> NDArray[np.int64]:
    """Return which clips train: by chance, as many of each answer as there are, ascending.

    Parameters
    ----------
    answers : np.ndarray [shape=(n_clips,)], int32
    n : int
        How many are wanted; all where there are fewer.
    seed : int
    """
    order = np.random.default_rng([seed, 5]).permutation(len(answers))
    places = np.zeros(len(answers), np.int64)  # first, second ... of its answer in that order
    seen: dict[int, int] = {}
    for i in order:
        answer = int(answers[i])
        places[i] = seen[answer] = seen.get(answer, -1) + 1
    return np.sort(order[np.argsort(places[order], kind="stable")[:n]])


def track_of(spec: RaceSpec) -> Track:
    """Return the clips of a race, as images.

    Raises
    ------
    DataError, AudioError
        If the data cannot be used.
    """
    run = spec.run_spec()
    examples = load_examples(run)
    train = examples.split.train
    train = train[evenly(examples.answers[train], spec.clips, spec.seed)]
    validation = examples.split.validation
    return Track(
        examples.images(train, run),
        examples.answers[train],
        examples.images(validation, run),
        examples.answers[validation],
    )
