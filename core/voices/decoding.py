"""Samples out of uploads, which are hostile until read: decoded in a process that may be lost.

In: the bytes of a file from anybody. Out: samples at 8 kHz, or one sentence. A decoder that hangs
is killed at its deadline; one that crashes, or is taken over, takes nothing of the server with it.
One process stays warm, so that a clip costs a millisecond or two and not the time of imports.
"""

import atexit
import contextlib
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import AudioError
from core.voices.decode_process import START_SECONDS, Child, LostError
from core.voices.naming import shortened

MAX_BYTES = 32 * 2**20
"""Size of one upload."""
MAX_SECONDS = 20.0
"""Length of one upload (s): one word with all the silence around it."""
DEADLINE_SECONDS = 10.0
"""Time for one upload (s); a real one takes milliseconds."""
MOST_AT_ONCE = 3
"""Processes at a time, so that one visitor's hanging file keeps nobody waiting."""

_USES = 1000
"""Uploads after which a process is replaced: whatever it leaks ends with it."""


@dataclass(frozen=True, eq=False)
class Upload:
    """A decoded upload."""

    y: np.ndarray
    """[shape=(n,)], float32: samples at 8 kHz."""
    sr: int
    """The rate that it came with (Hz)."""
    clipped: int
    """Samples, at that rate, that were cut off at the loudest value there is."""


class Decoders:
    """A few decoding processes, one of them kept warm; any number of threads may ask.

    Parameters
    ----------
    command : sequence of str, optional
        What to start; another one is for tests.
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self._command = command or [sys.executable, "-m", "core.voices.decode_child"]
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        # Every thread that asks takes a process out under this lock, and puts it back under it.
        self._lock = threading.Lock()
        self._idle: list[Child] = []

    def warm_up(self) -> None:
        """Start a process now, so that the first upload need not wait; errors wait for it too."""
        with contextlib.suppress(OSError, TimeoutError, LostError):
            self._put_back(self._taken())

    def _taken(self) -> Child:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return Child(self._command)

    def _put_back(self, child: Child) -> None:
        with self._lock:
            if not self._idle and child.uses < _USES:
                self._idle.append(child)
                return
        child.close()

    def decode(self, data: bytes, name: str, max_seconds: float, deadline: float) -> Upload:
        """Return what ``decode_details`` does."""
        what = f"The recording {shortened(name)}".rstrip()
        if len(data) > MAX_BYTES:
            raise AudioError(
                f"{what} has {len(data) / 2**20:.0f} MB; at most {MAX_BYTES >> 20} MB are read. "
                "Cut out the part that you need, or save it as a 16-bit WAV."
            )
        request = {
            "name": what, "max_seconds": max_seconds, "deadline": deadline, "bytes": len(data),
        }  # fmt: skip
        if not self._places.acquire(timeout=deadline + START_SECONDS):
            raise AudioError(f"{what} was not read: too much is being read. Try again in a minute.")
        try:
            header, y = self._asked(bytes(data), request)
        except TimeoutError as error:
            raise AudioError(
                f"{what} was given up after {deadline:g} s: it is damaged, or made to do harm. "
                "Record it again, or save it as a 16-bit WAV."
            ) from error
        except (OSError, LostError) as error:
            raise AudioError(
                f"{what} cannot be read: the program that decodes it broke off. The file is "
                "damaged, or made to do harm. Record it again, or save it as a 16-bit WAV."
            ) from error
        finally:
            self._places.release()
        if "error" in header:
            raise AudioError(header["error"])
        return Upload(y, header["sr"], header["clipped"])

    def _asked(self, data: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], np.ndarray]:
        """Ask a process; a warm one that had died unseen is replaced once."""
        child = self._taken()
        while True:
            was_warm = child.uses > 0
            try:
                answer = child.ask(data, request)
            except LostError:
                child.close()
                if not was_warm:
                    raise
                child = Child(self._command)
                continue
            except BaseException:
                child.close()
                raise
            self._put_back(child)
            return answer

    def close(self) -> None:
        """End the idle processes."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.close()


_DECODERS = Decoders()
atexit.register(_DECODERS.close)


def warm_up() -> None:
    """Start a decoding process now; call it in the background when recording is offered."""
    _DECODERS.warm_up()


def decode_details(
    data: bytes,
    name: str,
    max_seconds: float = MAX_SECONDS,
    deadline: float = DEADLINE_SECONDS,
) -> Upload:
    """Return an upload's samples and what only its own sample rate shows.

    Parameters
    ----------
    data : bytes
        A whole file; see ``core.sound.audio.read_audio`` for the kinds.
    name : str
        What to call it in an error; data, shown cleaned and shortened.
    max_seconds : float
        The longest recording that is read (s); checked before anything is allocated for it.
    deadline : float
        When reading is given up (s).

    Raises
    ------
    AudioError
        If it cannot be used, in one sentence.
    """
    return _DECODERS.decode(data, name, max_seconds, deadline)


def decode_upload(data: bytes, name: str, max_seconds: float = MAX_SECONDS) -> np.ndarray:
    """Return an upload's samples [shape=(n,)], float32, at 8 kHz; errors as ``decode_details``."""
    return decode_details(data, name, max_seconds).y
