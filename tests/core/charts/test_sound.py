"""Charts of sound: no peak is lost, nothing is drawn twice as large as a screen."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.charts.sound import COLOUR_MAPS, MAX_POINTS, clip_figure, envelope, image_figure
from core.sound.images import PRESETS, to_image
from core.sound.spectrograms import SPECTROGRAMS, Analysis, n_frames


def clip(n=4000, seed=0):
    return (0.3 * np.random.default_rng(seed).standard_normal(n)).astype(np.float32)


def traces(figure):
    return json.loads(figure.to_json())["data"]


def numbers(values):
    """Return a trace's numbers; plotly writes arrays as base64."""
    if isinstance(values, dict):
        import base64

        found = np.frombuffer(base64.b64decode(values["bdata"]), np.dtype(values["dtype"]))
        shape = values.get("shape")
        return found.reshape([int(k) for k in shape.split(",")]) if shape else found
    return np.array(values, float)


def test_a_short_clip_is_drawn_sample_by_sample():
    y = clip(MAX_POINTS)
    seconds, amplitude = envelope(y, 8000)
    np.testing.assert_array_equal(amplitude, y)
    np.testing.assert_allclose(seconds, np.arange(MAX_POINTS) / 8000)


@settings(deadline=None)
@given(st.integers(1, 50_000), st.integers(0, 100))
def test_an_envelope_has_few_points_and_keeps_the_highest_and_the_lowest(n, seed):
    y = clip(n, seed)
    seconds, amplitude = envelope(y, 8000)
    assert len(seconds) == len(amplitude) <= MAX_POINTS
    assert amplitude.max() == y.max()
    assert amplitude.min() == y.min()
    assert (np.diff(seconds) >= 0).all()
    assert seconds[0] >= 0
    assert seconds[-1] <= n / 8000


def test_a_single_sample_that_stands_out_stays_where_it_was():
    y = np.zeros(80_000, np.float32)
    y[43_210] = 0.9
    seconds, amplitude = envelope(y, 8000)
    assert amplitude.max() == np.float32(0.9)
    assert seconds[amplitude.argmax()] == pytest.approx(43_210 / 8000, abs=0.011)


def test_the_last_samples_are_drawn_as_they_are():
    y = np.full(MAX_POINTS + 2, -0.5, np.float32)
    _, amplitude = envelope(y, 8000)
    assert set(amplitude.tolist()) == {-0.5}, "nothing is filled up with zeros"


@pytest.mark.parametrize("kind", SPECTROGRAMS)
@pytest.mark.parametrize("n", [1, 4000, 30_000])
def test_a_clip_is_its_waveform_above_its_spectrogram(kind, n):
    analysis = Analysis()
    waveform, picture = traces(clip_figure(clip(n), kind, analysis))
    assert waveform["type"] == "scatter"
    assert len(numbers(waveform["y"])) <= MAX_POINTS
    assert picture["type"] == "heatmap"
    z = numbers(picture["z"])
    assert z.shape == (SPECTROGRAMS[kind].n_rows(analysis), n_frames(n, analysis))
    assert np.isfinite(z).all()
    assert len(numbers(picture["y"])) == z.shape[0]
    assert len(numbers(picture["x"])) == z.shape[1]


def test_frequency_is_drawn_in_hertz_from_zero_to_half_the_rate():
    _, picture = traces(clip_figure(clip(), "stft", Analysis()))
    rows = numbers(picture["y"])
    assert (rows[0], rows[-1]) == (0, 4000)
    assert (picture["zmin"], picture["zmax"]) == (-80, 0)


def test_time_runs_along_both_in_seconds():
    y = np.zeros(8000, np.float32)
    y[4000:] = clip(4000)
    waveform, picture = traces(clip_figure(y, "stft", Analysis()))
    assert numbers(waveform["x"])[-1] == pytest.approx(1, abs=0.01)
    assert numbers(picture["x"])[-1] == pytest.approx(1, abs=0.01)
    z = numbers(picture["z"])
    assert (z[:, :20] == -80).all()
    assert (z[:, 30:].max(axis=0) > -40).all()


def test_silence_is_drawn_as_floor_and_not_as_holes():
    _, picture = traces(clip_figure(np.zeros(4000, np.float32), "log_mel", Analysis()))
    assert (numbers(picture["z"]) == -80).all()


@pytest.mark.parametrize("colours", COLOUR_MAPS)
def test_every_colour_map_can_be_chosen(colours):
    clip_figure(clip(), "log_mel", Analysis(), colours)
    image_figure(to_image(clip(), PRESETS["log_mel"]), colours)


def test_the_first_experiments_colours_run_from_dark_blue_to_red():
    scale = COLOUR_MAPS["First experiment"]
    assert [stop for stop, _ in scale] == sorted(stop for stop, _ in scale)
    assert (scale[0], scale[-1]) == ([0.0, "#00007f"], [1.0, "#7f0000"])


@pytest.mark.parametrize("preset", PRESETS)
def test_the_image_a_network_sees_is_drawn_cell_by_cell(preset):
    image = to_image(clip(), PRESETS[preset])
    (heatmap,) = traces(image_figure(image))
    np.testing.assert_allclose(numbers(heatmap["z"]), image[..., 0], atol=1e-3)


def test_zoom_outlasts_an_update():
    figures = [clip_figure(clip(seed=s), "log_mel", Analysis()) for s in (0, 1)]
    assert {f.layout.uirevision for f in figures} == {"clip"}
