"""Small data sets of tones and noise."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.sound.audio import write_wav
from tests.core.browsing.sounds import noise, tone


@pytest.fixture
def folder_of(tmp_path) -> Callable[..., Path]:
    """Return a function that writes named waveforms into a folder in FSDD's layout."""

    def make(clips: dict[str, np.ndarray], name: str = "recordings") -> Path:
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        for clip, y in clips.items():
            (root / f"{clip}.wav").write_bytes(write_wav(y))
        return root

    return make


@pytest.fixture
def small_set(folder_of) -> Path:
    """Three digits by two speakers, six takes each: a digit is a tone, a speaker its noise."""
    clips = {}
    for digit in range(3):
        for s, speaker in enumerate(("anna", "bert")):
            for take in range(6):
                y = tone(400 * (digit + 1) * (1 + 0.1 * s), 0.3 + 0.01 * take)
                clips[f"{digit}_{speaker}_{take}"] = y + noise(
                    len(y) / 8000, 0.003, seed=100 * digit + 10 * s + take
                )
    return folder_of(clips)
