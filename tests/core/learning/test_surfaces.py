"""Surfaces and the paths over them: known lowest points, and Keras's own steps."""

import keras
import numpy as np
import pytest

from core.learning.optimizers import OPTIMIZERS, build_optimizer
from core.learning.paths import MOST_STEPS, path, with_momentum
from core.learning.surfaces import CURVATURE, SURFACES, rate_on

MOMENTUM = 0.9


@pytest.mark.parametrize("key", SURFACES)
def test_a_surface_is_lowest_where_it_says_and_shows_it(key):
    surface = SURFACES[key]
    x, y = np.meshgrid(np.linspace(*surface.x, 60), np.linspace(*surface.y, 60))
    assert surface.height(*surface.lowest) == pytest.approx(0, abs=1e-12)
    assert surface.height(x, y).min() >= 0
    for place in (surface.lowest, surface.start):
        assert surface.x[0] < place[0] < surface.x[1]
        assert surface.y[0] < place[1] < surface.y[1]


def test_the_surfaces_are_the_ones_in_the_literature():
    assert SURFACES["rosenbrock"].height(-1.2, 1.0) == pytest.approx(24.2)  # Rosenbrock's start
    assert SURFACES["beale"].height(0.0, 0.0) == pytest.approx(1.5**2 + 2.25**2 + 2.625**2)
    assert SURFACES["valley"].height(0.0, 1.0) == CURVATURE * SURFACES["valley"].height(1.0, 0.0)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_path_is_what_the_keras_optimizer_does_step_by_step(name):
    """The reference applies the optimizer to one variable, eagerly, with gradients by hand."""
    rate, momentum, start = rate_on("valley", name), 0.8, (-3.0, 0.5)
    made = with_momentum(build_optimizer(name, rate), momentum)
    place = keras.Variable(np.array(start, np.float32))
    made.build([place])
    wanted = [start]
    for _ in range(6):
        g = np.array(place.value) * np.array([1, CURVATURE], np.float32)
        made.apply([keras.ops.convert_to_tensor(g)], [place])
        wanted.append(tuple(np.array(place.value).tolist()))
    found = path("valley", name, rate, momentum, start, 6)
    np.testing.assert_allclose(np.transpose([found.x, found.y]), wanted, rtol=1e-4, atol=1e-5)
    assert found.steps == 6
    assert not found.lost


@pytest.mark.parametrize("surface", SURFACES)
def test_every_path_that_the_page_begins_with_goes_down_and_stays(surface):
    for name in ("gradient_descent", "momentum", "adam"):
        start = SURFACES[surface].start
        found = path(surface, name, rate_on(surface, name), MOMENTUM, start, MOST_STEPS)
        assert not found.lost
        assert found.heights[-1] < 0.7 * found.heights[0]


def test_momentum_is_another_path_for_those_that_keep_some_and_none_for_the_others():
    def end(name, momentum):
        start = SURFACES["valley"].start
        return path("valley", name, rate_on("valley", name), momentum, start, 20).x[-1]

    for name in ("momentum", "nesterov", "adam", "adamw"):
        assert end(name, 0.5) != end(name, 0.9)
    for name in ("gradient_descent", "adagrad", "rmsprop"):
        assert end(name, 0.5) == end(name, 0.9)
    assert end("momentum", 0.0) == pytest.approx(end("sgd", 0.9))


def test_too_long_a_step_runs_away_and_the_path_ends_before_it_is_infinite():
    found = path("valley", "gradient_descent", 0.2, MOMENTUM, (-4.0, 1.0), MOST_STEPS)
    assert found.lost
    assert found.steps < MOST_STEPS
    assert np.isfinite([*found.x, *found.y, *found.heights]).all()


def test_noise_meets_all_but_full_batch_gradient_descent_and_always_the_same():
    def walked(name, noise, seed=0):
        return path("valley", name, 0.02, MOMENTUM, (-4.0, 1.0), 30, noise, seed)

    assert walked("gradient_descent", 1.0) == walked("gradient_descent", 0.0)
    assert walked("sgd", 0.0) == walked("gradient_descent", 0.0)
    assert walked("sgd", 0.5) != walked("sgd", 0.0)
    assert walked("sgd", 0.5) == walked("sgd", 0.5)
    assert walked("sgd", 0.5) != walked("sgd", 0.5, seed=1)


@pytest.mark.parametrize(
    "wrong",
    [{"surface": "moon"}, {"momentum": 1.0}, {"n_steps": 0}, {"rate": 0.0}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_makes_no_path_is_a_sentence(wrong):
    settings = {
        "surface": "valley",
        "optimizer": "sgd",
        "rate": 0.1,
        "momentum": 0.9,
        "start": (0.0, 1.0),
        "n_steps": 5,
    }
    with pytest.raises(ValueError, match=r"expected|Choose"):
        path(**{**settings, **wrong})
