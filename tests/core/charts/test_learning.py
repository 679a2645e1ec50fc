"""Charts of learning: the numbers that were measured, and none that were not."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.charts.axes import HUGE
from core.charts.learning import (
    MOST_MARKS,
    confusion_figure,
    curves_figure,
    probabilities_figure,
)
from core.learning.history import Epoch, History, Mark, Moment
from core.learning.worker import HUGE as WRITTEN_FOR_NAN

EPOCHS = tuple(
    Epoch(i, 10 * i, 2.0 / i, 0.3 * i, 2.2 / i, 0.25 * i, 0.001, float(i)) for i in (1, 2, 3)
)
MOMENTS = tuple(Moment(5 * i, 0.5 * i, 2.3 / i, 0.1 * i) for i in (1, 2, 3, 4))


def curves(history):
    """Return {(name, column): (x, y)} of a figure's traces."""
    found = {}
    for trace in json.loads(curves_figure(history).to_json())["data"]:
        column = 1 if trace["yaxis"] == "y" else 2
        found[trace["name"], column] = (trace["x"], trace["y"])
    return found


def test_loss_and_accuracy_are_drawn_for_training_and_validation_over_epochs():
    found = curves(History(MOMENTS, EPOCHS))
    assert found["training", 1] == ([1, 2, 3], [e.loss for e in EPOCHS])
    assert found["validation", 1][1] == [e.val_loss for e in EPOCHS]
    assert found["training", 2][1] == [e.accuracy for e in EPOCHS]
    assert found["validation", 2][1] == [e.val_accuracy for e in EPOCHS]
    assert found["training, in steps", 1] == (
        [m.epoch for m in MOMENTS],
        [m.loss for m in MOMENTS],
    )
    assert found["training, in steps", 2][1] == [m.accuracy for m in MOMENTS]


def test_a_run_that_has_measured_nothing_yet_is_an_empty_chart():
    for _, y in curves(History()).values():
        assert len(y) == 0


def test_a_loss_that_is_no_longer_a_number_is_not_drawn():
    """It is written as a huge number; drawn, it would flatten all the others."""
    lost = Epoch(4, 40, WRITTEN_FOR_NAN, 0.1, WRITTEN_FOR_NAN, 0.1, 0.1, 4.0)
    only_validation = Epoch(4, 40, 1.0, 0.1, WRITTEN_FOR_NAN, 0.1, 0.1, 4.0)
    moments = (*MOMENTS, Moment(25, 2.5, WRITTEN_FOR_NAN, 0.1))
    for last in (lost, only_validation):
        for _, y in curves(History(moments, (*EPOCHS, last))).values():
            drawn = np.array([v for v in y if v is not None], float)
            assert np.isfinite(drawn).all()
            assert drawn.max() < 100


def test_what_stands_for_no_number_is_recognised_by_the_charts():
    assert WRITTEN_FOR_NAN >= HUGE


def test_what_was_asked_for_is_marked_on_both_charts_where_it_took_effect():
    marks = (Mark(5, 0.5, "pause"), Mark(6, 0.6, "continue"), Mark(10, 1.0, "rate", 0.01))
    layout = curves_figure(History(MOMENTS, EPOCHS, marks=marks)).layout
    lines = [(line.xref, line.x0, line.x1) for line in layout.shapes]
    assert lines == [(x, at, at) for at in (0.5, 1.0) for x in ("x", "x2")]
    words = [(word.text, word.x) for word in layout.annotations if word.textangle == -90]
    assert words == [(text, at) for text, at in (("paused", 0.5), ("rate 0.01", 1.0)) for _ in "12"]
    assert layout.annotations[0].text == "Loss (lower is better)"  # the charts keep their titles


def test_many_marks_are_drawn_without_asking_plotly_for_each(monkeypatch):
    """``add_vline`` copies what is there for every line: forty marks took six seconds a look."""
    monkeypatch.delattr("plotly.graph_objects.Figure.add_vline")
    marks = tuple(Mark(i, i / 10, "pause") for i in range(1, MOST_MARKS + 20))
    layout = curves_figure(History(MOMENTS, EPOCHS, marks=marks)).layout
    assert len(layout.shapes) == 2 * MOST_MARKS


def test_training_and_validation_differ_by_more_than_colour():
    figure = curves_figure(History(MOMENTS, EPOCHS))
    dashes = {t.name: t.line.dash for t in figure.data if t.name in ("training", "validation")}
    assert dashes["training"] != dashes["validation"]


def test_zoom_outlasts_an_update():
    assert (
        curves_figure(History()).layout.uirevision
        == curves_figure(History(MOMENTS, EPOCHS)).layout.uirevision
    )


COUNTS = [[3, 1, 0], [0, 4, 0], [2, 0, 2]]


def test_a_confusion_matrix_shows_counts_and_is_coloured_by_shares_of_a_row():
    (heatmap,) = confusion_figure(COUNTS).data
    np.testing.assert_allclose(heatmap.z, [[0.75, 0.25, 0], [0, 1, 0], [0.5, 0, 0.5]])
    assert [list(row) for row in heatmap.text] == [[3, 1, ""], ["", 4, ""], [2, "", 2]]
    assert list(heatmap.x) == list(heatmap.y) == ["0", "1", "2"]


def test_a_digit_that_nobody_spoke_is_a_row_of_zeros():
    (heatmap,) = confusion_figure([[0, 0], [1, 1]]).data
    np.testing.assert_array_equal(heatmap.z[0], [0, 0])


def test_the_eleventh_answer_is_called_none():
    (heatmap,) = confusion_figure([[0] * 11 for _ in range(11)]).data
    assert list(heatmap.x)[-2:] == ["9", "none"]
    (bars,) = probabilities_figure((0.05,) * 11).data
    assert list(bars.x)[-2:] == ["9", "none"]


@pytest.mark.parametrize("best", [0, 4, 9])
def test_the_most_probable_answer_stands_out(best):
    probabilities = tuple(0.91 if i == best else 0.01 for i in range(10))
    (bars,) = probabilities_figure(probabilities).data
    assert list(bars.y) == list(probabilities)
    colours = list(bars.marker.color)
    assert colours.count(colours[best]) == 1


def test_speakers_left_out_have_a_curve_of_their_own_only_where_somebody_is_left_out():
    def named(history):
        return [t.name for t in curves_figure(history).data]

    epochs = [
        Epoch(i, 10 * i, 1.0, 0.5, 1.1, 0.4, 0.001, 1.0 * i, unseen_loss=2.0, unseen_accuracy=0.3)
        for i in (1, 2)
    ]
    watched = curves_figure(History(epochs=tuple(epochs)))
    strangers = [t for t in watched.data if t.name == "speakers left out"]
    assert [list(t.y) for t in strangers] == [[2.0, 2.0], [0.3, 0.3]]
    dashes = {t.line.dash for t in watched.data if t.line.dash}
    assert len(dashes) == 3  # colour is not the only sign
    plain = History(
        epochs=tuple(replace(e, unseen_loss=None, unseen_accuracy=None) for e in epochs)
    )
    assert "speakers left out" not in named(plain)
