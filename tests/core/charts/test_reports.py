"""Charts of a report and of a network's inside: every value stands where it belongs."""

import numpy as np
import pytest

from core.browsing.robustness import SWEEPS, Step
from core.charts.looking import evidence_figure, filters_figure, maps_figure, tiles
from core.charts.reports import (
    calibration_figure,
    clickable_confusion,
    rejection_figure,
    sweep_figure,
)
from core.learning.calibration import calibration
from core.learning.evaluation import accuracy
from core.learning.rejection import WorkingPoint


def test_every_cell_of_the_matrix_has_a_point_that_names_it():
    counts = [[i * 11 + j for j in range(11)] for i in range(10)]
    figure = clickable_confusion(counts)
    points = figure.data[1]
    assert len(points.customdata) == 110
    for (row, column), x, y in zip(points.customdata, points.x, points.y, strict=True):
        assert y == str(row)
        assert x == ("none" if column == 10 else str(column))
    assert points.marker.opacity == 0


def test_calibration_draws_its_bins_over_the_diagonal():
    logits = np.log(np.array([[0.9, 0.1]] * 10, np.float32))
    found = calibration(logits, np.array([0] * 6 + [1] * 4, np.int32))
    figure = calibration_figure(found)
    assert figure.data[1].x == pytest.approx([0.9])
    assert figure.data[1].y == pytest.approx([0.6])


@pytest.mark.parametrize(("n_others", "lines"), [(0, 2), (5, 3)])
def test_what_no_clip_can_tell_is_not_drawn(n_others, lines):
    curve = [WorkingPoint(t, 8, 1, 1, min(n_others, 2), n_others) for t in (0.0, 0.5)]
    figure = rejection_figure(curve, 0.5)
    assert len(figure.data) == lines
    assert figure.data[0].y == pytest.approx([0.8, 0.8])


def test_a_sweep_shows_its_levels_with_their_intervals():
    steps = [Step(level, accuracy(7, 10)) for level in SWEEPS["speed"].levels]
    figure = sweep_figure(SWEEPS["speed"], steps)
    assert list(figure.data[0].x) == list(SWEEPS["speed"].levels)
    assert figure.data[0].error_y.array[0] == pytest.approx(steps[0].accuracy.high - 0.7)


def test_tiles_stand_in_reading_order_with_a_gap_between():
    pictures = np.stack([np.full((2, 3), i, np.float32) for i in range(3)])
    sheet = tiles(pictures, columns=2)
    assert sheet.shape == (5, 7)
    assert (sheet[3:, :3] == 0).all(), "the first at the top left: rows count from below"
    assert (sheet[3:, 4:] == 1).all()
    assert (sheet[:2, :3] == 2).all()
    assert np.isnan(sheet[2]).all()
    assert np.isnan(sheet[:, 3]).all()


def test_filters_share_a_scale_and_maps_have_their_own():
    pictures = np.stack([np.full((3, 3), v, np.float32) for v in (-0.5, 2.0)])
    figure = filters_figure(pictures)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-2, 2)
    own = maps_figure(np.abs(pictures))
    assert np.nanmin(own.data[0].z) == np.nanmax(own.data[0].z) == 1
    assert np.isfinite(maps_figure(np.zeros((2, 3, 3), np.float32)).data[0].z[0][0])


def test_what_was_not_used_is_left_out_of_the_third_picture():
    image = np.arange(6, dtype=np.float32).reshape(2, 3)
    mask = np.array([[1, 0, 0], [0, 0, 1]], np.float32)
    figure = evidence_figure(image, image - 3, mask, [0.0, 0.1, 0.2], "mel band")
    assert np.isnan(figure.data[2].z[0][1])
    assert figure.data[2].z[1][2] == 5
    assert figure.data[1].zmin == -figure.data[1].zmax == -3
