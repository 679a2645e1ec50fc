"""Schedules and stops: what the rate is when, and when enough is enough."""

import pytest

from core.learning.history import Epoch
from core.learning.schedules import SCHEDULES, scheduled_rate
from core.learning.specs import RunSpec
from core.learning.stopping import reason_to_stop


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("n_steps", [1, 2, 3, 10, 101])
def test_every_rate_lies_above_zero_and_never_above_the_one_chosen(name, n_steps):
    rates = [scheduled_rate(0.3, name, step, n_steps) for step in range(n_steps)]
    assert max(rates) == pytest.approx(0.3)
    assert min(rates) > 0


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_entry_says_what_it_does_and_whose_it_is(name):
    assert SCHEDULES[name].label and SCHEDULES[name].source
    assert SCHEDULES[name].summary.endswith(".")


def test_steps_are_a_tenth_after_half_and_a_hundredth_after_three_quarters():
    rates = [scheduled_rate(1.0, "step", step, 8) for step in range(8)]
    assert rates == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01])


def test_a_step_beyond_the_last_has_the_last_ones_rate_or_none():
    assert scheduled_rate(1.0, "cosine", 12, 10) == pytest.approx(0, abs=1e-12)


def epochs(*values):
    """Return epochs of these validation losses; accuracy 1 - loss, ten seconds each."""
    return [
        Epoch(i, 10 * i, v, 0.5, v, 1 - v, 0.1, 10.0 * i) for i, v in enumerate(values, start=1)
    ]


def test_without_a_condition_a_run_goes_on():
    assert reason_to_stop(RunSpec(), epochs(0.5, 0.6, 0.7, 0.8)) is None
    assert reason_to_stop(RunSpec(patience=1, stop_score=0.1, stop_seconds=1), []) is None


def test_patience_counts_epochs_since_the_best():
    spec = RunSpec(patience=2)
    assert reason_to_stop(spec, epochs(0.5, 0.4, 0.6)) is None
    reason = reason_to_stop(spec, epochs(0.5, 0.4, 0.6, 0.41))
    assert reason == "no better validation loss for 2 epochs (the best was epoch 2)"


def test_a_loss_that_is_no_number_is_no_best():
    assert reason_to_stop(RunSpec(patience=2), epochs(0.5, float("nan"), float("nan")))
    assert reason_to_stop(RunSpec(patience=2), epochs(float("nan"), 0.5)) is None


def test_a_score_is_reached_when_the_latest_epoch_has_it():
    spec = RunSpec(stop_score=0.97)
    assert reason_to_stop(spec, epochs(0.5, 0.04)) is None
    assert reason_to_stop(spec, epochs(0.5, 0.03)) == "validation accuracy 97.0% reached 97.0%"


def test_time_is_up_at_the_end_of_the_epoch_in_which_it_ran_out():
    spec = RunSpec(stop_seconds=25)
    assert reason_to_stop(spec, epochs(0.5, 0.4)) is None
    assert reason_to_stop(spec, epochs(0.5, 0.4, 0.3)) == ("30 s of training, 25 s were asked for")


def test_a_run_may_end_before_its_schedule_does():
    spec = RunSpec(epochs=9, stop_epochs=2)
    assert reason_to_stop(spec, epochs(0.5)) is None
    assert reason_to_stop(spec, epochs(0.5, 0.4)) == "2 of 9 epochs, no more were asked for"
