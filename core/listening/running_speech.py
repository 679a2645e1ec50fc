"""What the word before says of a word: in running speech hardly anything is a digit.

In: a word's answer, and how it follows the one before. Out: the answer in that light, from
``core.listening.stream``. It looks back only, so nobody waits for it.
"""

import math
from dataclasses import replace
from typing import Final

from core.listening.recogniser import Answer

PAUSE_SECONDS: Final = 0.15
"""What follows sooner than this after a word that is no digit is running speech: so do all eight
false digits in 74 sentences, and no digit that is said alone."""
ODDS: Final = math.exp(-4)
"""By how much less likely a digit is there. Four of five of FSDD's digits, and half of the
strangers', are sure enough to be one all the same, so that one digit that is missed in a fast
telephone number seldom takes the next with it; of those eight none is."""


def in_running_speech(answer: Answer) -> Answer:
    """Return the answer for a word that follows a word without a pause that is no digit.

    Bayes' rule: other odds of a digit beforehand are other odds afterwards, by the same factor.
    """
    if answer.digit is None:
        return answer
    sure = ODDS * answer.confidence / (ODDS * answer.confidence + 1 - answer.confidence)
    return answer if sure >= 0.5 else replace(answer, digit=None, confidence=1 - sure)
