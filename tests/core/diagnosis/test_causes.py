"""The causes beneath a verdict, on histories with signals made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from core.diagnosis.causes import (
    CAUSES,
    causes,
    dead_relus,
    exploding_gradients,
    identical_units,
    rate_too_high,
    rate_too_low,
    saturation,
    speaker_overfitting,
    untrained_start,
    vanishing_gradients,
)
from core.diagnosis.insides import insides_of
from core.diagnosis.rules import diagnose
from core.learning.history import Activity, Epoch, History, Signals

LAYERS = ("conv_1", "norm_1", "conv_2", "answers")


def signals(gradients=(1.0, 9.0, 1.0, 1.0), ratios=(1e-3,) * 4, activities=(), epoch=1.0, n=20):
    """Return n steps, all alike."""
    return Signals(
        n, epoch, LAYERS, (tuple(gradients),) * n, (tuple(ratios),) * n, tuple(activities), 900.0
    )


def history(accuracy=0.4, inside=(), start=2.31, unseen=None, accuracies=None):
    """Return ten epochs of a network that knows a share of its clips."""
    shares = accuracies or [accuracy] * 10
    epochs = tuple(
        Epoch(i, 40 * i, 1.7, share, 1.7, share, 1e-3, 2.0 * i, None, unseen)
        for i, share in enumerate(shares, start=1)
    )
    return History((), epochs, start, start, 2430, 270, tuple(inside))


def relu(layer, dead):
    return Activity(layer, 0.1, 0.1, dead, None)


def test_a_usual_run_has_no_cause():
    usual = [signals(activities=[relu("conv_1", 0.1)], epoch=i) for i in range(1, 11)]
    assert causes(history(0.97, usual)) == ()
    assert causes(history(0.6, usual)) == ()


def test_a_run_without_signals_is_judged_by_its_curves_alone():
    assert causes(history(0.4)) == ()
    assert [f.cause for f in causes(history(0.4, start=30.0))] == ["untrained_start"]


def test_before_the_first_epoch_nothing_is_said():
    assert causes(History(start_loss=300.0)) == ()


def test_a_first_layer_that_hears_nothing_is_vanishing_gradients():
    found = vanishing_gradients(history(0.1, [signals((1e-6, 5.0, 0.1, 1.0))]))
    assert "1.0e-06" in found.evidence
    assert "conv_1" in found.evidence
    assert vanishing_gradients(history(0.1, [signals((0.01, 5.0, 0.1, 1.0))])) is None


def test_small_gradients_of_a_network_that_has_learned_are_no_trouble():
    inside = [signals((1e-6, 5.0, 0.1, 1.0), ratios=(1e-7,) * 4)]
    assert causes(history(0.97, inside)) == ()


def test_batch_norms_are_not_compared():
    assert insides_of(history(0.1, [signals()])).layers == ("conv_1", "conv_2", "answers")
    assert vanishing_gradients(history(0.1, [signals((0.5, 1e-9, 0.1, 1.0))])) is None


def test_one_gradient_of_many_times_the_usual_size_is_exploding():
    wild = signals((900.0,) * 4, n=1)
    found = exploding_gradients(history(0.1, [signals(), wild]))
    assert found.cause == "exploding_gradients"
    assert exploding_gradients(history(0.1, [signals(), signals((9.0,) * 4, n=1)])) is None


def test_a_loss_beyond_all_numbers_is_exploding_too():
    assert exploding_gradients(history(0.1, [signals((1e30,) * 4)])) is not None


def test_layers_without_any_gradient_began_at_zero_and_nothing_else_is_said():
    inside = [
        signals((0.0, 0.0, 0.0, 1.0), ratios=(0, 0, 0, 1.0), activities=[relu("conv_1", 1.0)])
    ]
    found = causes(history(0.1, inside))
    assert [f.cause for f in found] == ["identical_units"]
    assert identical_units(history(0.1, [signals((1e-9, 0.0, 0.0, 1.0))])) is None


@pytest.mark.parametrize(("share", "fires"), [(0.8, True), (0.3, False)])
def test_dead_units_are_counted_in_the_later_half_of_the_looks(share, fires):
    early = [signals(activities=[relu("conv_1", 1 - share)], epoch=i) for i in (1, 2)]
    late = [signals(activities=[relu("conv_1", share)], epoch=i) for i in (3, 4)]
    found = dead_relus(history(0.3, early + late))
    assert (found is not None) == fires
    if fires:
        assert "80%" in found.evidence


def test_flat_sigmoids_are_saturation():
    flat = Activity("dense_1", 0.5, 0.2, None, 0.9)
    found = saturation(history(0.3, [signals(activities=[relu("conv_1", 0.0), flat])]))
    assert "dense_1" in found.evidence
    assert dead_relus(history(0.3, [signals(activities=[flat])])) is None


def test_steps_of_a_millionth_are_too_short_and_the_verdict_is_slow_not_underfitting():
    slow = history(0.11, [signals(ratios=(1e-6,) * 4)])
    assert "1.0e-06" in rate_too_low(slow).evidence
    assert [f.verdict for f in diagnose(slow)] == ["slow"]
    assert [f.verdict for f in diagnose(history(0.11, [signals()]))] == ["underfitting"]


def test_steps_of_a_fifth_and_swinging_accuracies_are_too_long():
    assert rate_too_high(history(0.3, [signals(ratios=(0.2,) * 4)])) is not None
    restless = history(accuracies=[0.3, 0.5, 0.4, 0.55, 0.35, 0.5, 0.4, 0.5, 0.3, 0.5])
    assert rate_too_high(restless) is not None
    steady = history(accuracies=list(np.linspace(0.2, 0.6, 10)))
    assert rate_too_high(steady) is None


def test_a_start_near_a_guess_is_a_good_start():
    assert untrained_start(history(start=2.5)) is None
    assert "28.1" in untrained_start(history(start=28.1)).evidence


def test_known_voices_right_and_strangers_wrong_is_speaker_overfitting():
    found = speaker_overfitting(history(0.97, unseen=0.6))
    assert "97.0%" in found.evidence
    assert "60.0%" in found.evidence
    assert speaker_overfitting(history(0.97, unseen=0.9)) is None
    assert speaker_overfitting(history(0.97)) is None
    assert speaker_overfitting(history(0.5, unseen=0.1)) is None, "it knows nobody"


@pytest.mark.parametrize("rule", CAUSES, ids=lambda rule: rule.__name__)
def test_every_cause_names_its_rule_and_says_why_and_what_to_try(rule):
    bad = [
        history(0.1, [signals((0.0, 0.0, 0.0, 1.0))], start=40.0),
        history(0.1, [signals((1e-7, 1.0, 0.5, 1.0)), signals((1e5,) * 4, n=1)]),
        history(0.1, [signals(ratios=(0.5,) * 4, activities=[relu("conv_1", 0.9)])]),
        history(0.1, [signals(ratios=(1e-7,) * 4, activities=[Activity("d", 0, 0, None, 0.9)])]),
        history(0.97, unseen=0.5),
    ]
    found = [f for h in bad if (f := rule(h)) is not None]
    assert found
    for finding in found:
        assert finding.cause == rule.__name__
        assert all((finding.title, finding.evidence, finding.why, finding.remedy))
        assert finding.epochs[1] <= 10


def test_a_history_stays_as_it_was():
    before = history(0.1, [signals((1e-6, 5.0, 0.1, 1.0))])
    causes(before)
    assert before == replace(before)
