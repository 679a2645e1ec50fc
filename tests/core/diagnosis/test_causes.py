"""The causes beneath a verdict, on histories with signals made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from core.diagnosis.causes import CAUSES, causes, plateau, too_small_network
from core.diagnosis.data_causes import (
    leaked_split,
    past_its_best,
    shuffled_labels,
    speaker_overfitting,
    too_little_data,
)
from core.diagnosis.insides import insides_of
from core.diagnosis.pace_causes import rate_too_high, rate_too_low, untrained_start
from core.diagnosis.rules import diagnose, overshooting
from core.diagnosis.signal_causes import (
    dead_relus,
    exploding_gradients,
    identical_units,
    saturation,
    vanishing_gradients,
)
from core.learning.history import Activity, Epoch, History, Setting, Signals

LAYERS = ("conv_1", "norm_1", "conv_2", "answers")


def signals(gradients=(1.0, 9.0, 1.0, 1.0), ratios=(1e-3,) * 4, activities=(), epoch=1.0, n=20):
    """Return n steps, all alike."""
    return Signals(
        n, epoch, LAYERS, (tuple(gradients),) * n, (tuple(ratios),) * n, tuple(activities), 900.0
    )


def history(accuracy=0.4, inside=(), start=2.31, unseen=None, accuracies=None, losses=None, **more):
    """Return ten epochs of a network that knows a share of its clips."""
    shares = accuracies or [accuracy] * 10
    losses = losses or [1.7] * len(shares)
    epochs = tuple(
        Epoch(i, 40 * i, loss, share, loss, share, 1e-3, 2.0 * i, None, unseen)
        for i, (share, loss) in enumerate(zip(shares, losses, strict=True), start=1)
    )
    return History((), epochs, start, start, 2430, 270, tuple(inside), **more)


def setting(parameters=10_000, usual_rate=1e-3):
    return Setting("adam", True, False, usual_rate, parameters, False)


def learned_by_heart(val_accuracy, val_losses, n_train=200, **more):
    """Return a run that knows its clips and answers a share of the others."""
    epochs = tuple(
        Epoch(i, 10 * i, 0.1, 0.99, loss, val_accuracy, 1e-3, 1.0 * i)
        for i, loss in enumerate(val_losses, start=1)
    )
    return History((), epochs, 2.31, 2.31, n_train, 180, **more)


def relu(layer, dead):
    return Activity(layer, 0.1, 0.1, dead, None)


def test_a_usual_run_has_no_cause():
    usual = [signals(activities=[relu("conv_1", 0.1)], epoch=i) for i in range(1, 11)]
    assert causes(history(0.97, usual)) == ()
    falling = history(0.6, usual, losses=[2.3 * 0.9**i for i in range(10)])
    assert causes(falling) == ()


def test_the_same_signs_are_no_trouble_while_the_loss_falls():
    """A layer half dead that learns all the same hinders nothing."""
    inside = [signals((1e-6, 5.0, 0.1, 1.0), activities=[relu("conv_1", 0.9)])]
    assert {f.cause for f in causes(history(0.4, inside))} == {"vanishing_gradients", "dead_relus"}
    assert causes(history(0.4, inside, losses=[2.3 * 0.9**i for i in range(10)])) == ()


def test_a_run_without_signals_is_judged_by_its_curves_alone():
    assert [f.cause for f in causes(history(0.4))] == ["plateau"]
    assert [f.cause for f in causes(history(0.9, start=30.0))] == ["untrained_start"]


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
    died = signals((1e-9,) * 4, n=200)
    assert exploding_gradients(history(0.1, [signals(n=2), died])) is None, "it died since"
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


@pytest.mark.parametrize(
    ("start", "accuracy", "fires"),
    [(np.log(10) + 4e-7, 0.1, True), (np.log(10) + 4e-7, 0.97, False), (30.0, 0.1, False)],
    ids=["sigmoids from zeros", "it learned all the same", "sigmoids begun too wide"],
)
def test_a_first_step_without_gradients_began_at_zero(start, accuracy, fires):
    """Of sigmoids the later steps have gradients, and the units are one all the same."""
    first = signals((0.0, 0.0, 0.0, 1.0), n=1)
    found = identical_units(history(accuracy, [first, signals()], start=start))
    assert (found is not None) is fires
    if found is not None:
        assert "In the first step" in found.evidence


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
    assert rate_too_high(history(accuracies=RESTLESS)) is not None
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


def test_a_gap_that_few_strangers_leave_to_chance_is_not_called():
    seen = history(0.97, unseen=0.8, n_unseen=10)
    assert speaker_overfitting(seen) is None
    assert speaker_overfitting(replace(seen, n_unseen=300)) is not None


def test_a_rate_far_from_the_optimizers_usual_one_is_named_where_nothing_is_learned():
    low = history(0.4, losses=[2.0 * 0.97**i for i in range(10)], setting=setting(usual_rate=0.01))
    assert "is 0.1 times what is usual" in rate_too_low(low).evidence
    high = history(0.1, setting=setting(usual_rate=1e-5))
    assert "100 times what is usual" in rate_too_high(high).evidence
    for usual in (low, high):
        usual = replace(usual, setting=setting())
        assert rate_too_low(usual) is None
        assert rate_too_high(usual) is None


@pytest.mark.parametrize(("ratio", "fires"), [(5e-4, True), (5e-3, False)])
def test_a_low_rate_whose_steps_are_as_long_as_usual_is_not_too_low(ratio, fires):
    low = history(
        0.4,
        [signals(ratios=(ratio,) * 4)],
        losses=[2.0 * 0.97**i for i in range(10)],
        setting=setting(usual_rate=0.01),
    )
    assert (rate_too_low(low) is not None) == fires


RESTLESS = [0.3, 0.5, 0.4, 0.55, 0.35, 0.5, 0.4, 0.5, 0.3, 0.5]


@pytest.mark.parametrize(
    ("seen", "sentences"),
    [
        (
            history(0.3, [signals(ratios=(0.2,) * 4)]),
            ["A usual step changes some layer by 20.0% of its weights; about 0.1% is usual."],
        ),
        (
            history(accuracies=RESTLESS),
            ["Its training accuracy fell by 3% or more in 44% of the epochs."],
        ),
        (
            history(0.1, setting=setting(usual_rate=1e-5)),
            ["Its learning rate is 100 times what is usual for this optimizer."],
        ),
        (
            history(0.1, [signals(ratios=(1e30,) * 4)]),
            ["A usual step changes some layer beyond all bounds; about 0.1% is usual."],
        ),
    ],
    ids=["far", "restless", "rate", "endless"],
)
def test_by_what_the_steps_are_seen_to_be_too_long_is_said_and_nothing_else(seen, sentences):
    assert overshooting(seen).evidence.endswith("stands still. " + " ".join(sentences))


def test_swings_that_were_not_there_are_not_counted_up():
    far = history(0.3, [signals(ratios=(0.2,) * 4)])
    assert "in 0%" not in rate_too_high(far).evidence
    assert "in 44% of the epochs" in rate_too_high(history(accuracies=RESTLESS)).evidence


def test_accuracies_of_few_clips_swing_by_chance():
    swinging = [0.30, 0.35, 0.31, 0.36, 0.32, 0.37, 0.33, 0.38, 0.34, 0.40]
    assert rate_too_high(history(accuracies=swinging)) is not None
    assert rate_too_high(replace(history(accuracies=swinging), n_train=60)) is None


def test_a_network_without_room_for_its_answers_is_too_small_and_else_it_is_a_plateau():
    small = history(0.3, setting=setting(parameters=300))
    found = causes(small)
    assert [f.cause for f in found] == ["too_small_network"]
    assert "about 600 bits" in found[0].evidence
    assert too_small_network(replace(small, setting=None)) is None
    roomy = causes(replace(small, setting=setting()))
    assert [f.cause for f in roomy] == ["plateau"]
    assert "Since epoch 1" in roomy[0].evidence
    assert "at the very start" in plateau(history(0.1, losses=[2.3] * 10)).title


def test_a_sign_that_explains_it_leaves_no_plateau():
    inside = [signals(activities=[relu("conv_1", 0.9)])]
    assert [f.cause for f in causes(history(0.3, inside))] == ["dead_relus"]


def test_clips_that_train_and_are_scored_are_a_leak():
    leaky = history(0.97, n_leaked=450)
    assert "450 clips" in leaked_split(leaky).evidence
    assert leaked_split(history(0.97, n_leaked=2)) is None


def test_clips_known_and_a_guess_on_all_others_are_wrong_labels():
    seen = learned_by_heart(0.11, [2.5, 3.0, 4.0, 5.0, 6.0])
    assert "99.0%" in shuffled_labels(seen).evidence
    assert too_little_data(seen) is None, "more wrong labels would not help"
    assert shuffled_labels(learned_by_heart(0.4, [2.5, 3.0, 4.0, 5.0, 6.0])) is None


def test_overfitting_few_clips_is_put_down_to_their_number():
    seen = learned_by_heart(0.8, [0.8] * 5)
    assert "200 clips, about 20 of each" in too_little_data(seen).evidence
    assert too_little_data(replace(seen, n_train=2430)) is None


def test_a_validation_loss_that_rose_for_long_is_past_its_best():
    rising = [0.9, 0.6, 0.5, *np.linspace(0.6, 1.2, 12)]
    found = past_its_best(learned_by_heart(0.8, rising))
    assert "lowest after epoch 3 (0.50)" in found.evidence
    assert found.epochs == (3, 15)
    assert past_its_best(learned_by_heart(0.8, rising[:7])) is None, "too soon"
    assert past_its_best(learned_by_heart(0.8, [0.9, 0.5, *[0.55] * 12])) is None, "too little"


@pytest.mark.parametrize("rule", CAUSES, ids=lambda rule: rule.__name__)
def test_every_cause_names_its_rule_and_says_why_and_what_to_try(rule):
    bad = [
        history(0.1, [signals((0.0, 0.0, 0.0, 1.0))], start=40.0),
        history(0.1, [signals((1e-7, 1.0, 0.5, 1.0)), signals((1e5,) * 4, n=1)]),
        history(0.1, [signals(ratios=(0.5,) * 4, activities=[relu("conv_1", 0.9)])]),
        history(0.1, [signals(ratios=(1e-7,) * 4, activities=[Activity("d", 0, 0, None, 0.9)])]),
        history(0.97, unseen=0.5),
        history(0.97, n_leaked=450),
        history(0.3, setting=setting(parameters=300)),
        history(0.3, setting=setting()),
        learned_by_heart(0.1, [2.5, 3.0, 4.0, 5.0, 6.0]),
        learned_by_heart(0.8, [0.5, *np.linspace(0.6, 1.2, 12)]),
    ]
    found = [f for h in bad if (f := rule(h)) is not None]
    assert found
    for finding in found:
        assert finding.cause == rule.__name__
        assert all((finding.title, finding.evidence, finding.why, finding.remedy))
        assert finding.severity in ("slight", "moderate", "serious")
        assert finding.source.endswith(".")
        assert finding.epochs[0] <= finding.epochs[1] <= 13


def test_a_history_stays_as_it_was():
    before = history(0.1, [signals((1e-6, 5.0, 0.1, 1.0))])
    causes(before)
    assert before == replace(before)
