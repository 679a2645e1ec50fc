"""Sessions: every digit equally often, in an order that goes on where it was broken off."""

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.voices.session import session, still_to_say


@pytest.mark.parametrize("takes", [1, 3, 50])
def test_a_session_asks_for_every_digit_equally_often_in_random_order(takes):
    digits = session(1, takes)
    assert sorted(digits) == sorted([*range(10)] * takes)
    assert all(a != b for a, b in itertools.pairwise(digits))
    for i in range(0, len(digits), 10):
        assert sorted(digits[i : i + 10]) == [*range(10)]
    assert session(1, takes) == digits
    assert session(2, takes) != digits


def test_a_session_of_no_takes_is_a_mistake():
    for takes in (0, 51):
        with pytest.raises(ValueError, match="expected 1 to 50"):
            session(0, takes)


def test_a_session_begins_with_its_first_digit():
    assert still_to_say(session(1, 3), {}) == session(1, 3)


def test_takes_that_are_there_are_not_asked_for_again():
    order = session(4, 2)
    left = still_to_say(order, {order[0]: 1, order[1]: 7})
    assert Counter(left) == Counter(order) - Counter({order[0]: 1, order[1]: 2})
    assert still_to_say(order, dict.fromkeys(range(10), 2)) == ()


def test_the_digit_just_said_waits_while_there_is_another():
    assert still_to_say((3, 5, 3, 7), {}, last=3) == (5, 3, 3, 7)
    assert still_to_say((3, 3), {}, last=3) == (3, 3)


@given(st.integers(0, 99), st.integers(1, 5))
def test_a_session_that_is_followed_ends_with_enough_of_every_digit(seed, takes):
    order, taken, last = session(seed, takes), Counter(), None
    while left := still_to_say(order, taken, last):
        last = left[0]
        taken[last] += 1
    assert taken == Counter(dict.fromkeys(range(10), takes))
