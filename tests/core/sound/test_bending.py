"""Pictures bent: rows that move as a throat would move them, columns as another pace would."""

import numpy as np
import pytest

from core.sound.bending import change_pace, warp_frequency
from core.sound.images import LOG_MEL, SEED, WAVEFORM, ImageConfig, images_of_windows, row_hz

HZ = np.linspace(0.0, 4000.0, 41)


class Draws:
    """A generator whose every draw is one given factor."""

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def uniform(self, low, high):
        assert low <= np.log(self.factor) <= high
        return np.log(self.factor)


def rows_lit(at_hz, n_frames=9):
    """Return a picture with one row lit."""
    picture = np.full((41, n_frames), -80, np.float32)
    picture[np.abs(HZ - at_hz).argmin()] = 0
    return picture


@pytest.mark.parametrize("factor", [0.9, 1.0, 1.12])
def test_a_warp_moves_a_low_row_in_proportion(factor):
    moved = warp_frequency(rows_lit(1000), Draws(factor), HZ)
    loudest = HZ[moved.mean(axis=1).argmax()]
    assert loudest == pytest.approx(1000 * factor, abs=60)


@pytest.mark.parametrize("factor", [0.9, 1.12])
def test_a_warp_leaves_the_lowest_and_the_highest_row_where_they_are(factor):
    picture = np.random.default_rng(0).standard_normal((41, 9)).astype(np.float32)
    moved = warp_frequency(picture, Draws(factor), HZ)
    np.testing.assert_allclose(moved[[0, -1]], picture[[0, -1]], atol=1e-5)
    assert np.abs(moved - picture).max() > 0.5


def test_a_warp_by_nothing_changes_nothing():
    picture = np.random.default_rng(0).standard_normal((41, 9)).astype(np.float32)
    np.testing.assert_allclose(warp_frequency(picture, Draws(1.0), HZ), picture, atol=1e-5)


def test_a_picture_whose_rows_are_no_frequencies_is_not_warped():
    assert row_hz(ImageConfig(kind="mfcc")) is None
    assert row_hz(WAVEFORM) is None
    picture = rows_lit(1000)
    assert warp_frequency(picture, Draws(1.1), None) is picture


def test_rows_have_the_frequencies_of_librosa_and_of_the_fourier_transform():
    import librosa

    mel, even = row_hz(LOG_MEL), row_hz(SEED)
    np.testing.assert_allclose(mel, librosa.mel_frequencies(42, fmin=20, fmax=4000)[1:-1])
    np.testing.assert_allclose(even, librosa.fft_frequencies(sr=8000, n_fft=128))
    assert (len(mel), len(even)) == (LOG_MEL.shape[0], SEED.shape[0])


@pytest.mark.parametrize("factor", [0.82, 1.0, 1.2])
def test_a_faster_pace_makes_a_word_shorter_where_it_stands(factor):
    picture = np.full((41, 60), -80, np.float32)
    picture[:, 20:40] = -20
    picture[:, 30] = 0  # its loudest frame
    moved = change_pace(picture, Draws(factor), None)
    loud = np.flatnonzero(moved[0] > -50)
    assert len(loud) == pytest.approx(20 / factor, abs=1.5)
    assert moved[0].argmax() == 30
    np.testing.assert_allclose(moved[:, -1], -80)


def test_bent_pictures_are_scaled_like_any_other():
    config = ImageConfig(scale="row_mean")
    windows = np.random.default_rng(0).standard_normal((3, 8000)).astype(np.float32)
    windows[:, :3000] *= 0.01

    def slower(pictures):
        return np.stack([change_pace(p, Draws(0.85), None) for p in pictures])

    bent = images_of_windows(windows, config, slower)
    assert bent.shape == (3, *config.shape)
    np.testing.assert_allclose(bent.mean(axis=2), 0, atol=1e-4)
    np.testing.assert_allclose(np.square(bent).mean(axis=(1, 2, 3)), 1, atol=1e-3)
