"""The rules of diagnosis on histories made by hand, and the noise that must not trigger them."""

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from core.diagnosis.data_causes import speaker_overfitting
from core.diagnosis.measures import ENOUGH_EPOCHS, standard_error
from core.diagnosis.rules import (
    GAP,
    RULES,
    diagnose,
    diverged,
    overfitting,
    overshooting,
    too_slow,
    underfitting,
)
from core.learning.history import Epoch, History, Setting

VERDICTS = {"healthy", "underfitting", "slow", "overfitting", "unjudged"}


def history(loss, accuracy, val_loss=None, val_accuracy=None, n_validation=270, **more):
    """Return a history from curves; validation follows training where none is given."""
    val_loss = loss if val_loss is None else val_loss
    val_accuracy = accuracy if val_accuracy is None else val_accuracy
    epochs = tuple(
        Epoch(i, 40 * i, *values, 0.001, 2.0 * i)
        for i, values in enumerate(
            zip(loss, accuracy, val_loss, val_accuracy, strict=True), start=1
        )
    )
    return History((), epochs, 2.31, 2.31, n_train=2430, n_validation=n_validation, **more)


HEALTHY = history(
    loss=[1.6, 0.7, 0.4, 0.25, 0.18, 0.14, 0.11, 0.09, 0.08, 0.07],
    accuracy=[0.45, 0.78, 0.88, 0.92, 0.945, 0.96, 0.965, 0.97, 0.975, 0.98],
    val_loss=[0.9, 0.45, 0.28, 0.2, 0.16, 0.14, 0.12, 0.11, 0.11, 0.11],
    val_accuracy=[0.7, 0.87, 0.92, 0.945, 0.955, 0.96, 0.965, 0.967, 0.97, 0.97],
)
OVERFITTING = history(
    loss=[1.5, 0.6, 0.25, 0.1, 0.05, 0.02, 0.01, 0.006, 0.004, 0.003],
    accuracy=[0.5, 0.8, 0.93, 0.97, 0.99, 0.995, 1, 1, 1, 1],
    val_loss=[1.3, 0.8, 0.65, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3],
    val_accuracy=[0.55, 0.72, 0.79, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8],
)
UNDERFITTING = history(
    loss=[2.2, 1.9, 1.75, 1.7, 1.69, 1.685, 1.68, 1.678, 1.677, 1.676],
    accuracy=[0.15, 0.3, 0.38, 0.4, 0.41, 0.41, 0.415, 0.415, 0.42, 0.42],
)
SLOW = history(
    loss=[2.3 * 0.95**i for i in range(12)],
    accuracy=[0.12 + 0.03 * i for i in range(12)],
)
ADAM = Setting("adam", True, False, 0.001, 10_000, False)
OVERSHOT = replace(
    history(loss=[2.31] * 8, accuracy=[0.1] * 8), setting=replace(ADAM, usual_rate=1e-5)
)
DIVERGED = history(loss=[2.3, 4.0, 60.0, 1e30], accuracy=[0.1] * 4)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (HEALTHY, "healthy"),
        (OVERFITTING, "overfitting"),
        (UNDERFITTING, "underfitting"),
        (SLOW, "slow"),
        (DIVERGED, "slow"),
        (OVERSHOT, "slow"),
    ],
    ids=["healthy", "overfitting", "underfitting", "slow", "diverged", "overshot"],
)
def test_each_trouble_has_its_verdict_first(seen, verdict):
    assert diagnose(seen)[0].verdict == verdict


def test_healthy_stands_alone():
    assert len(diagnose(HEALTHY)) == 1


def test_rising_validation_loss_over_known_clips_is_overfitting():
    (finding,) = diagnose(OVERFITTING)
    assert finding.verdict == "overfitting"
    assert "100.0%" in finding.evidence
    assert "80.0%" in finding.evidence
    assert "of 270 clips" in finding.evidence
    assert "20.0 points less" in finding.evidence
    assert "lowest validation loss was 0.65, now it is 1.30" in finding.evidence
    assert finding.epochs == (3, 10)


