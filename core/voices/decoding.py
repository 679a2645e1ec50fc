"""Samples out of uploads, which are hostile until read: decoded in a process that may be lost.

In: the bytes of a file from anybody. Out: samples at 8 kHz, or one sentence. A decoder that hangs
is killed at its deadline; one that crashes, or is taken over, takes nothing of the server with it.
One process stays warm, so that a clip costs a millisecond or two and not the time of imports.
"""

import atexit
import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import AudioError
from core.home import REPOSITORY
from core.sound.audio import SAMPLE_RATE
from core.voices.naming import shortened

MAX_BYTES = 32 * 2**20
"""Size of one upload."""
MAX_SECONDS = 20.0
"""Length of one upload (s): one word with all the silence around it."""
DEADLINE_SECONDS = 10.0
"""Time for one upload (s); a real one takes milliseconds."""
START_SECONDS = 60.0
"""Time for a new process to import what it needs (s): under one where nothing else runs."""
MOST_AT_ONCE = 3
"""Processes at a time, so that one visitor's hanging file keeps nobody waiting."""

_USES = 1000
"""Uploads after which a process is replaced: whatever it leaks ends with it."""
_LOUDEST = 200.0
"""Resampling may overshoot what ``core.sound.decoding`` lets through (100), but not by so much."""


@dataclass(frozen=True, eq=False)
class Upload:
    """A decoded upload."""

    y: np.ndarray
    """[shape=(n,)], float32: samples at 8 kHz."""
    sr: int
    """The rate that it came with (Hz)."""
    clipped: int
    """Samples, at that rate, that were cut off at the loudest value there is."""


class _LostError(Exception):
    """The process ended, or said something that no decoder says."""


class _Child:
    """One decoding process; used by one thread at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        self.uses = 0
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=REPOSITORY,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        try:
            with self._within(START_SECONDS):
                if self._from.readline(16) != b"ready\n":
                    raise _LostError
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Kill the process if the block takes longer; ``TimeoutError`` then."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self._process.kill()

        timer = threading.Timer(seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (OSError, ValueError, KeyError, TypeError, RecursionError, _LostError) as error:
            if not expired.is_set():
                raise _LostError from error
        finally:
            timer.cancel()
            timer.join()
        if expired.is_set():
            raise TimeoutError

    def ask(self, data: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], np.ndarray]:
        """Return the answer's header and samples; what came is not trusted either."""
        self.uses += 1
        most = round((request["max_seconds"] + 1) * SAMPLE_RATE)
        with self._within(request["deadline"]):
            self._to.write(json.dumps(request).encode() + b"\n")
            self._to.write(data)
            self._to.flush()
            line = self._from.readline(10_000)
            header = json.loads(line)
            if "error" in header:
                return {"error": str(header["error"])[:1000]}, np.zeros(0, np.float32)
            n = int(header["n"])
            if not 0 < n <= most:
                raise _LostError
            samples = self._from.read(4 * n)
            y = np.frombuffer(samples, "<f4").astype(np.float32)
            if len(y) != n or not np.abs(y).max() <= _LOUDEST:  # NaN compares false
                raise _LostError
            return {"sr": int(header["sr"]), "clipped": int(header["clipped"])}, y

    def close(self) -> None:
        """End the process and wait until it has ended."""
        self._process.kill()
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.wait()


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
        self._idle: list[_Child] = []

    def warm_up(self) -> None:
        """Start a process now, so that the first upload need not wait; errors wait for it too."""
        with contextlib.suppress(OSError, TimeoutError, _LostError):
            self._put_back(self._taken())

    def _taken(self) -> _Child:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return _Child(self._command)

    def _put_back(self, child: _Child) -> None:
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
        except (OSError, _LostError) as error:
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
            except _LostError:
                child.close()
                if not was_warm:
                    raise
                child = _Child(self._command)
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
