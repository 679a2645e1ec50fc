"""The plotted waveform: ink where the line is, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sound.images import IMAGE_KINDS, WAVEFORM, ImageConfig, to_image
from core.sound.plotted import plotted
from core.sound.spectrograms import Analysis

SMALL = Analysis(hop_length=100, n_mels=10, n_mfcc=10)


def picture(y, analysis=SMALL):
    return plotted(np.asarray(y, np.float32)[None], analysis)[0]


def test_silence_is_a_line_along_the_middle():
    found = picture(np.zeros(1000))
    assert found.shape == (10, 11)
    np.testing.assert_allclose(found[4:6], 0.5, atol=1e-6)
    assert not found[:4].any() and not found[6:].any()


def test_a_square_wave_fills_its_columns_from_peak_to_peak():
    y = 0.3 * np.sign(np.sin(2 * np.pi * np.arange(1000) / 20 + 0.1))
    found = picture(y)
    np.testing.assert_allclose(found[:, 1:-1], 1, atol=1e-5)


def test_a_constant_is_one_line_at_the_top_because_each_clip_is_drawn_to_its_own_peak():
    for level in (0.01, 0.9):
        found = picture(np.full(1000, level))[:, 2:-2]
        np.testing.assert_allclose(found[9], 0.5, atol=1e-5)
        np.testing.assert_allclose(found[8], 0, atol=1e-5)


def test_what_is_negative_is_drawn_below():
    y = np.zeros(1000)
    y[500] = -1
    found = picture(y)
    np.testing.assert_allclose(found[:5, 5], 1, atol=1e-5)
    assert not found[6:].any()


def test_a_click_stands_in_the_column_centred_on_it():
    y = np.zeros(1000)
    y[300] = 1
    found = picture(y)
    assert found[9].argmax() == 3
    assert np.count_nonzero(found[9]) == 1


@given(st.integers(1, 400), st.integers(1, 90), st.integers(2, 30), st.integers(0, 9))
def test_every_column_has_a_line_at_least_one_cell_thick(n, hop, rows, seed):
    y = np.random.default_rng(seed).standard_normal(n)
    found = picture(y, Analysis(hop_length=hop, n_mels=rows, n_mfcc=1))
    assert found.shape == (rows, 1 + n // hop)
    assert found.min() >= 0 and found.max() <= 1
    assert (found.sum(axis=0) > 0.499).all()  # half of it may lie above the edge


def test_loudness_changes_nothing():
    y = np.random.default_rng(0).standard_normal(1000)
    np.testing.assert_allclose(picture(y), picture(0.01 * y), atol=1e-4)


@pytest.mark.parametrize("fit", ["place", "stretch"])
def test_a_network_can_be_shown_it(fit):
    y = np.sin(np.arange(3000) / 3).astype(np.float32)
    image = to_image(y, ImageConfig(kind="plotted", fit=fit))
    assert image.shape == WAVEFORM.shape == (40, 51, 1)
    outside = image[30:, :5].mean() < image[30:, 20:30].mean()
    assert outside == (fit == "place")  # placed, there is silence before the word


def test_it_has_no_decibels_to_scale():
    with pytest.raises(ValueError, match="scale='unit' needs dB; Plotted waveform has none"):
        ImageConfig(kind="plotted", scale="unit")
    assert IMAGE_KINDS["plotted"].summary.endswith(".")
