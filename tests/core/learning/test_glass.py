"""One step under glass: arithmetic that agrees with Keras's own optimizers."""

import pytest

from core.learning.glass import GLASS, agrees, gradient, keras_weights, loss, steps


@pytest.mark.parametrize("name", GLASS)
@pytest.mark.parametrize(("steepness", "start"), [(2.0, 4.0), (0.01, -3.0), (100.0, 1.5)])
def test_every_step_is_the_one_that_keras_takes(name, steepness, start):
    ours = steps(name, steepness, start, 0.05, 7)
    theirs = keras_weights(name, steepness, start, 0.05, 7)
    assert all(agrees(step.after, w, start) for step, w in zip(ours, theirs, strict=True))
    assert [step.number for step in ours] == [1, 2, 3, 4, 5, 6, 7]


def test_a_step_that_differs_by_a_thousandth_does_not_agree():
    assert not agrees(3.0, 3.001, 4.0)
    assert agrees(3.0, 3.0 + 1e-7, 4.0)


def test_gradient_descents_first_step_by_hand():
    (step,) = steps("gradient_descent", 2.0, 4.0, 0.1, 1)
    assert (step.gradient, step.change, step.after) == pytest.approx((6.0, -0.6, 3.4))
    assert loss(4.0, 2.0) == 9.0


def test_momentum_adds_nine_tenths_of_its_last_step():
    first, second = steps("momentum", 2.0, 4.0, 0.1, 2)
    assert second.velocity == first.change
    assert second.change == pytest.approx(0.9 * first.change - 0.1 * gradient(first.after, 2.0))


@pytest.mark.parametrize("steepness", [0.01, 1.0, 100.0])
def test_adams_first_step_is_the_learning_rate_long_however_steep_the_slope(steepness):
    (step,) = steps("adam", steepness, 4.0, 0.1, 1)
    assert step.change == pytest.approx(-0.1, rel=1e-3)
    mean, square = step.corrected
    assert mean == pytest.approx(step.gradient)
    assert square == pytest.approx(step.gradient**2)


def test_an_optimizer_that_is_not_under_the_glass_is_named():
    with pytest.raises(ValueError, match="adagrad"):
        steps("adagrad", 1.0, 1.0, 0.1, 1)
