"""The sweep: it begins around the default and goes on where the best rate lies at its edge."""

import math

import pytest

from core.learning.optimizers import OPTIMIZERS
from core.learning.racing.specs import FACTORS
from core.learning.racing.sweeping import at_the_edge, best_rate, grid, next_rate

LOST = float("inf")


def swept(score, rates=5, optimizer="adam"):
    """Return the scores of all rates that a sweep tries, in the order of trying."""
    scores = {}
    while (rate := next_rate(optimizer, rates, scores)) is not None:
        assert rate not in scores
        scores[rate] = score(rate)
        assert len(scores) <= len(FACTORS)
    return scores


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("rates", range(1, 8))
def test_a_sweep_begins_around_the_optimizers_own_default(optimizer, rates):
    found = grid(optimizer, rates)
    assert len(found) == rates
    assert [*found] == sorted(found)
    assert OPTIMIZERS[optimizer].learning_rate in found


def test_a_best_rate_inside_ends_the_sweep():
    scores = swept(lambda rate: abs(math.log10(rate / 0.001)))
    assert [*scores] == [*grid("adam", 5)]
    assert best_rate(scores) == pytest.approx(0.001)
    assert not at_the_edge(scores)


@pytest.mark.parametrize("wanted", [0.01, 0.03, 0.1, 0.0001, 0.00001])
def test_a_best_rate_at_the_edge_is_followed_until_it_lies_inside(wanted):
    scores = swept(lambda rate: abs(math.log10(rate / wanted)))
    assert best_rate(scores) == pytest.approx(wanted)
    assert not at_the_edge(scores)
    assert len(scores) > 5 or wanted in (0.001, 0.003)


def test_a_sweep_that_gets_better_without_end_ends_and_says_so():
    scores = swept(lambda rate: -rate)
    assert max(scores) == pytest.approx(0.001 * FACTORS[-1])
    assert at_the_edge(scores)


def test_rates_that_all_leave_the_bounds_lead_to_shorter_steps():
    scores = swept(lambda rate: LOST if rate > 0.00002 else 1.0)
    assert best_rate(scores) is not None
    assert best_rate(scores) < 0.00002


def test_where_every_rate_leaves_the_bounds_there_is_no_best_one():
    scores = swept(lambda rate: LOST)
    assert min(scores) == pytest.approx(0.001 * FACTORS[0])
    assert best_rate(scores) is None
    assert not at_the_edge(scores)


def test_a_sweep_goes_on_where_it_was_cut_short():
    scores = swept(lambda rate: rate)
    some = dict([*scores.items()][:3])
    assert next_rate("adam", 5, some) == [*scores][3]
