"""Charts of a network's insides: what is drawn is what was measured."""

import numpy as np
import pytest

from core.charts.inside import MAX_COLUMNS, gradients_figure, ratios_figure, units_figure
from core.learning.history import Activity, History, Signals

LAYERS = ("conv_1", "answers")


def history(n=3, steps=2):
    activities = (Activity("conv_1", 0.1, 0.2, 0.25, None), Activity("dense_1", 0, 0, None, 0.5))
    return History(
        signals=tuple(
            Signals(
                steps * i, i / 2, LAYERS, ((0.01, 1.0),) * steps, ((1e-3, 1e-2),) * steps,
                activities, 500.0,
            )
            for i in range(1, n + 1)
        )
    )  # fmt: skip


def test_gradients_are_drawn_layer_by_layer_on_a_logarithmic_axis():
    figure = gradients_figure(history())
    assert [trace.name for trace in figure.data] == [*LAYERS]
    assert list(figure.data[0].y) == [0.01] * 6
    assert list(figure.data[0].x) == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.25, 1.5])
    assert figure.layout.yaxis.type == "log"


def test_ratios_are_a_picture_of_exponents():
    picture = ratios_figure(history()).data[0]
    np.testing.assert_allclose(np.array(picture.z), [[-3] * 6, [-2] * 6], atol=1e-6)
    assert list(picture.y) == [*LAYERS]


def test_units_tell_dead_from_saturated():
    picture = units_figure(history()).data[0]
    assert list(picture.y) == ["conv_1, dead", "dense_1, saturated"]
    assert [list(row) for row in picture.z] == [[0.25] * 3, [0.5] * 3]


def test_a_long_run_is_thinned_to_what_a_screen_can_show():
    long = history(n=50, steps=40)
    assert len(gradients_figure(long).data[0].x) <= MAX_COLUMNS
    assert len(ratios_figure(long).data[0].x) <= MAX_COLUMNS
    assert len(units_figure(history(n=900)).data[0].x) <= MAX_COLUMNS


def test_a_gradient_of_zero_or_beyond_numbers_is_a_gap():
    odd = History(
        signals=(Signals(2, 1.0, LAYERS, ((0.0, 1.0), (1e30, 1.0)), ((0, 0), (0, 0)), (), 1.0),)
    )
    assert list(gradients_figure(odd).data[0].y) == [None, None]
    assert units_figure(odd) is None


@pytest.mark.parametrize("figure", [gradients_figure, ratios_figure, units_figure])
def test_a_run_without_signals_has_no_picture(figure):
    assert figure(History()) is None
