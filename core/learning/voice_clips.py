"""One voice's few clips in many versions: other microphones, noises and places, the same throat.

In: clips of one person. Out: rows for ``core.learning.adaptation`` to learn from. Speed and throat
are left alone: another throat would be another person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.sound.augmentation import AUGMENTATIONS

CHANGES = ("tilt", "equaliser", "room", "noise", "shift")
"""What may change, keys of ``AUGMENTATIONS``; each by its own chance."""


@dataclass(frozen=True, eq=False)
class VoiceClips:
    """One voice's versions as a network's front sees them."""

    features: NDArray[np.float32]
    """[shape=(n_clips * copies, ...)]"""
    digits: NDArray[np.int64]
    """What was said in each version."""
    clip: NDArray[np.int64]
    """Which clip each is a version of."""
    no_digits: NDArray[np.float32]
    """The same voice backwards, and halves of words: [shape=(3 * n_clips, ...)]."""
    of_clip: tuple[int, ...]
    """The digit of each clip."""

    def only(self, wanted: NDArray[np.bool_]) -> "VoiceClips":
        """Return what came of some of the clips [shape=(n_clips,)]."""
        here = wanted[self.clip]
        return VoiceClips(
            self.features[here],
            self.digits[here],
            self.clip[here],
            self.no_digits[np.tile(wanted, 3)],
            self.of_clip,
        )


def voice_clips(
    clips: Sequence[NDArray[np.float32]],
    digits: Sequence[int],
    copies: int,
    seed: int,
    place: bool,
    features: Callable[[Sequence[NDArray[np.float32]]], NDArray[np.float32]],
) -> VoiceClips:
    """Return one voice's clips in their versions.

    Parameters
    ----------
    clips : sequence of np.ndarray [shape=(n_i,)], float32
    digits : sequence of int
    copies : int
        Versions of each clip; the first is the clip itself.
    seed : int
        Which versions.
    place : bool
        Whether the word stands somewhere in a window, so that it may be moved.
    features : callable
        Clips -> one row each.
    """
    versions, clip = [], []
    for i, y in enumerate(clips):
        for copy in range(copies):
            rng = np.random.default_rng([seed, 13, i, copy])
            versions.append(changed(y, rng, place) if copy else y)
            clip.append(i)
    backwards = [y[::-1] for y in clips]
    halves = [y[: len(y) // 2] for y in clips] + [y[len(y) // 2 :] for y in clips]
    of_clip = np.array(clip, np.int64)
    said = np.asarray(digits, np.int64)
    rows = features([*versions, *backwards, *halves])
    n = len(versions)
    return VoiceClips(rows[:n], said[of_clip], of_clip, rows[n:], tuple(int(d) for d in digits))


def changed(y: NDArray[np.float32], rng: np.random.Generator, place: bool) -> NDArray[np.float32]:
    """Return a clip by the same voice in another room and microphone."""
    for name in CHANGES:
        entry = AUGMENTATIONS[name]
        if entry.change is None or (name == "shift" and not place):
            continue
        if rng.random() < entry.probability:
            y = entry.change(y, rng)
    return np.asarray(y, np.float32)
