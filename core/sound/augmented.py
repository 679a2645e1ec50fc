"""Augmented images: every clip anew in every epoch, as another speaker or microphone has it.

In: clips, and which changes. Out: images of the same words said differently. Every change is a
function of (seed, epoch, example), so that a run can be repeated or resumed exactly.
"""

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.sound.augmentation import AUGMENTATIONS, MIXTURE, MIXTURES
from core.sound.blending import ALPHA
from core.sound.changes import SR, coloured_noise
from core.sound.images import (
    CHUNK,
    Bend,
    ImageConfig,
    Images,
    images_of_windows,
    row_hz,
    to_image,
    to_images,
)
from core.sound.masks import mask
from core.sound.spectrograms import Pictures
from core.sound.windows import loudest_part, place

Waveform = NDArray[np.float32]


def chances(name: str, seed: int, epoch: int, index: int) -> Generator:
    """Return the generator of one augmentation for one clip in one epoch.

    Each has its own, so that choosing another besides changes nothing for the first.
    """
    return np.random.default_rng([seed, epoch, index, zlib.crc32(name.encode())])


def augmented_window(
    y: Waveform,
    length: int,
    rng: Generator,
    strength: float = 1.0,
    mixture: Sequence[str] | None = None,
) -> Waveform:
    """Return another version of a clip, somewhere in a window, over noise.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform at 8 kHz.
    length : int
        Samples of the window.
    rng : numpy.random.Generator
        All chance comes from here.
    strength : float
        Share of the changes, and of the noises, that are made.
    mixture : sequence of str
        Which changes of the sound, keys of ``AUGMENTATIONS``; None for ``MIXTURE``.

    Returns
    -------
    window : np.ndarray [shape=(length,)], float32
    """
    for name in MIXTURE if mixture is None else mixture:
        entry = AUGMENTATIONS[name]
        if rng.random() < strength * entry.probability and entry.change is not None:
            y = entry.change(y, rng)
    if len(y) > length:
        y = loudest_part(y, length)
    level = np.sqrt(np.square(y).mean())
    snr_db = rng.uniform(5, 45) if rng.random() < 0.75 * strength else np.inf  # others stay clean
    noise = coloured_noise(length, rng) * level * 10 ** (-snr_db / 20)
    window = np.zeros(length, np.float32)
    room = length - len(y)
    if rng.random() < 0.5:
        # noise all over, the word anywhere
        start = int(rng.integers(0, room + 1))
        window += noise
    else:
        # as the endpointer cuts it: noise just before and after the word, silence beyond,
        # and the cut stands in the middle of the window
        before, after = (int(m) for m in rng.uniform(0, 0.25 * SR, size=2))
        before = min(before, room)
        after = min(after, room - before)
        left = (room - before - after) // 2
        start = left + before
        cut = slice(left, start + len(y) + after)
        window[cut] = noise[cut]
    window[start : start + len(y)] += y
    return window


Chances = Callable[[str, int], Generator | None]
"""(augmentation, number of a picture) -> the generator that bends it; None: it stays as it is."""


def _bender(names: Sequence[str], config: ImageConfig, wanted: Chances) -> Bend | None:
    """Return what bends pictures [shape=(n, rows, frames)]; None where no name is a bend."""
    bends = {n: b for n in names if (b := AUGMENTATIONS[n].bend) is not None}
    if not bends:
        return None
    hz = row_hz(config)

    def bent(pictures: Pictures) -> Pictures:
        found = pictures.copy()
        for name, bend in bends.items():
            for i, picture in enumerate(found):
                rng = wanted(name, i)
                if rng is not None:
                    found[i] = bend(picture, rng, hz)
        return found

    return bent


