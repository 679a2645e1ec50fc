"""How readily a word is called a digit: one number, and what it costs.

In: a model's probabilities for a word, and the visitor's sensitivity. Out: the digit or "not a
digit"; the trade-off between misses and false alarms, measured by ``benchmarks/tradeoff.py``.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.listening.recogniser import Answer, Recogniser, decide
from core.listening.running_speech import RunningSpeech
from core.listening.stream import Word
from core.sound.audio import SAMPLE_RATE

SENSITIVITIES = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""What can be chosen: how much likelier a digit is taken to be than at the model's own working
point, as the natural logarithm of the odds. 0 is that point itself; beyond -2 three digits in four
are missed, beyond +2 only false ones are added."""
TRADEOFF = Path(__file__).with_name("tradeoff.json")


class Tuned:
    """A recogniser at another working point; the network and its probabilities stay the same.

    Parameters
    ----------
    recogniser : Recogniser
    sensitivity : float
        One of ``SENSITIVITIES``.
    """

    def __init__(self, recogniser: Recogniser, sensitivity: float) -> None:
        self._recogniser = recogniser
        self._sensitivity = sensitivity

    def recognise(self, y: NDArray[np.float32]) -> Answer:
        """Return the answer for one word's samples [shape=(n,)] at 8 kHz."""
        answer = self._recogniser.recognise(y)
        return at_sensitivity(answer, self._recogniser.saved.card.threshold, self._sensitivity)


def heard_at(words: Sequence[Word], threshold: float, sensitivity: float) -> list[Word]:
    """Return one stream's words as Live would have answered them at another sensitivity.

    Each is decided anew and judged by the one before it: what that one was decides whether this is
    running speech.

    Parameters
    ----------
    words : sequence of Word
        All of one stream, in the order spoken, heard at sensitivity 0.
    threshold : float
        As on the model's card.
    sensitivity : float
        Natural logarithm of odds; 0 changes nothing.
    """
    if sensitivity == 0:
        return [*words]
    running_speech, found = RunningSpeech(), []
    for word in words:
        start, end = (round(t * SAMPLE_RATE) for t in (word.start, word.end))
        answer = at_sensitivity(word.answer, threshold, sensitivity)
        answer, in_speech = running_speech.judge(start, end, answer)
        found.append(replace(word, answer=answer, in_speech=in_speech))
    return found


def at_sensitivity(answer: Answer, threshold: float, sensitivity: float) -> Answer:
    """Return what a network says of one word as another sensitivity would have given it.

    Parameters
    ----------
    answer : Answer
    threshold : float
        As on the model's card.
    sensitivity : float
        Natural logarithm of odds; 0 changes nothing.
    """
    if sensitivity == 0:
        return answer
    probabilities = np.array(answer.probabilities, np.float64)
    # Bayes: other odds of a digit beforehand are other odds afterwards, by the same factor
    tuned = probabilities.copy()
    tuned[10:] *= math.exp(-sensitivity)
    tuned /= tuned.sum()
    if 0 < threshold < 1:
        odds = math.log(threshold / (1 - threshold)) - sensitivity
        threshold = 1 / (1 + math.exp(-odds))
    digit = decide(tuned, threshold)
    sure = float(probabilities[:10].max())
    return replace(answer, digit=digit, confidence=sure if digit is not None else 1 - sure)


@dataclass(frozen=True)
class Point:
    """What one sensitivity gives on recorded streams."""

    sensitivity: float
    digits: int
    """Digits spoken."""
    missed: int
    """Of these: answered by no digit, whether they were not found or were rejected."""
    wrong: int
    """Of these: answered by another digit."""
    speech_alarms: int
    """Digits heard in speech that holds none."""
    speech_hours: float
    noise_alarms: int
    """Digits heard in noise."""
    noise_hours: float


@dataclass(frozen=True)
class Tradeoff:
    """The measured trade-off of one model."""

    weights_sha256: str
    """Which model it was measured with."""
    protocol: str
    """On what, in words."""
    command: str
    points: tuple[Point, ...]


@cache
def tradeoff() -> Tradeoff | None:
    """Return the trade-off that was measured and came with the app; None where it is missing."""
    try:
        values: dict[str, Any] = json.loads(TRADEOFF.read_text("utf-8"))
        points = tuple(Point(**point) for point in values.pop("points"))
        return Tradeoff(points=points, **values)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def events_an_hour(count: int, hours: float) -> tuple[float, float, float]:
    """Return events an hour and the exact 95 % Poisson interval (Garwood 1936).

    Parameters
    ----------
    count : int
        Events seen.
    hours : float
        Time in which they were.
    """
    from scipy.stats import chi2

    if count < 0 or hours <= 0:
        raise ValueError(f"count={count} in {hours} h: expected at least 0 in more than 0 h.")
    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    high = float(chi2.ppf(0.975, 2 * count + 2)) / 2
    return count / hours, low / hours, high / hours
