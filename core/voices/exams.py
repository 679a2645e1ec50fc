"""The exam of one's own voice: which of the digits that one was asked to say are understood.

In: the digits asked for, and what a model heard. Out: one's own accuracy and confusions; kept in
the data folder's append-only log, so that before and after can be compared.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import LabError
from core.home import data_folder
from core.voices.keeping import keep, kept
from core.voices.naming import checked_name, same_name
from core.voices.session import session

LENGTH = 20
"""Digits of an exam: each twice, about a minute."""
NO_DIGIT = 10
"""The column for "not a digit"."""


@dataclass(frozen=True)
class Heard:
    """One answer of an exam."""

    asked: int
    """The digit that was asked for, 0 to 9."""
    heard: int
    """What was heard, 0 to 9, or ``NO_DIGIT``."""
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the digit was understood."""
        return self.asked == self.heard


@dataclass(frozen=True)
class Exam:
    """An exam in progress; every step gives a new one, and the page keeps the last."""

    asked: tuple[int, ...]
    """The digits, in the order in which they are asked for."""
    model: str
    """Key of the model that is examined; another one would be another exam."""
    answers: tuple[Heard, ...] = ()

    @property
    def current(self) -> int | None:
        """The digit to be said now; None at the end."""
        at = len(self.answers)
        return self.asked[at] if at < len(self.asked) else None

    def heard(self, digit: int | None, confidence: float) -> "Exam":
        """Return the exam after a word was heard; at its end it stays as it is."""
        asked = self.current
        if asked is None:
            return self
        new = Heard(asked, NO_DIGIT if digit is None else int(digit), float(confidence))
        return replace(self, answers=(*self.answers, new))

    def again(self) -> "Exam":
        """Return the exam before the last answer: somebody coughed or misspoke."""
        return replace(self, answers=self.answers[:-1])

    def skip(self) -> "Exam":
        """Return the exam without the digit that is asked for now."""
        at = len(self.answers)
        return replace(self, asked=self.asked[:at] + self.asked[at + 1 :])

    def stop(self) -> "Exam":
        """Return the exam with the answers so far as all there are."""
        return replace(self, asked=self.asked[: len(self.answers)])


def begin(model: str, seed: int) -> Exam:
    """Return a new exam: every digit twice, in rounds of all ten, none twice in a row."""
    return Exam(session(seed, LENGTH // 10), model)


def confusion(answers: Iterable[Heard]) -> list[list[int]]:
    """Return counts [10][11]: row what was asked for, column what was heard, last "no digit"."""
    counts = [[0] * (NO_DIGIT + 1) for _ in range(10)]
    for answer in answers:
        counts[answer.asked][answer.heard] += 1
    return counts


@dataclass(frozen=True)
class Result:
    """A kept exam."""

    person: str
    """What the person is called; data."""
    model: str
    """Key of the model that was examined."""
    time: float
    """When it was kept, in seconds since 1970."""
    answers: tuple[Heard, ...]

    @property
    def right(self) -> int:
        """Digits that were understood."""
        return sum(answer.right for answer in self.answers)


def _log() -> Path:
    return data_folder() / "exams" / "log.jsonl"


def save(person: str, exam: Exam) -> Result:
    """Keep an exam's answers.

    Raises
    ------
    LabError
        If the name cannot be kept, nothing was answered, or it cannot be written.
    """
    name = checked_name(person)
    if not exam.answers:
        raise LabError("No digit was answered yet, so there is nothing to keep.")
    result = Result(name, exam.model, time.time(), exam.answers)
    record = {
        "person": name,
        "model": exam.model,
        "time": result.time,
        "answers": [[a.asked, a.heard, round(a.confidence, 4)] for a in exam.answers],
    }
    keep(_log(), record, "The exam")
    return result


def results(person: str | None = None) -> tuple[Result, ...]:
    """Return all kept exams, the oldest first; of one person, if named."""
    found = []
    for record in kept(_log(), "The exams"):
        try:
            answers = tuple(Heard(int(a), int(h), float(c)) for a, h, c in record["answers"])
            result = Result(
                str(record["person"]), str(record["model"]), float(record["time"]), answers
            )
        except (KeyError, TypeError, ValueError):
            continue
        if any(a.asked not in range(10) or a.heard not in range(NO_DIGIT + 1) for a in answers):
            continue
        if person is None or same_name(person, result.person):
            found.append(result)
    return tuple(found)
