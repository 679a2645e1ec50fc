"""Faint noise under a word: as far below it as asked, and the same every time."""

import numpy as np
import pytest

from core.sound.faint_noise import over_noise


def tone(n=8000, level=0.5):
    return (level * np.sin(2 * np.pi * 440 * np.arange(n) / 8000)).astype(np.float32)


@pytest.mark.parametrize("below_db", [20.0, 40.0])
def test_it_lies_as_far_below_the_loud_part_as_asked(below_db):
    word = np.concatenate([tone(2000), np.zeros(4000, np.float32)])  # a third is loud
    noise = over_noise(word, below_db) - word
    loud, faint = (np.sqrt(np.mean(np.square(v, dtype=float))) for v in (tone(2000), noise))
    assert 20 * np.log10(loud / faint) == pytest.approx(below_db, abs=1.5)


def test_it_is_the_same_every_time_and_another_in_another_version():
    np.testing.assert_array_equal(over_noise(tone(), 40.0), over_noise(tone(), 40.0))
    assert not np.array_equal(over_noise(tone(), 40.0), over_noise(tone(), 40.0, version=1))


@pytest.mark.parametrize("n", [0, 1, 2, 50_000])
def test_any_length_comes_back_as_long(n):
    noisy = over_noise(tone(n), 40.0)
    assert noisy.shape == (n,)
    assert noisy.dtype == np.float32


def test_a_word_in_a_window_stands_in_its_middle_with_noise_all_over_it():
    word = tone(2000)
    window = over_noise(word, 40.0, length=8000)
    assert window.shape == (8000,)
    noise = window.copy()
    noise[3000:5000] -= word
    around = np.concatenate([noise[:3000], noise[5000:]])
    all_over, beside = (np.sqrt(np.mean(np.square(v, dtype=float))) for v in (noise, around))
    loudest = np.sqrt(np.mean(np.sort(np.square(word, dtype=float))[-667:]))  # of three thirds
    assert 20 * np.log10(loudest / all_over) == pytest.approx(40, abs=1)
    assert beside == pytest.approx(all_over, rel=0.3)
    assert over_noise(tone(9000), 40.0, length=8000).shape == (9000,)


def test_silence_stays_silence():
    assert not over_noise(np.zeros(100, np.float32), 40.0).any()