def test_a_loss_that_still_falls_is_too_slow_and_not_underfitting():
    assert too_slow(SLOW) is not None
    assert underfitting(SLOW) is None
    assert "5.0% an epoch" in too_slow(SLOW).evidence


def test_a_loss_that_stands_still_is_underfitting_and_not_too_slow():
    assert underfitting(UNDERFITTING) is not None
    assert too_slow(UNDERFITTING) is None
    assert "42.0% of the clips it trains on" in underfitting(UNDERFITTING).evidence


def test_a_network_that_knows_its_clips_is_neither_slow_nor_underfitting():
    for rule in (too_slow, underfitting):
        assert rule(HEALTHY) is None
        assert rule(OVERFITTING) is None


def test_dropout_that_holds_training_accuracy_down_is_not_underfitting():
    """Training is measured with dropout; a good validation says that the clips are known."""
    seen = history(
        loss=[1.5, 0.8, 0.6, 0.5, 0.45, 0.44, 0.44, 0.44],
        accuracy=[0.5, 0.75, 0.82, 0.85, 0.86, 0.86, 0.86, 0.86],
        val_accuracy=[0.7, 0.9, 0.95, 0.96, 0.97, 0.97, 0.97, 0.97],
    )
    assert [f.verdict for f in diagnose(seen)] == ["healthy"]


def test_changed_copies_are_judged_by_the_validation_clips_with_their_doubt():
    seen = history(
        loss=[1.8, 1.3, 1.1, 1.0, 0.99, 0.99, 0.99, 0.99],
        accuracy=[0.4, 0.6, 0.7, 0.75, 0.76, 0.76, 0.76, 0.76],
        val_accuracy=[0.6, 0.8, 0.9, 0.92, 0.93, 0.93, 0.93, 0.93],
        n_validation=180,
    )
    assert diagnose(seen)[0].verdict == "underfitting"
    changed = replace(seen, setting=replace(ADAM, harder=True))
    assert [f.verdict for f in diagnose(changed)] == ["healthy"]


def test_a_loss_above_a_wild_guess_has_diverged_even_after_one_epoch():
    finding = diverged(DIVERGED)
    assert finding is not None
    assert "not a number any more" in finding.evidence
    assert "Divide the learning rate by 10" in finding.remedy
    first = history(loss=[80.0], accuracy=[0.1])
    assert diagnose(first)[0].title == diverged(first).title
    assert "80.00" in diverged(first).evidence


def test_a_huge_loss_is_written_so_that_it_can_be_read():
    assert "is 3.2e+12 after" in diverged(history(loss=[3.2e12], accuracy=[0.1])).evidence


def test_a_guess_among_ten_has_not_diverged():
    assert diverged(history(loss=[math.log(10)] * 5, accuracy=[0.1] * 5)) is None


def test_a_loss_that_recovered_has_not_diverged():
    seen = history(loss=[9.0, 2.0, 1.0, 0.5], accuracy=[0.1, 0.4, 0.7, 0.9])
    assert diverged(seen) is None


def test_nothing_learned_at_a_rate_far_above_the_optimizers_is_slow_and_not_underfitting():
    """What the network could learn was never seen."""
    assert overshooting(OVERSHOT) is not None
    assert underfitting(OVERSHOT) is None
    usual = replace(OVERSHOT, setting=ADAM)
    assert overshooting(usual) is None
    assert underfitting(usual) is not None


def test_a_network_that_has_seen_the_exam_is_never_called_healthy():
    (finding,) = diagnose(replace(HEALTHY, n_leaked=500))
    assert finding.verdict == "unjudged"
    assert "500 clips" in finding.evidence
    assert diagnose(replace(HEALTHY, n_leaked=2))[0].verdict == "healthy"


