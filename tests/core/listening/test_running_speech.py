"""A digit right after a word that is none: running speech."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.listening.recogniser import Answer, decide
from core.listening.running_speech import in_running_speech
from core.listening.sensitivity import SENSITIVITIES, Tuned, heard_at
from core.listening.stream import Word, WordStream
from tests.core.listening.buzzes import SR, buzz, room


class Saying:
    """Gives these answers, one a word."""

    def __init__(self, *digits: int | None, sure: float) -> None:
        self._digits = list(digits)
        self._sure = sure

    def recognise(self, y: np.ndarray) -> Answer:
        return Answer(self._digits.pop(0), self._sure, (0.0,) * 11, 0.0)


def said(gap: float, *digits: int | None, sure: float = 0.9) -> list[Word]:
    """Return what is heard of words 0.3 s long with gaps between them."""
    places = [(1 + i * (0.3 + gap), buzz(0.3)) for i in range(len(digits))]
    stream = WordStream(Saying(*digits, sure=sure))
    return stream.feed(room(4, *places), SR) + stream.flush()


def answered(*args: float | None, sure: float = 0.9) -> list[int | None]:
    return [w.answer.digit for w in said(*args, sure=sure)]


def test_a_digit_without_a_pause_after_a_word_that_is_none_is_none():
    assert answered(0.12, None, 6) == [None, None]
    assert [w.in_speech for w in said(0.12, None, 6)] == [False, True]


def test_one_that_is_very_sure_or_comes_after_a_pause_is_one():
    assert answered(0.12, None, 6, sure=0.99) == [None, 6]
    assert answered(0.4, None, 6) == [None, 6]


def test_digits_in_a_row_are_digits_and_one_doubt_takes_one_only():
    assert answered(0.12, 6, 7, 8) == [6, 7, 8]
    # the third follows a word that its network took for a digit
    assert answered(0.12, None, 7, 8) == [None, None, 8]


def test_how_sure_it_is_follows_bayes():
    answer = Answer(6, 0.9, (0.0,) * 11, 0.0)
    odds = 9 * np.exp(-4)
    found = in_running_speech(answer)
    assert found.digit is None
    assert found.confidence == pytest.approx(1 / (1 + odds))
    rejected = replace(answer, digit=None)
    assert in_running_speech(rejected) is rejected


@pytest.mark.parametrize("sensitivity", SENSITIVITIES)
def test_a_file_heard_once_gives_at_every_sensitivity_what_live_hears_at_it(sensitivity):
    """Of a sentence: whatever a word is taken for decides on the next one."""
    rng = np.random.default_rng(5)
    shares = [np.array([*rng.dirichlet(np.full(10, 0.05)) * p, 1 - p]) for p in (
        0.01, 0.9, 0.3, 0.97, 0.6, 0.45, 0.999, 0.2, 0.7, 0.8, 0.5, 0.95
    )]  # fmt: skip
    y = room(7, *((1 + i * 0.42, buzz(0.3)) for i in range(len(shares))))

    def network():
        left = [*shares]

        def recognise(y):
            p = left.pop(0)
            digit = decide(p, 0.4)
            sure = float(p[:10].max())
            return Answer(digit, sure if digit is not None else 1 - sure, tuple(p), 0.0)

        card = SimpleNamespace(threshold=0.4)
        return SimpleNamespace(recognise=recognise, saved=SimpleNamespace(card=card))

    def heard(recogniser):
        stream = WordStream(recogniser)
        return stream.feed(y, SR) + stream.flush()

    live = heard(Tuned(network(), sensitivity))
    assert len(live) == len(shares)
    assert any(w.in_speech for w in live)
    found = heard_at(heard(network()), 0.4, sensitivity)
    assert [(w.answer, w.in_speech) for w in found] == [(w.answer, w.in_speech) for w in live]
