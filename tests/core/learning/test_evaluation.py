"""Scores with their samples and intervals, against scipy and sums done by hand."""

import json
import math

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

from core.learning.evaluation import (
    Accuracy,
    accuracy,
    accuracy_by,
    confusion,
    cross_entropy,
    scores_of,
    softmax,
)


def test_the_interval_is_wilsons():
    found = accuracy(291, 300)
    z, n, p = 1.959963984540054, 300, 0.97
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert found.share == pytest.approx(0.97)
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half))


@given(st.integers(1, 5000), st.floats(0, 1))
def test_the_share_lies_in_its_interval_and_the_interval_in_zero_to_one(total, part):
    found = accuracy(round(part * total), total)
    assert 0 <= found.low <= found.share + 1e-12
    assert found.share - 1e-12 <= found.high <= 1


@pytest.mark.parametrize(("right", "low", "high"), [(0, 0.0, 0.2775), (10, 0.7225, 1.0)])
def test_none_or_all_of_ten_is_still_an_interval(right, low, high):
    found = accuracy(right, 10)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-3)


def test_nothing_scored_is_no_accuracy_rather_than_zero():
    assert accuracy(0, 0) is None


def test_an_accuracy_is_written_with_its_sample_and_interval():
    assert str(accuracy(97, 100)) == "97.0 % (97 of 100; 95 % interval 91.5 to 99.0 %)"


def test_an_accuracy_survives_json():
    found = accuracy(97, 100)
    values = json.loads(json.dumps(found.to_dict()))
    assert values["share"] == 0.97
    assert Accuracy.from_dict(values) == found


def test_softmax_is_scipys(temperature=2.5):
    logits = np.random.default_rng(0).normal(0, 5, (7, 10)).astype(np.float32)
    np.testing.assert_allclose(softmax(logits), scipy.special.softmax(logits, axis=1), rtol=1e-5)
    np.testing.assert_allclose(
        softmax(logits, temperature), scipy.special.softmax(logits / 2.5, axis=1), rtol=1e-5
    )


def test_softmax_of_huge_logits_is_finite_and_sums_to_one():
    found = softmax(np.array([[1e4, -1e4, 1e4]], np.float32))
    np.testing.assert_allclose(found, [[0.5, 0, 0.5]])
    np.testing.assert_allclose(softmax(np.array([0.0, 0.0], np.float32)), [0.5, 0.5])


def test_a_guess_among_ten_has_a_cross_entropy_of_ln_10():
    assert cross_entropy(np.zeros((5, 10), np.float32), np.arange(5)) == pytest.approx(math.log(10))


def test_cross_entropy_is_the_mean_of_minus_log_p():
    logits = np.random.default_rng(0).normal(0, 3, (20, 10)).astype(np.float32)
    answers = np.arange(20) % 10
    expected = -scipy.special.log_softmax(logits, axis=1)[np.arange(20), answers].mean()
    assert cross_entropy(logits, answers) == pytest.approx(expected, rel=1e-5)


def test_cross_entropy_of_a_certain_mistake_is_finite():
    logits = np.array([[1000.0, 0.0]], np.float32)
    assert cross_entropy(logits, np.array([1])) == pytest.approx(1000)


def test_confusion_counts_the_right_answer_in_rows_and_the_guess_in_columns():
    counts = confusion(np.array([0, 0, 2, 2, 2]), np.array([0, 1, 2, 2, 0]), 4)
    assert counts == [[1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]]
    assert json.loads(json.dumps(counts)) == counts


# By digit and by speaker.


def test_every_group_has_its_accuracy_with_its_interval():
    right = np.array([True, False, True, True])
    found = accuracy_by(["b", "a", "a", "b"], right)
    assert [*found] == ["a", "b"]
    assert (found["a"]["right"], found["a"]["total"]) == (1, 2)
    assert found["b"] == accuracy(2, 2).to_dict()


def test_the_scores_of_a_network_add_up():
    rng = np.random.default_rng(0)
    answers = rng.integers(0, 10, 60).astype(np.int32)
    logits = rng.standard_normal((60, 10)).astype(np.float32)
    logits[np.arange(60), answers] += 1.5
    speakers = [f"s{i % 3}" for i in range(60)]
    found = scores_of(logits, answers, speakers, temperature=2.0)
    assert found["right"] == int((logits.argmax(1) == answers).sum())
    assert found["right"] == sum(found["confusion"][i][i] for i in range(10))
    for key in ("by_answer", "by_speaker"):
        assert sum(s["right"] for s in found[key].values()) == found["right"]
        assert sum(s["total"] for s in found[key].values()) == 60
    assert found["loss"] == pytest.approx(cross_entropy(logits, answers))
    assert len(found["calibration"]["bins"]) == 15
    assert found["calibration"]["temperature"] == 2.0
    assert json.loads(json.dumps(found)) == found


def test_no_clips_have_no_scores():
    assert scores_of(np.empty((0, 10), np.float32), np.empty(0, np.int32), []) is None
