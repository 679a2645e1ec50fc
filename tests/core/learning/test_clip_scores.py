"""Scores of single clips, working points, and two models compared."""

import numpy as np
import pytest

from core.learning.clip_scores import NONE, ClipScores, score_clips
from core.learning.comparing import compare
from core.learning.rejection import THRESHOLDS, rejection_curve, working_point


def scores_from(rows, answers, threshold=0.5):
    """Return scores whose probabilities are given, eleven answers each."""
    p = np.full((len(rows), 11), 1e-6)
    for row, given in zip(p, rows, strict=True):
        for answer, share in given.items():
            row[answer] = share
    return ClipScores(np.array(answers, np.int32), np.log(p).astype(np.float32), 1.0, threshold)


SCORES = scores_from(
    [{3: 0.9, 4: 0.1}, {3: 0.55, 8: 0.45}, {7: 0.3, NONE: 0.7}, {1: 0.8, NONE: 0.2}, {NONE: 1.0}],
    [3, 8, 7, NONE, NONE],
)


def test_guesses_are_forced_and_decisions_are_not():
    assert SCORES.guesses[:4].tolist() == [3, 3, 7, 1]
    assert SCORES.right.tolist() == [True, False, True, False, False]
    assert SCORES.decided().tolist() == [3, 3, NONE, 1, NONE]
    assert SCORES.decided(0.85).tolist() == [3, NONE, NONE, NONE, NONE]


def test_the_decision_is_the_recognisers():
    from core.listening.recogniser import answer_from

    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (200, 11)).astype(np.float32)
    scores = ClipScores(np.zeros(200, np.int32), logits, 0.7, 0.6)
    theirs = [answer_from(row, 0.7, 0.6, 0.0).digit for row in logits]
    assert scores.decided().tolist() == [NONE if d is None else d for d in theirs]


def test_the_hardest_clip_is_the_one_whose_right_answer_is_least_probable():
    assert SCORES.hardest(3).tolist() == [3, 2, 1]


def test_a_working_point_counts_every_clip_once():
    point = working_point(SCORES, 0.5)
    assert (point.right, point.wrong, point.rejected) == (1, 1, 1)
    assert (point.raised, point.n_others) == (1, 2)
    curve = rejection_curve(SCORES)
    assert [p.threshold for p in curve] == list(THRESHOLDS)
    assert all(p.n_digits == 3 for p in curve)
    for name in ("right", "wrong", "raised"):
        assert (np.diff([getattr(p, name) for p in curve]) <= 0).all(), "stricter raises nothing"


def test_clips_are_scored_one_by_one_and_progress_is_told():
    told = []
    logits = lambda y: np.eye(10, dtype=np.float32)[int(y[0])]  # noqa: E731
    clips = [np.array([d], np.float32) for d in (4, 2)]
    found = score_clips(logits, clips, np.array([4, 3], np.int32), progress=told.append)
    assert found.right.tolist() == [True, False]
    assert told == [0.5, 1.0]


def test_mcnemar_is_the_exact_binomial_over_the_clips_that_differ():
    first = np.array([True] * 90 + [True] * 9 + [False] * 1 + [False] * 5)
    second = np.array([True] * 90 + [False] * 9 + [True] * 1 + [False] * 5)
    found = compare(first, second)
    assert (found.both, found.first_only, found.second_only, found.neither) == (90, 9, 1, 5)
    # two-sided: 2 * P(at most 1 head in 10 throws) = 2 * 11 / 1024
    assert found.p == pytest.approx(22 / 1024)
    assert found.real
    assert "A really is better" in found.words("A", "B")
    assert "A really is better" in compare(second, first).words("B", "A")


def test_a_difference_that_chance_makes_is_called_chance():
    first = np.array([True] * 3 + [False] * 1 + [True] * 96)
    second = np.array([False] * 3 + [True] * 1 + [True] * 96)
    words = compare(first, second).words("A", "B")
    assert "may well be chance" in words
    assert "p = 0.62" in words
    same = compare(first, first)
    assert same.p == 1
    assert "the very same clips" in same.words("A", "B")
