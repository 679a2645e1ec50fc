"""Augmentation: another speaker, room, microphone and place in time for every clip and epoch.

In: a clip and a random generator. Out: a window of the same words said differently. Every change
is a function of (seed, epoch, example), so that a run can be repeated or resumed exactly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.sound.images import ImageConfig, Images, images_of_windows
from core.sound.windows import loudest_part

Waveform = NDArray[np.float32]

SR = 8000


@dataclass(frozen=True)
class Augmentation:
    """One change that leaves the word what it is: an entry of ``AUGMENTATIONS``."""

    label: str
    summary: str
    source: str
    probability: float
    """Share of the clips that it changes."""
    change: Callable[[Waveform, Generator], Waveform]
    """(clip [shape=(n,)], random generator) -> clip [shape=(m,)]"""


def change_speed(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip played 0.75 to 1.35 times as fast: pitch, formants and length together."""
    import soxr  # here, as scipy below: the settings of Train need neither

    speed = float(np.exp(rng.uniform(np.log(0.75), np.log(1.35))))
    return np.asarray(soxr.resample(y, SR, round(SR / speed), quality="LQ"), np.float32)


def tilt(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip through a one-tap filter: a duller or a sharper microphone."""
    a = rng.uniform(-0.6, 0.6)
    return np.asarray(np.append(y[:1], y[1:] - a * y[:-1]), np.float32)


def limit_band(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip with its lows, its highs or both cut off, as telephones and headsets do."""
    import scipy.signal

    low, high = rng.uniform(60, 350), rng.uniform(2200, 3900)
    sections = scipy.signal.butter(2, (low, high), "bandpass", fs=SR, output="sos")
    return np.asarray(scipy.signal.sosfilt(sections, y), np.float32)


def put_in_room(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip with the echoes of a synthetic room: noise that decays exponentially."""
    import scipy.signal

    seconds = rng.uniform(0.08, 0.5)  # time in which the echo falls by 60 dB
    n = int(seconds * SR)
    echo = rng.standard_normal(n) * 10 ** (-3 * np.arange(n) / n)
    echo *= 10 ** (-rng.uniform(3, 20) / 20) / np.sqrt(np.square(echo).sum())
    delay = rng.integers(8, 80)  # the first echo arrives 1 to 10 ms after the voice
    response = np.concatenate([[1.0], np.zeros(delay), echo])
    kept = len(y) + min(len(response), int(0.15 * SR))  # the tail that a listener would keep
    return np.asarray(scipy.signal.fftconvolve(y, response)[:kept], np.float32)


def clip_loudly(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip as recorded too loudly: its highest peaks are cut off."""
    limit = np.abs(y).max() * rng.uniform(0.3, 0.9)
    return np.asarray(np.clip(y, -limit, limit), np.float32)


AUGMENTATIONS = {
    "speed": Augmentation(
        "Speed",
        "Faster and higher, or slower and deeper: another speaker's throat and pace.",
        "Ko et al. 2015 (speed perturbation)",
        0.85,
        change_speed,
    ),
    "tilt": Augmentation(
        "Tilt", "A duller or a sharper microphone.", "Ravanelli & Bengio 2018", 0.8, tilt
    ),
    "band": Augmentation(
        "Band limits",
        "A telephone's or a headset's missing lows and highs.",
        "ITU-T G.712",
        0.35,
        limit_band,
    ),
    "room": Augmentation(
        "Room", "The echoes of a small or a large room.", "Ko et al. 2017", 0.5, put_in_room
    ),
    "clipping": Augmentation(
        "Clipping", "A recording level set too high.", "own", 0.1, clip_loudly
    ),
}
"""The changes to a clip itself, in the order in which they are applied."""


def coloured_noise(n: int, rng: Generator) -> Waveform:
    """Return noise [shape=(n,)] of unit RMS, its colour anywhere from white to brown."""
    import scipy.fft

    slope = rng.uniform(0, 1)  # amplitude falls with frequency ** slope
    spectrum = scipy.fft.rfft(rng.standard_normal(n))
    spectrum *= np.maximum(np.arange(len(spectrum)), 1.0) ** -slope
    noise = scipy.fft.irfft(spectrum, n)
    return np.asarray(noise / max(np.sqrt(np.square(noise).mean()), 1e-12), np.float32)


def augmented_window(y: Waveform, length: int, rng: Generator) -> Waveform:
    """Return another version of a clip, somewhere in a window, over noise.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform at 8 kHz.
    length : int
        Samples of the window.
    rng : numpy.random.Generator
        All chance comes from here.

    Returns
    -------
    window : np.ndarray [shape=(length,)], float32
    """
    for entry in AUGMENTATIONS.values():
        if rng.random() < entry.probability:
            y = entry.change(y, rng)
    if len(y) > length:
        y = loudest_part(y, length)
    level = np.sqrt(np.square(y).mean())
    snr_db = rng.uniform(5, 45) if rng.random() < 0.75 else np.inf  # a quarter stays clean
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


def mask(image: Images, rng: Generator, most_rows: int = 5, most_frames: int = 5) -> None:
    """Blank up to two bands of rows and two stretches of frames, in place.

    Parameters
    ----------
    image : np.ndarray [shape=(n_rows, n_frames, 1)], float32
    rng : numpy.random.Generator
    most_rows, most_frames : int
        Width of the widest band and the longest stretch; of a smaller image, all but one.

    Source: SpecAugment, Park et al. 2019.
    """
    rows, frames, _ = image.shape
    mean = image.mean()
    for _ in range(2):
        width = int(rng.integers(0, min(most_rows, rows - 1) + 1))
        at = int(rng.integers(0, rows - width + 1))
        image[at : at + width] = mean
        width = int(rng.integers(0, min(most_frames, frames - 1) + 1))
        at = int(rng.integers(0, frames - width + 1))
        image[:, at : at + width] = mean


def augmented_images(
    clips: Sequence[Waveform], indices: Sequence[int], config: ImageConfig, seed: int, epoch: int
) -> Images:
    """Return this epoch's versions of the clips as images.

    Parameters
    ----------
    clips : sequence of np.ndarray [shape=(n_i,)], float32
    indices : sequence of int
        Each clip's number among the run's recordings; with seed and epoch it decides its chances.
    config : ImageConfig
        What the image is; its fit must be ``place``.
    seed, epoch : int

    Returns
    -------
    images : np.ndarray [shape=(len(clips), *config.shape)], float32
    """
    if config.fit != "place":
        raise ValueError("Augmented clips are placed in a window; got an image with fit='stretch'.")
    images = np.empty((len(clips), *config.shape), np.float32)
    for start in range(0, len(clips), 256):
        part = slice(start, start + 256)
        chances = [np.random.default_rng([seed, epoch, i]) for i in indices[part]]
        windows = np.stack(
            [
                augmented_window(y, config.n_samples, rng)
                for y, rng in zip(clips[part], chances, strict=True)
            ]
        )
        images[part] = images_of_windows(windows, config)
        for image, rng in zip(images[part], chances, strict=True):
            mask(image, rng)
    return images