def heard(share, n_unseen=200):
    """Return the healthy history with a speaker left out, of whom it understands a share."""
    epochs = tuple(replace(e, unseen_accuracy=share) for e in HEALTHY.epochs)
    return replace(HEALTHY, epochs=epochs, n_unseen=n_unseen)


def test_where_nobody_was_left_out_it_is_said_how_to_measure_strangers():
    assert "leave a speaker out" in diagnose(HEALTHY)[0].remedy


def test_where_somebody_was_left_out_the_measured_number_stands_there():
    (finding,) = diagnose(heard(0.95))
    assert finding.verdict == "healthy"
    assert finding.remedy == (
        "Keep the model: of 200 clips by speakers it has never heard it answered 95.0% right."
    )


def test_a_model_that_knows_voices_and_not_digits_is_not_kept_without_a_word_of_it():
    seen = heard(0.6)
    assert speaker_overfitting(seen) is not None
    (finding,) = diagnose(seen)
    assert finding.remedy.startswith("Speaker overfitting: of 200 clips by speakers it has never")
    assert "60.0%" in finding.remedy
    assert "leave a speaker out" not in finding.remedy


# Not yet.


@pytest.mark.parametrize("n", range(ENOUGH_EPOCHS))
@pytest.mark.parametrize("seen", [HEALTHY, OVERFITTING, UNDERFITTING, SLOW])
def test_before_enough_epochs_nothing_is_judged_and_that_is_not_healthy(seen, n):
    (finding,) = diagnose(replace(seen, epochs=seen.epochs[:n]))
    assert finding.verdict == "unjudged"
    assert finding.title == "Could not judge yet"
    assert f"{n} of the {ENOUGH_EPOCHS} epochs" in finding.evidence


def test_an_empty_history_could_not_be_judged():
    assert diagnose(History())[0].verdict == "unjudged"


def test_with_enough_epochs_it_is_judged():
    seen = replace(OVERFITTING, epochs=OVERFITTING.epochs[:ENOUGH_EPOCHS])
    assert diagnose(seen)[0].verdict == "overfitting"


@pytest.mark.parametrize("n", range(1, ENOUGH_EPOCHS))
def test_a_bad_start_is_no_verdict_before_enough_epochs_unless_it_diverges(n):
    """Above a wild guess, but on its way down from a start that was far worse."""
    seen = history(loss=[20.0, 15.0, 9.0][:n], accuracy=[0.1] * n)
    assert diagnose(replace(seen, start_loss=40.0))[0].title == "Could not judge yet"
    assert diagnose(seen)[0].title == diverged(seen).title


def test_a_run_at_work_that_still_learns_is_not_called_slow_before_its_last_epoch():
    going = replace(SLOW, setting=replace(ADAM, epochs=30))
    (finding,) = diagnose(going)
    assert (finding.verdict, finding.severity) == ("unjudged", "")
    assert finding.title == "Still learning: epoch 13 of 30"
    assert "5.0% an epoch" in finding.evidence
    for asked in (12, None):
        ended = replace(SLOW, setting=replace(ADAM, epochs=asked))
        assert diagnose(ended) == (too_slow(ended),)


@pytest.mark.parametrize("seen", [HEALTHY, OVERFITTING, UNDERFITTING, DIVERGED, OVERSHOT])
def test_all_else_is_said_of_a_run_at_work_too(seen):
    setting = seen.setting or ADAM
    ended = diagnose(replace(seen, setting=setting))
    assert diagnose(replace(seen, setting=replace(setting, epochs=30))) == ended


# Chance.


