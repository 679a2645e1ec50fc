"""Sound for a quiz: the same samples, another file every time."""

import io

import numpy as np
import soundfile

from core.sound.audio import write_wav
from core.voices.blinding import blind_wav


def tone(n: int = 801) -> np.ndarray:
    return (0.4 * np.sin(np.arange(n) / 5)).astype(np.float32)


def test_a_blind_file_holds_exactly_the_same_samples():
    plain, _ = soundfile.read(io.BytesIO(write_wav(tone())), dtype="int16")
    blind, sr = soundfile.read(io.BytesIO(blind_wav(tone())), dtype="int16")
    assert sr == 8000
    assert np.array_equal(plain, blind)


def test_the_same_clip_is_another_file_every_time():
    assert len({blind_wav(tone()) for _ in range(5)}) == 5


def test_a_blind_file_says_how_long_it_is():
    data = blind_wav(tone())
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
