"""The story of a spectrogram: its spectra are right, and its picture grows."""

import numpy as np
import pytest

from core.charts.story import amplitude_figure, growing_figure, spectrum_db


def test_a_full_scale_tone_has_0_db_at_its_frequency():
    y = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000).astype(np.float32)
    S_db = spectrum_db(y, 8000)
    assert S_db.argmax() == 1000
    assert S_db.max() == pytest.approx(0, abs=0.1)


def test_more_samples_than_the_transform_takes_are_refused():
    with pytest.raises(ValueError, match="Choose a larger n_fft"):
        spectrum_db(np.zeros(65, np.float32), 64)


def test_the_picture_grows_column_by_column():
    picture = np.full((5, 10), -20, np.float32)
    z = np.array(growing_figure(picture, 3, 8000, 80, "Viridis").data[0].z, float)
    assert np.isfinite(z[:, :3]).all()
    assert np.isnan(z[:, 3:]).all()


def test_the_chunk_is_marked_where_it_is():
    figure = amplitude_figure(np.zeros(8000, np.float32), 8000, (800, 1600))
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (0.1, 0.2)
