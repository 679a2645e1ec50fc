"""Examples: the clips of a run as arrays, split, ready to be turned into images.

In: a spec. Out: waveforms, answers and index arrays for the training loop.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError
from core.learning.specs import RunSpec
from core.learning.splits import Split, split_recordings
from core.sound.audio import load_waveforms
from core.sound.datasets import open_dataset
from core.sound.images import Images, to_images
from core.sound.recordings import Recording
from core.voices.flags import without_excluded

NOT_A_DIGIT = 10
"""The answer of a network that has eleven."""


@dataclass(frozen=True)
class Examples:
    """Clips with their answers; index arrays of ``split`` point into them."""

    recordings: tuple[Recording, ...]
    clips: tuple[NDArray[np.float32], ...]
    """Waveforms [shape=(n_i,)] at 8 kHz."""
    answers: NDArray[np.int32]
    """[shape=(n,)]: the digit, or 10 for "not a digit"."""
    split: Split
    excluded: int = 0
    """Recordings left out because somebody has excluded them."""

    def images(self, indices: NDArray[np.int64], spec: RunSpec) -> Images:
        """Return the images [shape=(len(indices), *spec.image.shape)] without augmentation."""
        return to_images([self.clips[i] for i in indices], spec.image)


def answers_of(recordings: Iterable[Recording]) -> NDArray[np.int32]:
    """Return the right answers [shape=(n,)]: the digit itself, 10 for anything else."""
    return np.array([NOT_A_DIGIT if r.digit is None else r.digit for r in recordings], np.int32)


def load_examples(spec: RunSpec) -> Examples:
    """Return the examples that a spec asks for.

    Parameters
    ----------
    spec : RunSpec
        ``spec.data[0]`` is split and scored; further data sets only train. What somebody has
        excluded from any of them is neither.

    Raises
    ------
    DataError
        If a data set is missing or too small.
    AudioError
        If a recording cannot be read.
    """

    def wanted(r: Recording) -> bool:
        return r.digit is not None or spec.non_digits

    found = [open_dataset(name).where(wanted) for name in spec.data]
    kept = [without_excluded(catalogue) for catalogue in found]
    n_excluded = sum(len(a) - len(b) for a, b in zip(found, kept, strict=True))
    first, *further = (catalogue.recordings for catalogue in kept)
    if not first:
        raise DataError(f"{spec.data[0]} holds no spoken digit. Choose another data set.")
    split = split_recordings(first, spec.split, spec.validation_share, spec.seed)
    added = [r for recordings in further for r in recordings]
    recordings = (*first, *added)
    train = np.concatenate([split.train, np.arange(len(first), len(recordings))])
    split = Split(train, split.validation, split.known, split.unseen, split.protocol)
    clips = tuple(load_waveforms(recordings))
    return Examples(recordings, clips, answers_of(recordings), split, n_excluded)
