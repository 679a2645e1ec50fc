"""Downloading the Free Spoken Digit Dataset: all of it, checked, or nothing.

In: GitHub's archive of a release, over a network that may fail in any way. Out: a folder of
recordings with the expected tree id. The archive's own bytes are not pinned, because GitHub may
pack them anew at any time; every name and every content in it is.
"""

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from http.client import responses
from pathlib import Path
from typing import Any

from core.errors import DataError
from core.sound import fsdd
from core.sound.tree_id import folder_tree_id
from core.sound.unpacking import PassingError, unpack_recordings

FSDD_URL = (
    f"https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v{fsdd.VERSION}.zip"
)
"""GitHub's archive of the release; it states no length."""

MAX_ARCHIVE_BYTES = 100 * 2**20
"""The most that is downloaded; the archive is about a tenth of it."""

_TEMPORARY = ".fetching-"
"""How the name of a folder begins that an attempt works in."""

Progress = Callable[[int, int | None], None]
"""Called with the bytes so far and the bytes in all, None where the server does not say."""


class _Arriving:
    """The file that a download is written to and the progress object that pooch reports to.

    It counts the bytes that were really written; pooch itself counts whole chunks. It also keeps
    the server's answers, to hang up on when something fails: pooch leaves them open then.
    """

    def __init__(self, path: Path, progress: Progress | None) -> None:
        self.file = path.open("wb")
        self.total = 0  # set by pooch: what the server states, 0 if nothing
        self._progress = progress
        self._so_far = 0
        self._answers: list[Any] = []

    def keep_answer(self, answer: Any, **_: Any) -> None:
        self._answers.append(answer)

    def write(self, data: bytes) -> int:
        self._so_far += len(data)
        if self._so_far > MAX_ARCHIVE_BYTES:
            raise DataError(
                f"The server sends more than {MAX_ARCHIVE_BYTES >> 20} MB, so it is not the Free "
                f"Spoken Digit Dataset. Download {FSDD_URL} with a browser and give its path."
            )
        return self.file.write(data)

    def flush(self) -> None:
        """Do nothing: pooch asks after every chunk, one flush at the end is enough."""

    def update(self, _chunk_size: int) -> None:
        if self._progress is not None:
            self._progress(self._so_far, self.total or None)

    def reset(self) -> None:
        """Do nothing: pooch starts its bar anew to fill it up; the count here is exact."""

    def close(self) -> None:
        self.file.close()
        for answer in self._answers:
            answer.close()


def fetch_fsdd(
    destination: Path,
    url: str = FSDD_URL,
    progress: Progress | None = None,
    expected_tree: str = fsdd.TREE,
    *,
    attempts: int = 3,
    pause_seconds: float = 2.0,
    wait_seconds: float = 900.0,
) -> Path:
    """Return the folder of FSDD's recordings, downloaded and checked.

    The folder appears in one step when everything is right; before that, nothing is there. A
    second call at the same time waits for the first one and returns its result.

    Parameters
    ----------
    destination : Path
        The folder that is to hold the recordings. If it holds them already, nothing is downloaded.
    url : str
        The archive, a zip of GitHub's shape.
    progress : callable, optional
        Called with (bytes so far, bytes in all or None). What it raises ends the download; that is
        how to cancel one.
    expected_tree : str
        The tree id that the recordings must have.
    attempts : int
        How often to try where trying again may help (a broken connection, a damaged archive).
    pause_seconds : float
        How long to wait before the second attempt (s); twice as long before each further one.
    wait_seconds : float
        How long to wait for another visitor's download (s).

    Returns
    -------
    destination : Path

    Raises
    ------
    DataError
        If it cannot be had, with what came, what was expected and the remedy. What an attempt
        began is removed; what a killed one left is removed by the next call.
    """
    import filelock

    destination = Path(destination).absolute()
    parent = destination.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(parent / ".fetching.lock", timeout=wait_seconds):
            for leftover in parent.glob(f"{_TEMPORARY}*"):
                shutil.rmtree(leftover, ignore_errors=True)
            if _already_there(destination, expected_tree):
                return destination
            for attempt in range(1, attempts + 1):
                try:
                    return _attempt(destination, url, progress, expected_tree)
                except PassingError as failure:
                    if attempt == attempts:
                        raise DataError(f"{failure} (Attempts made: {attempts}.)") from failure
                    time.sleep(pause_seconds * 2 ** (attempt - 1))
            raise ValueError(f"attempts={attempts} must be at least 1.")
    except filelock.Timeout as error:
        raise DataError(
            f"Another download into {parent} has been running for {wait_seconds:.0f} s. "
            "Wait until it is done, or restart the app if it hangs."
        ) from error
    except OSError as error:
        raise DataError(_disk_sentence(error, parent)) from error


def _already_there(destination: Path, expected_tree: str) -> bool:
    """Return whether the recordings are there; an empty folder is cleared away."""
    if not os.path.lexists(destination):
        return False
    if destination.is_dir():
        if not any(destination.iterdir()):
            destination.rmdir()
            return False
        if folder_tree_id(destination) == expected_tree:
            return True
    raise DataError(
        f"{destination} already exists but does not hold the expected recordings (it may have been "
        "changed since it was downloaded). Move or delete it, then download again."
    )


def _disk_sentence(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no space left in {folder}. Free about 60 MB, then download again."
    return (
        f"{folder} cannot be written ({error.strerror or error}). Make it writable, or set "
        "SPOKEN_DIGITS_HOME to a folder that is."
    )


def _attempt(destination: Path, url: str, progress: Progress | None, expected_tree: str) -> Path:
    """Download, check and put in place once, in a folder of its own that is always removed."""
    work = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=destination.parent))
    try:
        archive, recordings = work / "archive.zip", work / "recordings"
        _download(url, archive, progress)
        recordings.mkdir()
        unpack_recordings(archive, recordings, expected_tree)
        # in the same folder of the same disk, so this happens at once or not at all
        recordings.replace(destination)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return destination


def _download(url: str, archive: Path, progress: Progress | None) -> None:
    """Write what the server sends to a file."""
    import pooch
    import requests

    by_hand = f"Or download {url} with a browser and give the path of the zip."
    arriving = _Arriving(archive, progress)
    downloader = pooch.HTTPDownloader(
        progressbar=arriving,
        chunk_size=1 << 16,
        timeout=30,
        hooks={"response": arriving.keep_answer},
    )
    try:
        downloader(url, arriving, None)
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        sentence = (
            f"The server answers {status} ({responses.get(status, 'unknown')}) instead of sending "
            f"the archive. Try again later. {by_hand}"
        )
        # 4xx: the request itself is wrong and stays so, but for "too slow" and "too many"
        if status < 500 and status not in (408, 429):
            raise DataError(sentence) from error
        raise PassingError(sentence) from error
    except requests.ConnectionError as error:
        raise PassingError(
            "The server cannot be reached, or the connection broke: is there internet? "
            f"Check the connection and try again. {by_hand}"
        ) from error
    except requests.RequestException as error:
        raise PassingError(
            f"The download was cut off ({type(error).__name__}). Try again. {by_hand}"
        ) from error
    finally:
        arriving.close()
