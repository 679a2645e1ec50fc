"""Pictures of several clips on one scale."""

import numpy as np
import pytest

from core.sound.scales import on_one_scale
from core.sound.spectrograms import SPECTROGRAMS, Analysis, spectrogram

A = Analysis()


def tone(amplitude: float, seconds: float = 0.5) -> np.ndarray:
    t = np.arange(round(8000 * seconds)) / 8000
    return (amplitude * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


@pytest.mark.parametrize("kind", ["stft", "log_mel"])
def test_a_tenth_of_the_amplitude_is_twenty_db_down(kind):
    loud, quiet = on_one_scale([tone(0.5), tone(0.05)], kind, A)
    assert loud.max() == pytest.approx(0, abs=1e-3)
    assert quiet.max() == pytest.approx(-20, abs=0.05)


@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_one_clip_alone_is_its_own_picture(kind):
    y = tone(0.3) + np.random.default_rng(0).normal(0, 0.01, 4000).astype(np.float32)
    (found,) = on_one_scale([y], kind, A)
    assert np.allclose(found, spectrogram(y, kind, A), atol=1e-3)


@pytest.mark.parametrize("kind", ["stft", "log_mel"])
def test_nothing_lies_below_the_floor(kind):
    for picture in on_one_scale([tone(0.5), tone(1e-6)], kind, A):
        assert picture.min() >= -A.top_db
        assert picture.max() <= 1e-3


@pytest.mark.parametrize("kind", ["stft", "log_mel"])
def test_silence_is_all_floor(kind):
    for picture in on_one_scale([np.zeros(2000, np.float32)] * 2, kind, A):
        assert (picture == -A.top_db).all()
    loud, silent = on_one_scale([tone(0.5), np.zeros(2000, np.float32)], kind, A)
    assert loud.max() == pytest.approx(0, abs=1e-3)
    assert (silent == -A.top_db).all()


@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_clips_of_other_lengths_keep_their_lengths(kind):
    long, short = on_one_scale([tone(0.5, 0.8), tone(0.5, 0.2)], kind, A)
    assert (long.shape[1], short.shape[1]) == (41, 11)
