"""Streams whose words are known: buzzes for vowels, hisses for consonants and for the room."""

import numpy as np

from core.listening.endpointing import Endpointer, EndpointerConfig, Utterance

SR = 8000
QUIET = 1e-3  # RMS of the room: -60 dB relative to full scale
WITHIN = 160  # samples: 20 ms


def buzz(seconds: float, peak: float = 0.3, f0: float = 130.0) -> np.ndarray:
    """Return a vowel's harmonics, at full level from the first sample to the last."""
    t = np.arange(round(seconds * SR)) / SR
    y = sum(np.sin(2 * np.pi * f0 * k * t + k * k) / k for k in range(2, 12))
    return (peak * y / np.max(np.abs(y))).astype(np.float32)


def hiss(seconds: float, rms: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rms * rng.standard_normal(round(seconds * SR))).astype(np.float32)


def room(seconds: float, *sounds: tuple[float, np.ndarray], rms: float = QUIET) -> np.ndarray:
    """Return sounds at their times in the noise of a quiet room."""
    y = hiss(seconds, rms, seed=1)
    for at, sound in sounds:
        first = round(at * SR)
        y[first : first + len(sound)] += sound
    return y


def find_words(y: np.ndarray, config: EndpointerConfig | None = None) -> list[Utterance]:
    endpointer = Endpointer(config)
    return endpointer.feed(y) + endpointer.flush()


def in_blocks(y: np.ndarray, sizes: list[int]) -> list[Utterance]:
    endpointer = Endpointer()
    utterances: list[Utterance] = []
    at = i = 0
    while at < len(y):
        size = sizes[i % len(sizes)]
        utterances += endpointer.feed(y[at : at + size])
        at, i = at + size, i + 1
    return utterances + endpointer.flush()


def bits(utterances: list[Utterance]) -> list[tuple]:
    """Return everything an utterance says, comparable to the last bit."""
    return [
        (*(v for k, v in vars(u).items() if k != "y"), u.y.dtype.str, u.y.tobytes())
        for u in utterances
    ]


def assert_bounds(u: Utterance, begins: float, ends: float) -> None:
    assert abs(u.word_start - begins * SR) <= WITHIN
    assert abs(u.word_end - ends * SR) <= WITHIN
