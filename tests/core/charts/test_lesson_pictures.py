"""The lessons' pictures: one each, drawn from what they say."""

import numpy as np
import pytest

from core.charts.lesson_pictures import PICTURES
from core.diagnosis.lessons import LESSONS


def drawn(name):
    picture = PICTURES[name]
    if picture.draw is not None:
        return picture.draw()
    rng = np.random.default_rng(0)
    return picture.of_clips([rng.normal(0, 0.1, n).astype(np.float32) for n in (3000, 4200)])


def test_every_lesson_has_a_picture():
    assert PICTURES.keys() == LESSONS.keys()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_and_says_in_words_what_it_shows(name):
    figure = drawn(name)
    assert len(figure.data) >= 1
    assert PICTURES[name].words.endswith(".")
    for trace in figure.data:
        for values in (trace.y, trace.x, getattr(trace, "z", None)):
            if values is not None and np.asarray(values).dtype.kind == "f":
                assert np.all(np.isfinite(values))


def test_a_sigmoids_share_falls_by_four_a_layer_and_a_relus_stays():
    sigmoid, relu = drawn("vanishing_gradients").data
    assert sigmoid.y[8] == 0.25**8
    assert set(relu.y) == {1.0}


def test_units_begun_at_zero_stay_one_line_and_random_ones_part():
    lines = drawn("zeros").data
    apart = np.ptp([line.y[-1] for line in lines if line.name == "begun random"])
    together = np.ptp([line.y[-1] for line in lines if line.name == "begun all zeros"])
    assert together == 0
    assert apart > 0.1


def test_too_long_steps_climb_the_valley_and_short_ones_descend():
    far, near = drawn("rate_too_high").data[1:]
    assert far.y[-1] > far.y[0]
    assert near.y[-1] < near.y[0]


def test_the_curve_with_as_many_numbers_as_clips_meets_them_all():
    *fits, clips = drawn("overfitting").data
    errors = [np.abs(np.interp(clips.x, fit.x, fit.y) - clips.y).max() for fit in fits]
    assert errors[-1] < 0.05 < errors[0]
