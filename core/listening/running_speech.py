"""What the word before says of a word: in running speech hardly anything is a digit.

In: a word's answer, and how it follows the one before. Out: the answer in that light, from
``core.listening.stream``. It looks back only, so nobody waits for it.
"""

import math
from dataclasses import replace
from typing import Final

from core.listening.recogniser import Answer
from core.sound.audio import SAMPLE_RATE

PAUSE_SECONDS: Final = 0.15
"""What follows sooner than this after a word that is no digit is running speech: so do all eight
false digits in 74 sentences, and no digit that is said alone."""
ODDS: Final = math.exp(-4)
"""By how much less likely a digit is there. Four of five of FSDD's digits, and half of the
strangers', are sure enough to be one all the same, so that one digit that is missed in a fast
telephone number seldom takes the next with it; of those eight none is."""


class RunningSpeech:
    """Follows one stream's words and judges each by the one before."""

    def __init__(self) -> None:
        self._until = -math.inf  # where the latest word ended that its network took for no digit

    def judge(self, start: int, end: int, answer: Answer) -> tuple[Answer, bool]:
        """Return the next word's answer in that light, and whether it is running speech.

        Parameters
        ----------
        start, end : int
            First and one past the last of the word's samples at 8 kHz, counted in the stream.
        answer : Answer
            What its network says of it alone.
        """
        follows = start - self._until < PAUSE_SECONDS * SAMPLE_RATE
        if answer.digit is None:
            self._until = end
        return (in_running_speech(answer) if follows else answer), follows


def in_running_speech(answer: Answer) -> Answer:
    """Return the answer for a word that follows a word without a pause that is no digit.

    Bayes' rule: other odds of a digit beforehand are other odds afterwards, by the same factor.
    """
    if answer.digit is None:
        return answer
    sure = ODDS * answer.confidence / (ODDS * answer.confidence + 1 - answer.confidence)
    return answer if sure >= 0.5 else replace(answer, digit=None, confidence=1 - sure)
