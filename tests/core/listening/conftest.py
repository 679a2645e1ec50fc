"""Speech whose words are known, and a recogniser that needs no network."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.listening.recogniser import Answer
from core.sound.audio import load_waveform, write_wav
from core.sound.synthetic import ARCHIVE

GAP = 8000
"""Samples of quiet room before, between and after words."""


class FakeRecogniser:
    """Answers 0, 1, 2 ... and keeps what it was given."""

    def __init__(self) -> None:
        self.heard: list[np.ndarray] = []

    def recognise(self, y: np.ndarray) -> Answer:
        self.heard.append(y)
        digit = (len(self.heard) - 1) % 10
        return Answer(digit, 0.9, tuple(0.9 if i == digit else 0.1 / 9 for i in range(10)), 0.001)


@pytest.fixture
def fake() -> FakeRecogniser:
    return FakeRecogniser()


@pytest.fixture(scope="session")
def spoken() -> list[np.ndarray]:
    """Return "seven", "two" and "five" by one embedded voice."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        return [load_waveform(archive.read(f"digits/{d}_judy-us_1.flac")) for d in (7, 2, 5)]


@pytest.fixture(scope="session")
def speech(spoken) -> np.ndarray:
    """Return the three words in a quiet room, a second apart, at 8 kHz."""
    parts = [np.zeros(GAP, np.float32)]
    for word in spoken:
        parts += [word, np.zeros(GAP, np.float32)]
    y = np.concatenate(parts)
    return y + (1e-3 * np.random.default_rng(0).standard_normal(len(y))).astype(np.float32)


@pytest.fixture(scope="session")
def word_starts(spoken) -> list[int]:
    """Return where the words stand in ``speech``."""
    starts, at = [], GAP
    for word in spoken:
        starts.append(at)
        at += len(word) + GAP
    return starts


@pytest.fixture
def wav(tmp_path) -> Callable[..., Path]:
    """Return a function that writes samples as a WAV and gives its path."""

    def write(name: str, y: np.ndarray, sr: int = 8000) -> Path:
        (tmp_path / name).write_bytes(write_wav(y, sr))
        return tmp_path / name

    return write
