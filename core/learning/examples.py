"""Examples: the clips of a run as arrays, split, ready to be turned into images.

In: a spec. Out: waveforms, answers and index arrays for the training loop.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError
from core.learning.nonwords import nonwords
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
    n_own: int
    """Training clips of the first data set; they stand first in ``split.train``."""
    excluded: int = 0
    """Recordings left out because somebody has excluded them."""

    @property
    def n_leaked(self) -> int:
        """Validation and scored clips whose very samples are trained on, under whatever name."""
        split = self.split
        trained = {_fingerprint(self.clips[i]) for i in split.train}
        held_out = {*split.validation.tolist(), *split.known.tolist(), *split.unseen.tolist()}
        return sum(_fingerprint(self.clips[i]) in trained for i in held_out)

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
    if all(r.digit is None for r in first):
        raise DataError(f"{spec.data[0]} holds no spoken digit. Choose another data set.")
    chosen = (spec.train_speakers, spec.train_share)
    split = split_recordings(
        first, spec.split, spec.validation_share, spec.seed, *chosen, others_train=bool(further)
    )
    clips = load_waveforms(first)
    added, added_clips = _strangers_to(first, clips, split, further)
    recordings, sounds = [*first, *added], [*clips, *added_clips]
    theirs = np.arange(len(first), len(recordings))
    own, choosing = split.train, split.validation
    if not len(choosing):  # whoever is alone in the first set is scored: the others choose
        choosing, theirs = _chosen_from(theirs, spec)
    if spec.nonwords > 0:
        made = []
        # each from its own part: nothing that chooses the epoch is heard in training
        for number, part in enumerate((own, choosing, theirs)):
            sources = [recordings[i] for i in part], [sounds[i] for i in part]
            more, more_sounds = nonwords(*sources, spec.nonwords, spec.seed + number)
            made.append(np.arange(len(recordings), len(recordings) + len(more)))
            recordings += more
            sounds += more_sounds
        own, choosing, theirs = (
            np.concatenate(parts) for parts in zip((own, choosing, theirs), made, strict=True)
        )
    own = np.concatenate([own, _leaks(np.concatenate([choosing, split.known]), spec)])
    train = np.concatenate([own, theirs]).astype(np.int64)
    split = Split(train, choosing.astype(np.int64), split.known, split.unseen, split.protocol)
    answers = answers_of(recordings)
    _exchange(answers, train, spec)
    return Examples(tuple(recordings), tuple(sounds), answers, split, len(own), n_excluded)


def _leaks(held_out: NDArray[np.int64], spec: RunSpec) -> NDArray[np.int64]:
    """Return the held-out clips that a spec trains on as well."""
    order = np.random.default_rng([spec.seed, 5]).permutation(held_out)
    return order[: round(len(order) * spec.leaked_share)]


def _exchange(answers: NDArray[np.int32], train: NDArray[np.int64], spec: RunSpec) -> None:
    """Exchange among a share of the training clips the answers that they have, in place."""
    rng = np.random.default_rng([spec.seed, 6])
    chosen = rng.permutation(train)[: round(len(train) * spec.shuffled_labels)]
    answers[chosen] = answers[rng.permutation(chosen)]


def _fingerprint(y: NDArray[np.float32]) -> bytes:
    return hashlib.sha256(y.tobytes()).digest()


def _chosen_from(
    theirs: NDArray[np.int64], spec: RunSpec
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which clips of the further data sets choose the epoch, and which train."""
    order = np.random.default_rng([spec.seed, 4]).permutation(theirs)
    n = round(len(order) * spec.validation_share)
    if not 0 < n < len(order):
        raise DataError(
            f"{len(order)} recordings of other data sets are too few to train on, and the first "
            "has none to spare. Leave fewer speakers out, or add a larger data set."
        )
    return np.sort(order[:n]), np.sort(order[n:])


def _strangers_to(
    first: Sequence[Recording],
    clips: Sequence[NDArray[np.float32]],
    split: Split,
    further: Sequence[Sequence[Recording]],
) -> tuple[list[Recording], list[NDArray[np.float32]]]:
    """Return what of the further data sets may train: nothing that is scored, under any name.

    A data set may be named twice, or as its smaller edition, or be a copy in another folder; what
    holds the samples of a recording of the first set is left out, and so is whoever is scored as
    unseen.
    """
    unseen = {first[i].speaker for i in split.unseen}
    wanted = [r for recordings in further for r in recordings if r.speaker not in unseen]
    known = {_fingerprint(y) for y in clips}
    pairs = [
        (r, y)
        for r, y in zip(wanted, load_waveforms(wanted), strict=True)
        if _fingerprint(y) not in known
    ]
    return [r for r, _ in pairs], [y for _, y in pairs]
