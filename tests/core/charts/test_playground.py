"""Charts of the playground: axes, smoothing, several runs, a network, a schedule, probes."""

import math

import numpy as np
import pytest

from core.charts.axes import AXES, HUGE, places, smoothed
from core.charts.learning import confusion_figure, curves_figure
from core.charts.network import network_figure
from core.charts.probes import probes_figure
from core.charts.runs import CURVES, MOST_RUNS, overlaid_figure
from core.charts.schedule import schedule_figure
from core.learning.history import Epoch, History, Moment
from core.learning.networks import NETWORKS
from core.learning.probes import Probes
from core.learning.schedules import SCHEDULES

EPOCHS = tuple(
    Epoch(i, 10 * i, 2.0 / i, 0.3 * i, 2.2 / i, 0.25 * i, 0.001, 4.0 * i) for i in (1, 2)
)
HISTORY = History(tuple(Moment(5 * i, 0.5 * i, 2.3 / i, 0.1) for i in (1, 3, 5)), EPOCHS)


def test_seconds_lie_between_epochs_in_proportion_to_steps_and_go_on_at_the_last_pace():
    assert places(HISTORY, HISTORY.moments, "seconds") == [2.0, 6.0, 10.0]
    assert places(HISTORY, HISTORY.moments, "step") == [5, 15, 25]
    assert places(History(HISTORY.moments), HISTORY.moments, "seconds") == [None] * 3


def test_smoothing_keeps_a_constant_passes_over_gaps_and_is_nothing_at_zero():
    assert smoothed([3.0, None, HUGE * 10, 3.0], 0.9) == pytest.approx([3.0, None, None, 3.0])
    assert smoothed([1.0, 2.0], 0.0) == [1.0, 2.0]
    wild = smoothed([0.0, 1.0] * 50, 0.9)
    assert np.ptp(wild[50:]) < 0.1


@pytest.mark.parametrize("axis", AXES)
def test_a_smoothed_curve_has_the_raw_one_behind_it_and_zoom_stays(axis):
    figure = curves_figure(HISTORY, axis, 0.8, (1, 2))
    raw = next(t for t in figure.data if t.name == "validation, raw")
    assert list(raw.y) == [e.val_loss for e in EPOCHS]
    assert raw.opacity < 0.5
    assert len(figure.layout.shapes) == 2  # the span, in both panels
    assert figure.layout.uirevision == curves_figure(History(), axis).layout.uirevision


@pytest.mark.parametrize("curve", CURVES)
def test_runs_lie_over_each_other_told_apart_by_more_than_colour(curve):
    runs = [(f"<b>{i}</b>", HISTORY) for i in range(MOST_RUNS + 2)]
    figure = overlaid_figure(runs, curve, "step", 0.3)
    shown = [t for t in figure.data if t.showlegend]
    if curve == "unseen":
        assert shown == []  # not measured is not zero
        return
    assert len(shown) == MOST_RUNS
    assert len({t.line.dash for t in shown}) == len({t.marker.symbol for t in shown}) == MOST_RUNS
    assert shown[0].name == "&lt;b&gt;0&lt;/b&gt;"


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_drawn_with_every_layer_and_its_shape(name):
    layers = NETWORKS[name].layers((40, 51, 1))
    figure = network_figure(layers, (40, 51, 1))
    assert len(figure.data) == len(layers) + 1
    texts = [a.text for a in figure.layout.annotations]
    assert texts == ["40 x 51 x 1", *(" x ".join(map(str, x.shape)) for x in layers)]


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_drawn_before_the_start(name):
    (line,) = schedule_figure(0.1, name, 12).data
    assert max(line.y) == pytest.approx(0.1)
    assert max(line.x) < 12


def test_a_cell_that_can_be_pressed_says_which_it_is_and_empty_ones_cannot():
    _, points = confusion_figure([[2, 1], [0, 3]], pressable=True).data
    assert [tuple(c) for c in points.customdata] == [(0, 0), (0, 1), (1, 1)]


def test_probes_leave_out_what_is_no_number_and_bound_what_is_huge():
    figure = probes_figure(Probes(0.1, 2.0, {0.01: 1.9, 0.1: 1.0, 1.0: 900.0, 10.0: math.inf}))
    assert list(figure.data[0].x) == [0.01, 0.1, 1.0]
    assert figure.layout.yaxis.range[1] < 3
