"""The shift meter: what is unlike the training set is told, with what to do."""

import numpy as np
import pytest

from core.listening.recogniser import Answer
from core.listening.sensitivity import tradeoff
from core.listening.shift import bandwidth, shift
from core.listening.stream import Word

T = np.arange(4000) / 8000


def word(hz: float = 1500.0, seconds: float = 0.4, speech_db: float = -25.0, snr_db: float = 35.0):
    y = np.sin(2 * np.pi * hz * T).astype(np.float32)
    answer = Answer(7, 0.9, (0.1,) * 10, 0.0)
    return Word(1, 1.0, 1.0 + seconds, answer, y, 0.2, speech_db, speech_db - snr_db)


@pytest.mark.parametrize("hz", [200.0, 1000.0, 3000.0])
def test_the_bandwidth_of_a_tone_is_its_frequency(hz):
    assert bandwidth(np.sin(2 * np.pi * hz * T).astype(np.float32)) == pytest.approx(hz, abs=10)
    assert bandwidth(np.zeros(100, np.float32)) == 0.0
    assert bandwidth(np.zeros(0, np.float32)) == 0.0


@pytest.mark.parametrize(
    ("odd", "name"),
    [
        ({"speech_db": -70.0}, "Level of the voice"),
        ({"speech_db": -1.0}, "Level of the voice"),
        ({"snr_db": 8.0}, "Voice above the noise"),
        ({"hz": 250.0}, "Bandwidth"),
        ({"seconds": 1.3}, "Length of a word"),
        ({"seconds": 0.08}, "Length of a word"),
    ],
)
def test_what_is_unusual_has_advice_and_the_rest_has_none(odd, name):
    assert [s.measure.name for s in shift([word(**odd)] * 3) if s.advice] == [name]


def test_usual_words_need_no_advice_and_one_odd_word_does_not_count():
    assert not any(s.advice for s in shift([word()] * 5 + [word(speech_db=-70.0)]))
    assert shift([]) == ()


def test_what_noise_costs_is_what_was_measured():
    (point,) = (p for p in tradeoff().points if p.sensitivity == 0)
    answered = round(100 * (1 - point.missed / point.digits))
    noisy = next(s for s in shift([word(snr_db=10.0)]) if s.advice)
    assert f"At 20 dB {answered} of 100 digits were still answered" in noisy.advice
