"""Sensitivity: one number between missing digits and inventing them."""

import numpy as np
import pytest

from core.learning.saved_models import SHIPPED, find_model
from core.listening.recogniser import Answer
from core.listening.sensitivity import (
    SENSITIVITIES,
    at_sensitivity,
    tradeoff,
)


def answer(digit_p: float, reject_p: float) -> Answer:
    rest = (1 - digit_p - reject_p) / 9
    return Answer(7, digit_p, (*[rest] * 7, digit_p, rest, rest, reject_p), 0.0)


def test_zero_changes_nothing():
    before = answer(0.5, 0.4)
    assert at_sensitivity(before, 0.5, 0.0) is before


def test_a_keener_ear_takes_what_a_stricter_one_rejects_and_never_the_other_way():
    rng = np.random.default_rng(0)
    for _ in range(200):
        p = rng.dirichlet(np.full(11, 0.3))
        said = Answer(None, 0.0, tuple(p), 0.0)
        taken = [at_sensitivity(said, 0.4, s or 1e-9).digit is not None for s in SENSITIVITIES]
        assert taken == sorted(taken)


def test_it_is_bayes_rule_for_other_odds_of_a_digit():
    # 0.3 against 0.6: odds of 1/2, which ln 2 brings to even and a little more over it
    said = Answer(None, 0.7, (0.3, *[0.1 / 9] * 9, 0.6), 0.0)
    assert at_sensitivity(said, 0.0, float(np.log(2)) - 0.01).digit is None
    assert at_sensitivity(said, 0.0, float(np.log(2)) + 0.01).digit == 0
    # a network of ten answers has the threshold alone: 0.4 is taken where 0.5 was asked for
    ten = Answer(None, 0.6, (0.4, *[0.6 / 9] * 9), 0.0)
    assert at_sensitivity(ten, 0.5, float(np.log(1.5)) - 0.01).digit is None
    assert at_sensitivity(ten, 0.5, float(np.log(1.5)) + 0.01).digit == 0


def test_probabilities_and_confidence_stay_the_networks_own():
    said = answer(0.3, 0.6)
    keen = at_sensitivity(said, 0.5, 6.0)
    assert keen.digit == 7
    assert keen.confidence == pytest.approx(0.3)
    assert keen.probabilities == said.probabilities


def test_the_committed_tradeoff_is_the_shipped_models_and_falls_and_rises():
    found = tradeoff()
    assert found is not None
    assert found.weights_sha256 == find_model(SHIPPED).card.weights_sha256
    assert [p.sensitivity for p in found.points] == list(SENSITIVITIES)
    for one, keener in zip(found.points, found.points[1:], strict=False):
        assert keener.missed <= one.missed <= one.digits
        assert keener.speech_alarms >= one.speech_alarms
        assert keener.noise_alarms >= one.noise_alarms
