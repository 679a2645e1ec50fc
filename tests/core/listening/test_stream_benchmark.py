import numpy as np
import pytest

from benchmarks.stream import SR, Matched, events_an_hour, listen, match
from benchmarks.streams import Placed
from core.listening.recogniser import Answer
from core.listening.stream import Word


def heard(start, end, digit):
    answer = Answer(digit, 0.9, (0.1,) * 11, 0.0)
    return Word(1, start, end, answer, np.zeros(1, np.float32), 0.2, -20.0, -60.0)


def spoken(*words):
    return [(Placed(str(d), int(a * SR), int(b * SR)), d) for a, b, d in words]


def test_every_word_found_and_right_is_counted_so():
    m = match([heard(1, 1.5, 3), heard(3, 3.5, 7)], spoken((1, 1.5, 3), (3, 3.4, 7)))
    assert m == Matched(2, 2, 2, 2, 2, 0, 0, 0)


def test_a_missed_a_rejected_a_double_and_a_stray_are_told_apart():
    words = spoken((1, 1.5, 3), (3, 3.4, 7), (5, 5.6, 9))
    found = [heard(3, 3.4, None), heard(5, 5.25, 9), heard(5.3, 5.6, 9), heard(8, 8.4, 1)]
    m = match(found, words)
    assert (m.detected, m.rejected, m.doubles, m.strays, m.right) == (2, 1, 1, 1, 0)
    assert (m.n_found, m.on_words) == (4, 3)


def test_a_digit_with_a_rejected_piece_beside_it_still_counts_as_right():
    m = match([heard(1, 1.2, None), heard(1.25, 1.5, 3)], spoken((1, 1.5, 3)))
    assert m.right == 1


def test_the_wrong_digit_is_not_right():
    assert match([heard(1, 1.5, 5)], spoken((1, 1.5, 3))).right == 0


def test_nothing_heard_in_silence_is_no_stray():
    assert match([], []) == Matched(0, 0, 0, 0, 0, 0, 0, 0)
    assert match([heard(1, 1.5, None)], []).strays == 0


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39)]
)
def test_events_an_hour_carry_the_exact_poisson_interval(count, low, high):
    # Garwood 1936, table of the 95 % limits
    assert events_an_hour(count, 1.0) == pytest.approx((count, low, high), abs=0.005)
    assert events_an_hour(count, 2.0) == pytest.approx((count / 2, low / 2, high / 2), abs=0.005)


def test_no_time_has_no_rate():
    with pytest.raises(ValueError, match="0 h"):
        events_an_hour(0, 0.0)


def test_a_stream_of_silence_gives_no_word():
    class Never:
        def recognise(self, y):
            raise AssertionError("nothing was spoken")

    assert listen(np.zeros(3 * SR, np.float32), Never()) == []
