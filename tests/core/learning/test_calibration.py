"""Calibration: known answers, scikit-learn's curve, and a temperature that is found again."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from core.learning.calibration import N_BINS, calibration, fit_temperature
from core.learning.evaluation import cross_entropy, scores_of, softmax


def sampled(temperature, n=4000, seed=0):
    """Return logits whose answers were drawn from them at a temperature."""
    rng = np.random.default_rng(seed)
    logits = (3 * rng.standard_normal((n, 10))).astype(np.float32)
    p = softmax(logits, temperature).astype(np.float64)
    edges = np.cumsum(p / p.sum(axis=1, keepdims=True), axis=1)
    answers = (rng.random((n, 1)) > edges).sum(axis=1).clip(0, 9).astype(np.int32)
    return logits, answers


def two(confidence, n):
    """Return n logits of two answers whose first has this probability."""
    return np.tile(np.log([confidence, 1 - confidence]), (n, 1)).astype(np.float32)


def test_ten_answers_of_confidence_09_of_which_seven_are_right_are_off_by_two_tenths():
    answers = np.array([0] * 7 + [1] * 3, np.int32)
    found = calibration(two(0.9, 10), answers)
    assert found.error == pytest.approx(0.2, abs=1e-6)
    (full,) = [b for b in found.bins if b.total]
    assert (full.low, full.high) == (pytest.approx(13 / 15), pytest.approx(14 / 15))
    assert full.confidence == pytest.approx(0.9)
    assert full.accuracy == pytest.approx(0.7)


def test_bins_are_weighted_by_their_answers():
    logits = np.concatenate([two(0.9, 30), two(0.6, 10)])
    answers = np.array([0] * 30 + [1] * 10, np.int32)
    assert calibration(logits, answers).error == pytest.approx((30 * 0.1 + 10 * 0.6) / 40, abs=1e-6)


def test_the_bins_are_those_of_scikit_learn():
    logits, answers = sampled(2.0)
    probabilities = softmax(logits)
    right = probabilities.argmax(axis=1) == answers
    accuracy, confidence = calibration_curve(right, probabilities.max(axis=1), n_bins=N_BINS)
    full = [b for b in calibration(logits, answers).bins if b.total]
    np.testing.assert_allclose([b.accuracy for b in full], accuracy)
    np.testing.assert_allclose([b.confidence for b in full], confidence, rtol=1e-6)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_by_which_answers_were_drawn_is_found_again(temperature):
    logits, answers = sampled(temperature)
    found = fit_temperature(logits, answers)
    assert found == pytest.approx(temperature, rel=0.06)
    for other in (found / 1.1, found * 1.1):
        assert cross_entropy(logits / found, answers) < cross_entropy(logits / other, answers)


def test_temperature_mends_the_error_and_changes_no_answer():
    logits, answers = sampled(2.5)
    fitted = fit_temperature(logits[:2000], answers[:2000])
    before, after = (calibration(logits[2000:], answers[2000:], t) for t in (1.0, fitted))
    assert before.error > 0.1
    assert after.error < 0.03
    np.testing.assert_array_equal(softmax(logits, fitted).argmax(1), logits.argmax(1))


def test_a_network_that_is_never_wrong_gets_a_temperature_within_bounds():
    logits = 5 * np.eye(10, dtype=np.float32)
    assert 0.05 <= fit_temperature(logits, np.arange(10, dtype=np.int32)) < 0.5


def test_nothing_to_judge_is_no_calibration_and_no_temperature():
    nothing = np.empty((0, 10), np.float32), np.empty(0, np.int32)
    assert calibration(*nothing) is None
    assert fit_temperature(*nothing) == 1.0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_network_that_diverged_has_scores_and_no_confidence(value):
    logits, answers = np.eye(10, dtype=np.float32)[:4], np.arange(4, dtype=np.int32)
    logits[3, 2] = value
    assert fit_temperature(logits, answers) == 1.0
    assert calibration(logits, answers) is None
    scores = scores_of(logits, answers, ["ada"] * 4)
    assert (scores["right"], scores["loss"], scores["calibration"]) == (3, None, None)
