"""Clips side by side: one scale for all."""

import numpy as np
import pytest

from core.charts.compare import gallery_figure, syllables_figure
from core.sound.spectrograms import Analysis

LOUD = (0.8 * np.sin(np.arange(4000) / 5)).astype(np.float32)
QUIET = (LOUD[:2000] / 10).astype(np.float32)


def test_compared_waveforms_have_one_scale_of_time_and_amplitude():
    figure = gallery_figure([LOUD, QUIET], ["a", "b"], None, Analysis())
    axes = figure.to_dict()["layout"]
    assert axes["xaxis"]["range"] == axes["xaxis2"]["range"] == [0, 0.5]
    assert axes["yaxis"]["range"] == axes["yaxis2"]["range"]
    assert axes["yaxis"]["range"][1] == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize("kind", ["stft", "log_mel"])
def test_compared_spectrograms_have_one_scale_of_level(kind):
    figure = gallery_figure([LOUD, QUIET], ["a", "b"], kind, Analysis())
    loud, quiet = (np.asarray(trace.z) for trace in figure.data)
    assert loud.max() == pytest.approx(0, abs=0.1)
    assert quiet.max() == pytest.approx(-20, abs=0.6)
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (-80, 0)
    assert {trace.coloraxis for trace in figure.data} == {"coloraxis"}


def test_the_parts_of_seven_are_named_and_timed():
    figure = syllables_figure([LOUD, QUIET], ["a", "b"], [2400, 800], 8000)
    words = [a.text for a in figure.layout.annotations]
    assert words[:2] == ["a", "b"]
    assert words[2:4] == ["/ˈsɛv/  300 ms", "/(ə)n/  200 ms"]
    assert words[4:] == ["/ˈsɛv/  100 ms", "/(ə)n/  150 ms"]
    assert len(figure.data) == 4


def test_a_word_whose_turn_was_not_found_is_drawn_without_names():
    figure = syllables_figure([QUIET], ["a"], [None], 8000)
    assert [a.text for a in figure.layout.annotations] == ["a"]
    assert len(figure.data) == 1


@pytest.mark.parametrize("kind", ["stft", "log_mel", "mfcc"])
def test_every_row_of_a_compared_picture_is_in_view(kind):
    figure = gallery_figure([LOUD, QUIET], ["a", "b"], kind, Analysis())
    low, high = figure.layout.yaxis.range
    rows = np.asarray(figure.data[0].y)
    assert low < rows[0]
    assert rows[-1] < high
    assert high - rows[-1] == pytest.approx((rows[1] - rows[0]) / 2)


def test_a_name_is_data_in_a_chart():
    figure = gallery_figure([LOUD], ["<a href='x'>b</a>"], None, Analysis())
    assert figure.layout.annotations[0].text == "&lt;a href='x'&gt;b&lt;/a&gt;"