@pytest.mark.parametrize("n", [10, 20, 40])
def test_a_small_validation_set_does_not_make_chance_overfitting(n):
    """One or two wrong of a handful is a gap of ten points, and says nothing."""
    wrong = 2 if n == 10 else 3
    seen = history(
        loss=[1.0, 0.3, 0.1, 0.06, 0.05],
        accuracy=[0.7, 0.9, 0.97, 0.98, 0.98],
        val_accuracy=[0.7, 0.85, 0.9, 0.9, 1 - wrong / n],
        n_validation=n,
    )
    gap = 0.98 - (1 - wrong / n)
    assert (gap > GAP) == (n < 80)
    noise = 2 * standard_error(1 - wrong / n, n)
    assert gap < noise
    assert overfitting(seen) is None
    same_shares_of_many = replace(seen, n_validation=100 * n)
    assert (overfitting(same_shares_of_many) is not None) == (gap > GAP)


def test_chance_alone_is_seldom_called_overfitting():
    """A network equally good on both sides, judged 500 times on 50 clips."""
    rng = np.random.default_rng(0)
    alarms = 0
    for right in rng.binomial(50, 0.96, 500):
        seen = history(
            loss=[1.0, 0.4, 0.2, 0.1, 0.08],
            accuracy=[0.7, 0.9, 0.95, 0.96, 0.96],
            val_accuracy=[0.7, 0.88, 0.93, 0.95, right / 50],
            n_validation=50,
        )
        alarms += overfitting(seen) is not None
    assert alarms / 500 < 0.05


def test_a_small_gap_on_many_clips_is_not_called_overfitting():
    seen = history(
        loss=[1.0, 0.4, 0.2, 0.1],
        accuracy=[0.7, 0.9, 0.97, 0.99],
        val_accuracy=[0.7, 0.9, 0.94, 0.95],
        n_validation=5000,
    )
    assert overfitting(seen) is None


def test_a_gap_before_the_clips_are_known_is_not_overfitting():
    seen = history(
        loss=[2.0, 1.5, 1.2, 1.1],
        accuracy=[0.3, 0.5, 0.6, 0.65],
        val_accuracy=[0.3, 0.4, 0.45, 0.45],
    )
    assert overfitting(seen) is None


@pytest.mark.parametrize(("share", "n"), [(0.9, 100), (0.5, 10), (0.97, 270)])
def test_the_standard_error_is_the_binomials(share, n):
    assert standard_error(share, n) == pytest.approx(scipy.stats.binom.std(n, share) / n)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_right_or_all_wrong_is_still_uncertain(share):
    assert standard_error(share, 10) > 0.05
    assert standard_error(share, 10_000) < 0.001
    assert standard_error(share, 0) > 0


# Every rule, and every history.


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_history_gets_at_least_one_finding_in_whole_sentences(data):
    n = data.draw(st.integers(0, 12))
    losses = st.lists(st.floats(0, 1e30), min_size=n, max_size=n)
    shares = st.lists(st.floats(0, 1), min_size=n, max_size=n)
    seen = history(
        *(data.draw(kind) for kind in (losses, shares, losses, shares)),
        n_validation=data.draw(st.integers(0, 1000)),
    )
    findings = diagnose(seen)
    assert findings
    for finding in findings:
        assert finding.verdict in VERDICTS
        for sentence in (finding.evidence, finding.why, finding.remedy):
            assert sentence.endswith(".")
            assert "nan" not in sentence.lower().split()
            assert max(map(len, sentence.split())) < 25, "no number of thirty digits"
        first, last = finding.epochs
        assert 0 <= first <= last <= max(n, 0)
    assert ("healthy" in {f.verdict for f in findings}) == (
        len(findings) == 1 and findings[0].verdict == "healthy"
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_is_triggered_by_some_history_and_silent_on_a_healthy_one(rule):
    assert any(rule(s) for s in (OVERFITTING, UNDERFITTING, SLOW, DIVERGED, OVERSHOT))
    assert rule(HEALTHY) is None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_finding_explains_itself(rule):
    for seen in (OVERFITTING, UNDERFITTING, SLOW, DIVERGED, OVERSHOT):
        finding = rule(seen)
        if finding is not None:
            assert finding.title
            assert finding.severity
            assert finding.source
            assert finding.evidence != finding.why != finding.remedy
