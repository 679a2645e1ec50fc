"""A masked sound: what is left of it is what the mask leaves, and nothing is invented."""

from dataclasses import replace

import numpy as np
import pytest

from core.sound.images import DRAWN, LOG_MEL, SEED, WORD, shown
from core.sound.masked import masked

MFCC = replace(LOG_MEL, kind="mfcc")


def tones(*pitches, seconds=0.6):
    t = np.arange(round(seconds * 8000)) / 8000
    return sum(0.2 * np.sin(2 * np.pi * hz * t) for hz in pitches).astype(np.float32)


def power_at(y, hz):
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y)))) ** 2
    at = np.fft.rfftfreq(len(y), 1 / 8000)
    return spectrum[(at > hz - 40) & (at < hz + 40)].sum()


@pytest.mark.parametrize(
    "config", [LOG_MEL, WORD, DRAWN, SEED, MFCC], ids=lambda c: f"{c.kind} {c.fit}"
)
def test_a_mask_of_ones_leaves_the_sound_and_one_of_zeros_nothing(config):
    y = tones(500, 2200)
    whole = shown(y, config)
    left = masked(y, np.ones(config.shape[:2], np.float32), config)
    assert len(left) == len(whole)
    # 0 Hz and 4 kHz lie in no mel band, and a word's picture ends where the word does: what is not
    # seen is not heard
    np.testing.assert_allclose(left, whole, atol=0.06 if config.fit == "word" else 0.01)
    assert not masked(y, np.zeros(config.shape[:2], np.float32), config).any()


@pytest.mark.parametrize("config", [LOG_MEL, SEED], ids=lambda c: c.kind)
def test_the_lower_rows_are_the_deeper_tone(config):
    cells = np.zeros(config.shape[:2], np.float32)
    cells[: len(cells) // 3] = 1
    y = masked(tones(300, 3200), cells, config)
    assert power_at(y, 300) > 1e4 * power_at(y, 3200)


@pytest.mark.parametrize("config", [LOG_MEL, DRAWN, MFCC], ids=lambda c: f"{c.kind} {c.fit}")
def test_the_left_columns_are_the_beginning(config):
    cells = np.zeros(config.shape[:2], np.float32)
    cells[:, : config.shape[1] // 2] = 1
    y = masked(tones(700), cells, config)
    half = len(y) // 2
    assert np.square(y[half + 400 :]).sum() < 1e-4 * np.square(y[:half]).sum()


def test_a_clip_shorter_than_a_frame_is_heard_all_the_same():
    y = masked(tones(700, seconds=0.01), np.ones(DRAWN.shape[:2], np.float32), DRAWN)
    assert len(y) == 80
    assert np.isfinite(y).all()


def test_a_mask_of_another_shape_is_a_callers_mistake():
    with pytest.raises(ValueError, match="expected"):
        masked(tones(700), np.ones((3, 3), np.float32), LOG_MEL)
