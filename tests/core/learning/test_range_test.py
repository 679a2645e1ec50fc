"""The range test: small rates change nothing, large ones break all, between them it learns."""

from dataclasses import replace

import numpy as np
import pytest

from core.learning.range_test import HIGHEST, LOWEST, SAFE, RangeTest, range_test, smooth


@pytest.fixture(scope="module")
def found(small_spec):
    return range_test(replace(small_spec, optimizer="sgd", batch_size=64))


def test_rates_rise_evenly_on_a_logarithmic_scale(found):
    steps = np.diff(np.log(found.rates))
    np.testing.assert_allclose(steps, np.log(HIGHEST / LOWEST) / 99, rtol=1e-6)
    assert found.rates[0] == pytest.approx(LOWEST)
    assert len(found.rates) == len(found.losses) == len(found.smoothed)


def test_the_loss_stays_falls_and_blows_up(found):
    smoothed = np.array(found.smoothed)
    assert smoothed[25] == pytest.approx(smoothed[10], abs=0.25)
    assert smoothed.min() < 0.95 * smoothed[25]
    assert smoothed[-1] > smoothed.min()


def test_the_steepest_fall_lies_before_the_lowest_loss_and_at_a_rate_that_learns(found):
    lowest = found.rates[int(np.argmin(found.smoothed))]
    assert 1e-4 < found.steepest <= lowest


def test_the_same_spec_gives_the_same_test(small_spec):
    first, again = (range_test(small_spec, n_steps=12) for _ in range(2))
    assert first == again


def test_it_can_be_watched_and_ended(small_spec):
    seen = []
    ended = range_test(
        small_spec,
        stop_asked=lambda: len(seen) >= 5,
        told=lambda rate, loss: seen.append((rate, loss)),
    )
    assert seen == list(zip(ended.rates, ended.losses, strict=True))
    assert len(seen) == 5


def test_a_loss_that_never_falls_has_no_steepest_fall():
    rates = (0.1, 0.2, 0.3, 0.4)
    assert RangeTest(rates, (1.0, 1.1, 1.2, 1.3), (1.0, 1.1, 1.2, 1.3)).steepest is None
    assert RangeTest((), (), ()).steepest is None


def test_the_fall_that_is_named_is_the_steepest():
    smoothed = tuple(np.interp(range(30), [0, 10, 14, 20, 29], [3, 2.9, 1.0, 0.9, 5.0]))
    rates = tuple(float(r) for r in np.geomspace(1e-6, 10, 30))
    assert rates[10] < RangeTest(rates, smoothed, smoothed).steepest < rates[14]


def test_smoothing_names_no_rate_above_the_one_where_it_falls():
    """A running mean alone names one three times too large, which trains badly."""
    rates = tuple(float(r) for r in np.geomspace(LOWEST, HIGHEST, 100))
    losses = 2.3 - 2 / (1 + np.exp((40 - np.arange(100)) / 3))
    losses += 0.05 * np.random.default_rng(0).standard_normal(100)
    found = RangeTest(rates, tuple(losses), smooth(losses.tolist()))
    assert rates[37] <= found.steepest <= rates[43]
    assert found.suggested == pytest.approx(found.steepest / SAFE, rel=0.05)


def test_a_smoothed_constant_is_that_constant():
    assert smooth([2.5] * 7) == pytest.approx((2.5,) * 7)
    assert smooth([]) == ()