def _chosen_images(
    clips: Sequence[Waveform],
    indices: Sequence[int],
    config: ImageConfig,
    seed: int,
    epoch: int,
    names: Sequence[str],
) -> Images:
    """Return images with the chosen augmentations only, each word in the middle of its window."""
    chosen = {name: entry for name, entry in AUGMENTATIONS.items() if name in names}
    windows = np.empty((len(clips), config.n_samples), np.float32)
    for window, clip, i in zip(windows, clips, indices, strict=True):
        y = clip
        for name, entry in chosen.items():
            rng = chances(name, seed, epoch, i)
            if entry.change is not None and rng.random() < entry.probability:
                y = entry.change(y, rng)
        window[:] = place(y, config.n_samples)

    def wanted(name: str, place: int) -> Generator | None:
        rng = chances(name, seed, epoch, indices[place])
        return rng if rng.random() < AUGMENTATIONS[name].probability else None

    images = images_of_windows(windows, config, _bender([*chosen], config, wanted))
    for name, entry in chosen.items():
        if entry.blank is not None:
            for image, i in zip(images, indices, strict=True):
                rng = chances(name, seed, epoch, i)
                if rng.random() < entry.probability:
                    entry.blank(image, rng)
    return images


def augmented_images(
    clips: Sequence[Waveform],
    indices: Sequence[int],
    config: ImageConfig,
    seed: int,
    epoch: int,
    names: Sequence[str] = (),
    strength: float = 1.0,
    mixture: str = "plain",
) -> Images:
    """Return this epoch's versions of the clips as images.

    Parameters
    ----------
    clips : sequence of np.ndarray [shape=(n_i,)], float32
    indices : sequence of int
        Each clip's number among the run's recordings; with seed and epoch it decides its chances.
    config : ImageConfig
        What the image is; its fit must not be ``stretch``.
    seed, epoch : int
    names : sequence of str
        Which changes, keys of ``AUGMENTATIONS``; empty for a mixture. Blending needs
        the answers too and is left to ``core.sound.blending``.
    strength : float
        Share of the mixture's changes, noises and masks that are made.
    mixture : str
        What changes where ``names`` is empty, a key of ``MIXTURES``.

    Returns
    -------
    images : np.ndarray [shape=(len(clips), *config.shape)], float32
    """
    if not config.has_room:
        raise ValueError("Augmented clips are placed in a window; got an image with fit='stretch'.")
    mixed = MIXTURES[mixture]
    images = np.empty((len(clips), *config.shape), np.float32)
    for start in range(0, len(clips), CHUNK):
        part = slice(start, start + CHUNK)
        if names:
            images[part] = _chosen_images(clips[part], indices[part], config, seed, epoch, names)
            continue
        generators = [np.random.default_rng([seed, epoch, i]) for i in indices[part]]
        windows = np.stack(
            [
                augmented_window(y, config.n_samples, rng, strength, mixed)
                for y, rng in zip(clips[part], generators, strict=True)
            ]
        )

        def wanted(name: str, i: int, generators: list[Generator] = generators) -> Generator | None:
            rng = generators[i]
            return rng if rng.random() < strength * AUGMENTATIONS[name].probability else None

        images[part] = images_of_windows(windows, config, _bender(mixed, config, wanted))
        for image, rng in zip(images[part], generators, strict=True):
            if strength == 1 or rng.random() < strength:
                mask(image, rng)
    return images


def alone(
    name: str, y: Waveform, other: Waveform, config: ImageConfig, seed: int
) -> tuple[Waveform, Images]:
    """Return one clip under one augmentation, for ear and eye.

    Parameters
    ----------
    name : str
        A key of ``AUGMENTATIONS``.
    y : np.ndarray [shape=(n,)], float32
    other : np.ndarray [shape=(m,)], float32
        The clip with which ``y`` is blended, where the augmentation blends.
    config : ImageConfig
        What the picture is.
    seed : int
        Which of the changes that chance may bring.

    Returns
    -------
    changed : np.ndarray [shape=(k,)], float32
        What is heard. A mask cannot be heard; of a blend, both clips are.
    image : np.ndarray [shape=config.shape], float32
        What a network sees.
    """
    entry = AUGMENTATIONS[name]
    rng = chances(name, seed, 0, 0)
    if entry.change is not None:
        y = entry.change(y, rng)
    image = to_images([y], config, _bender([name], config, lambda _name, _i: rng))[0]
    if entry.blank is not None:
        entry.blank(image, rng)
    if entry.blends:
        # as in training, but never so little of the other that nothing could be noticed
        share = np.float32(max(0.2, min(w := rng.beta(ALPHA, ALPHA), 1 - w)))
        image = (1 - share) * image + share * to_image(other, config)
        both = np.zeros(max(len(y), len(other)), np.float32)
        both[: len(y)] = (1 - share) * y
        both[: len(other)] += share * other
        y = both
    return y, image
