"""A download in the background: started by one visitor, watched by all.

In: the press of a button. Out: a frozen state that pages poll; no page waits for the network.
"""

import threading
from dataclasses import dataclass
from typing import Literal

from core.errors import LabError
from core.sound.fetching import FSDD_URL, fetch_fsdd
from core.sound.fsdd import downloaded_folder


@dataclass(frozen=True)
class DownloadState:
    """How far a download is."""

    stage: Literal["idle", "running", "done", "failed"] = "idle"
    bytes_so_far: int = 0
    bytes_in_all: int | None = None
    """None where the server does not say, as GitHub's archives."""
    problem: str = ""
    """Why it failed, in one sentence."""


class Download:
    """The download of FSDD; one for the whole server."""

    def __init__(self, url: str = FSDD_URL) -> None:
        self._url = url
        # Whoever starts holds this; the thread replaces the state as a whole, pages read it.
        self._lock = threading.Lock()
        self._state = DownloadState()

    @property
    def state(self) -> DownloadState:
        """How far it is now."""
        return self._state

    def start(self) -> None:
        """Begin, unless it is running already; returns at once."""
        with self._lock:
            if self._state.stage == "running":
                return
            self._state = DownloadState("running")
            threading.Thread(target=self._run, name="fsdd-download", daemon=True).start()

    def _show(self, so_far: int, in_all: int | None) -> None:
        self._state = DownloadState("running", so_far, in_all)

    def _run(self) -> None:
        try:
            fetch_fsdd(downloaded_folder(), self._url, self._show)
        except LabError as error:
            self._state = DownloadState("failed", problem=str(error))
        except Exception as error:  # a thread that dies must not leave "running" behind
            self._state = DownloadState("failed", problem=f"The download failed: {error}.")
        else:
            self._state = DownloadState("done")
