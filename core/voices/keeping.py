"""What people did here, kept: flags, quizzes and exams, each an append-only log in its own folder.

In: plain values, and what they are called. Out: the log, added to by one at a time; its whole
records; a sentence where the folder does not let itself be written or read.
"""

from pathlib import Path

from filelock import FileLock, Timeout

from core import logs
from core.errors import LabError

BUSY_SECONDS = 10.0
"""How long to wait for somebody else who is writing (s); it takes milliseconds."""


def keep(path: Path, record: logs.Record, what: str) -> None:
    """Append one record to a log; it is on the disk when this returns.

    Parameters
    ----------
    path : Path
        The log; its folder is made if missing.
    record : dict
        Plain values.
    what : str
        What it is called where it cannot be kept: "The quiz".

    Raises
    ------
    LabError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.parent / ".lock").acquire(timeout=BUSY_SECONDS):
            logs.append(path, record, sync=True)
    except (OSError, Timeout) as error:
        raise LabError(
            f"{what} was not kept: {path.parent} cannot be written "
            f"({getattr(error, 'strerror', None) or 'somebody else is writing'}). Try again; make "
            "it writable, or set SPOKEN_DIGITS_HOME to a folder that is."
        ) from error


def kept(path: Path, what: str) -> list[logs.Record]:
    """Return a log's whole records, in order; none where there is no log.

    Parameters
    ----------
    path : Path
    what : str
        What they are called where they cannot be read: "The quizzes".

    Raises
    ------
    LabError
        If it cannot be read.
    """
    try:
        return logs.read(path)
    except NotADirectoryError:  # a file where the data folder should be: nothing was ever kept
        return []
    except OSError as error:
        raise LabError(
            f"{what} in {path.parent} cannot be read ({error.strerror or error}). "
            "Make the folder readable."
        ) from error
