"""Charts of a whole set: the grid, a matrix and the map say what they were given."""

import numpy as np

from core.charts.sets import grid_figure, map_figure, matrix_figure


def test_the_grid_shows_low_frequencies_at_the_bottom_of_each_cell():
    thumbnails = np.zeros((1, 1, 4, 3), np.float32)
    thumbnails[0, 0, 0] = 1  # the lowest row
    figure = grid_figure(thumbnails, np.array([[5]]), [7], ["anna"])
    mosaic = np.array(figure.data[0].z, float)
    assert figure.layout.yaxis.autorange == "reversed"  # the last row of a cell is its lowest
    assert mosaic[3, :3].tolist() == [1, 1, 1]
    assert mosaic[0, :3].tolist() == [0, 0, 0]


def test_a_cell_without_clips_takes_no_click():
    thumbnails = np.zeros((2, 1, 4, 3), np.float32)
    figure = grid_figure(thumbnails, np.array([[5], [0]]), [7, 8], ["anna"])
    assert [list(point) for point in figure.data[2].customdata] == [[7, "anna"]]


def test_what_was_not_measured_is_blank_in_a_matrix():
    figure = matrix_figure(np.array([[0.0, np.nan], [np.nan, 0.0]]), ["a", "b"], "dB")
    assert [list(row) for row in figure.data[0].text] == [["0.0", ""], ["", "0.0"]]


def test_every_clip_stands_on_the_map_once_under_its_own_number():
    points = np.random.default_rng(0).standard_normal((20, 2)).astype(np.float32)
    figure = map_figure(points, [str(i % 3) for i in range(20)], [str(i) for i in range(20)])
    numbers = sorted(int(c[0]) for trace in figure.data for c in trace.customdata)
    assert numbers == list(range(20))
    assert len({trace.marker.symbol for trace in figure.data}) == 3
