"""Where "seven" turns from its first syllable to its second."""

import numpy as np
import pytest

from core.sound.audio import load_waveform
from core.sound.datasets import open_dataset
from core.sound.syllables import syllable_boundary, voiced_level


def two_vowels(dip: float, first: float = 0.15, quiet: float = 0.05, second: float = 0.15):
    """Return a voice of 150 Hz, a quieter stretch, and voice again, after 0.1 s of hiss."""
    parts = [(first, 1.0), (quiet, dip), (second, 0.7)]
    shape = np.concatenate([np.full(round(8000 * s), a) for s, a in parts])
    shape = np.convolve(shape, np.hanning(80) / np.hanning(80).sum(), "same")
    voice = shape * np.sin(2 * np.pi * 150 * np.arange(len(shape)) / 8000)
    rng = np.random.default_rng(0)
    hiss = np.diff(rng.normal(0, 0.2, 801))  # above all in high frequencies
    return np.concatenate([hiss, 0.4 * voice]).astype(np.float32)


@pytest.mark.parametrize("dip", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("scale", [1.0, 0.01])
def test_the_boundary_stands_where_the_voice_rises_again(dip, scale):
    found = syllable_boundary(two_vowels(dip) * np.float32(scale))
    assert found is not None
    assert found / 8000 == pytest.approx(0.1 + 0.15 + 0.05, abs=0.03)


def test_a_hiss_is_not_taken_for_voice():
    y = two_vowels(0.1)
    level = voiced_level(y)
    assert level[:15].max() < level.max() - 10


def test_a_word_without_a_dip_is_cut_within_it():
    t = np.arange(4000) / 8000
    y = (np.hanning(4000) * np.sin(2 * np.pi * 150 * t)).astype(np.float32)
    found = syllable_boundary(y)
    assert found is not None
    assert 1000 < found < 3600


@pytest.mark.parametrize("y", [np.zeros(4000), np.zeros(10), np.ones(2), np.zeros(0)])
def test_what_is_no_word_raises_nothing(y):
    found = syllable_boundary(y.astype(np.float32))
    assert found is None or 0 <= found < len(y)


def test_in_real_sevens_the_boundary_lies_in_the_later_middle(fsdd_folder):
    sevens = [r for r in open_dataset(str(fsdd_folder)).recordings if r.digit == 7][::15]
    shares = []
    for recording in sevens:
        y = load_waveform(recording)
        found = syllable_boundary(y)
        assert found is not None
        shares.append(found / len(y))
    assert 0.45 < np.median(shares) < 0.8
    assert np.quantile(shares, 0.05) > 0.25
    assert np.quantile(shares, 0.95) < 0.95
