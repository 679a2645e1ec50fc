"""Listeners: the answers that people gave in quizzes, kept to stand beside the models'.

In: a finished or broken-off quiz and who listened. Out: everybody's answers over all sessions.
The data folder has one append-only log: what a person is called is data in it, never a path.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from core import logs
from core.errors import LabError
from core.home import data_folder
from core.voices.naming import checked_name, same_name
from core.voices.quiz import DONT_KNOW, Answer, Quiz

BUSY_SECONDS = 10.0
"""How long to wait for somebody else's quiz to be kept (s); it takes milliseconds."""


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
    path = _log()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.parent / ".lock").acquire(timeout=BUSY_SECONDS):
            logs.append(path, record, sync=True)
    except (OSError, Timeout) as error:
        raise LabError(
            f"The quiz was not kept: {path.parent} cannot be written "
            f"({getattr(error, 'strerror', None) or 'somebody else is writing'}). Try again; make "
            "it writable, or set SPOKEN_DIGITS_HOME to a folder that is."
        ) from error
    return session


def sessions(person: str | None = None, dataset: str | None = None) -> tuple[Session, ...]:
    """Return all kept quizzes, the oldest first; of one person, or on one data set, if named."""
    try:
        records = logs.read(_log())
    except OSError as error:
        raise LabError(
            f"The quizzes in {_log().parent} cannot be read ({error.strerror or error}). "
            "Make the folder readable."
        ) from error
    found = []
    for record in records:
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
