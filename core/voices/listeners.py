"""Listeners: the answers that people gave in quizzes, kept to stand beside the models'.

In: a finished or broken-off quiz and who listened. Out: everybody's answers over all sessions.
The data folder has one append-only log: what a person is called is data in it, never a path.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import LabError
from core.home import data_folder
from core.voices.keeping import keep, kept
from core.voices.naming import checked_name, same_name
from core.voices.quiz import DONT_KNOW, Answer, Quiz


@dataclass(frozen=True)
class Session:
    """One person's answers in one quiz."""

    person: str
    """What the person is called; data."""
    dataset: str
    """The title of the data set that was heard."""
    time: float
    """When it was kept, in seconds since 1970."""
    answers: tuple[Answer, ...]


def _log() -> Path:
    return data_folder() / "quiz" / "log.jsonl"


def save(person: str, quiz: Quiz) -> Session:
    """Keep a quiz's answers; call it once, at the end or when somebody stops.

    Raises
    ------
    LabError
        If the name cannot be kept, nothing was answered, or it cannot be written.
    """
    name = checked_name(person)
    if not quiz.answers:
        raise LabError("No clip was answered yet, so there is nothing to keep.")
    session = Session(name, quiz.dataset, time.time(), quiz.answers)
    record = {
        "person": name,
        "dataset": quiz.dataset,
        "time": session.time,
        "seed": quiz.seed,
        "answers": [[a.digit, a.guess, a.speaker, a.file, a.plays] for a in quiz.answers],
    }
    keep(_log(), record, "The quiz")
    return session


def sessions(person: str | None = None, dataset: str | None = None) -> tuple[Session, ...]:
    """Return all kept quizzes, the oldest first; of one person, or on one data set, if named."""
    found = []
    for record in kept(_log(), "The quizzes"):
        try:
            answers = tuple(
                Answer(int(digit), int(guess), str(speaker), str(file), int(plays))
                for digit, guess, speaker, file, plays in record["answers"]
            )
            session = Session(
                str(record["person"]), str(record["dataset"]), float(record["time"]), answers
            )
        except (KeyError, TypeError, ValueError):
            continue
        if any(a.digit not in range(10) or a.guess not in range(DONT_KNOW + 1) for a in answers):
            continue
        if (person is None or same_name(person, session.person)) and (
            dataset is None or dataset == session.dataset
        ):
            found.append(session)
    return tuple(found)


def people() -> tuple[str, ...]:
    """Return everybody who has kept a quiz, by the name they first gave, in alphabetical order."""
    names: list[str] = []
    for session in sessions():
        if not any(same_name(session.person, name) for name in names):
            names.append(session.person)
    return tuple(sorted(names, key=str.casefold))


def combined(some: Sequence[Session]) -> tuple[Answer, ...]:
    """Return the answers of some sessions together, for ``core.voices.quiz.confusion``."""
    return tuple(answer for session in some for answer in session.answers)
