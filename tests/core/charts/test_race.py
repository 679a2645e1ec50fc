"""Charts of a race and of what explains it."""

import math

import numpy as np
import pytest

from core.charts.race import AXES, MEASURES, look_of, race_figure, sweep_figure
from core.charts.surfaces import heights_figure, paths_figure, slope_figure
from core.learning.glass import GLASS, steps
from core.learning.optimizers import OPTIMIZERS
from core.learning.paths import Path
from core.learning.racing.results import HUGE, Point, Results, Trial
from core.learning.surfaces import SURFACES

NAMES = ("sgd", "adam")


def lane(name, rate, losses, lost=False):
    points = [
        Point(i, 19 * i, 0.1 * i, loss, 0.1 * i, loss, 0.1 * i)
        for i, loss in enumerate(losses, start=1)
    ]
    return Trial(name, rate, tuple(points), lost)


RESULTS = Results(
    start=Point(0, 0, 0.0, 2.3, 0.1, 2.3, 0.1),
    n_train=600,
    n_validation=60,
    sweeps={
        "sgd": (lane("sgd", 0.05, [2.0, 1.0]), lane("sgd", 0.5, [10 * HUGE], lost=True)),
        "adam": (lane("adam", 0.001, [1.5, 0.5]), Trial("adam", 0.003)),
    },
    lanes={"sgd": lane("sgd", 0.05, [2.0, 1.0]), "adam": lane("adam", 0.001, [1.5, 10 * HUGE])},
)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("measure", MEASURES)
def test_every_lane_is_drawn_from_the_common_start(axis, measure):
    figure = race_figure(RESULTS, NAMES, axis, measure)
    assert [t.name for t in figure.data] == ["SGD, 0.05", "Adam, 0.001"]
    for trace in figure.data:
        assert trace.x[0] == 0
        assert trace.y[0] == getattr(RESULTS.start, measure)
        assert len(trace.x) == 3
    assert figure.layout.yaxis.title.text == MEASURES[measure]


def test_a_loss_that_is_no_longer_finite_is_not_drawn_and_a_log_axis_has_no_zero():
    figure = race_figure(RESULTS, NAMES, "step", "loss", log=True)
    assert figure.data[1].y[-1] is None
    assert all(x > 0 for trace in figure.data for x in trace.x)
    assert figure.layout.xaxis.type == "log"


def test_the_sweep_shows_every_rate_the_racing_one_large_and_the_lost_one_at_the_top():
    sgd, adam = sweep_figure(RESULTS, NAMES).data
    assert [*sgd.x] == [0.05, 0.5]
    assert sgd.y[1] > 2.3
    assert sgd.marker.symbol[1] != sgd.marker.symbol[0]
    assert sgd.marker.size[0] > sgd.marker.size[1]
    assert [*adam.x] == [0.001], "one that has only begun has no score"
    assert [t.name for t in sweep_figure(Results(), NAMES).data] == []


def test_optimizers_are_told_apart_without_colour():
    looks = [look_of(name) for name in OPTIMIZERS]
    assert len({look.colour for look in looks}) == len(looks)
    assert len({look.symbol for look in looks}) == len(looks)


@pytest.mark.parametrize("key", SURFACES)
def test_paths_lie_over_the_surface_with_start_and_goal(key):
    surface = SURFACES[key]
    path = Path((0.0, 0.5), (0.0, 0.25), (3.0, 2.0), lost=True)
    figure = paths_figure(surface, {"adam": path}, surface.start)
    drawn = {t.name: t for t in figure.data if t.name}
    assert [*drawn["Adam (ran away)"].x] == [0.0, 0.5]
    assert np.isfinite(np.array(figure.data[0].z)).all()
    assert tuple(figure.layout.xaxis.range) == surface.x
    assert [*heights_figure({"adam": path}).data[0].y] == [3.0, 2.0]


def test_the_slope_shows_each_optimizers_step_as_an_arrow():
    taken = {name: steps(name, 2.0, 4.0, 0.1, 3) for name in GLASS}
    figure = slope_figure(taken, 2.0, 3)
    arrows = [t for t in figure.data if t.name]
    assert len(arrows) == len(GLASS)
    for trace, each in zip(arrows, taken.values(), strict=True):
        assert [*trace.x] == [each[-1].before, each[-1].after]
    assert all(math.isfinite(y) for t in figure.data for y in t.y)
