from pathlib import Path

import numpy as np
import pytest

from core.learning.nonwords import (
    ALIKE,
    BACKWARDS,
    HEADS,
    TAILS,
    head,
    nonword,
    nonwords,
    splice,
    tail,
)
from core.sound.recordings import DIGIT_WORDS, Recording


def recording(digit, speaker="ann", take=0):
    word = DIGIT_WORDS[digit] if digit is not None else "house"
    return Recording(digit, speaker, take, Path("set"), f"{digit}_{speaker}_{take}.wav", word)


def marked(digit, n=2000):
    """Return a clip whose every sample says which digit it is from and where it stood."""
    return (digit + 1 + np.arange(n) / (2 * n)).astype(np.float32)


def all_digits():
    pairs = [(recording(d, s), marked(d)) for s in ("ann", "bob") for d in range(10)]
    return [r for r, _ in pairs], [y for _, y in pairs]


def test_as_many_nonwords_are_made_as_asked_and_none_is_a_digit():
    made, clips = nonwords(*all_digits(), share=1.5, seed=1)
    assert len(made) == len(clips) == 30
    assert all(r.digit is None and r.word == "nonword" for r in made)
    assert {r.speaker for r in made} == {"ann", "bob"}


def test_nonwords_depend_on_the_seed_alone():
    same = [nonwords(*all_digits(), share=1, seed=3)[1] for _ in range(2)]
    other = nonwords(*all_digits(), share=1, seed=4)[1]
    assert all(np.array_equal(a, b) for a, b in zip(*same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(same[0], other, strict=True))


def test_no_whole_digit_is_among_the_nonwords():
    _, clips = nonwords(*all_digits(), share=20, seed=5)
    for y in clips:
        assert not any(np.array_equal(y, marked(d)) for d in range(10))


def test_digits_that_begin_or_end_alike_are_never_joined():
    own = {d: [marked(d)] for d in range(10)}
    rng = np.random.default_rng(6)
    joined = set()
    for _ in range(2000):
        y = nonword(own, rng)
        joined.add((int(y[0]) - 1, int(y[-1]) - 1))
    joined = {(a, b) for a, b in joined if a != b}
    assert len(joined) > 50
    assert not any({a, b} <= alike for a, b in joined for alike in ALIKE)


def test_heads_and_tails_are_less_than_half_of_the_word():
    rng = np.random.default_rng(7)
    y = marked(5)
    for _ in range(50):
        assert 0.24 * len(y) < len(head(y, rng)) < 0.46 * len(y)
        assert np.array_equal(head(y, rng)[:10], y[:10])
        assert np.array_equal(tail(y, rng)[-10:], y[-10:])


def test_a_splice_begins_as_one_word_and_ends_as_the_other_without_a_jump():
    y = splice(
        np.full(2000, 0.5, np.float32), np.full(2000, -0.5, np.float32), np.random.default_rng(8)
    )
    assert y[0] == 0.5
    assert y[-1] == -0.5
    assert np.abs(np.diff(y)).max() < 0.05


def test_a_two_that_is_cut_short_is_not_called_a_nonword():
    assert 2 not in HEADS  # "tw" is what many people say
    assert 4 not in TAILS  # the /f/ of "four" is lost in noise every day
    assert 9 not in BACKWARDS


def test_other_words_make_no_nonwords():
    assert nonwords([recording(None)], [marked(1)], share=1, seed=0) == ([], [])


def test_one_digit_alone_still_makes_nonwords():
    made, clips = nonwords([recording(3)] * 4, [marked(3)] * 4, share=1, seed=0)
    assert len(made) == 4
    assert all(np.array_equal(y, marked(3)[::-1]) for y in clips)


@pytest.mark.parametrize("length", [1, 100])
def test_a_clip_too_short_to_cut_is_left_alone(length):
    assert nonwords([recording(3)], [np.ones(length, np.float32)], share=1, seed=0)[0] == []
