"""A decoding process as its owner sees it: asked, timed, not believed, killed.

In: uploads from ``core.voices.decoding``. Out: what the process answered, if it can be an answer.
"""

import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from core.home import REPOSITORY
from core.sound.audio import SAMPLE_RATE

START_SECONDS = 60.0
"""Time for a new process to import what it needs (s): under one where nothing else runs."""
_LOUDEST = 200.0
"""Resampling may overshoot what ``core.sound.decoding`` lets through (100), but not by so much."""


class LostError(Exception):
    """The process ended, or said something that no decoder says."""


class Child:
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
                    raise LostError
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
        except (OSError, ValueError, KeyError, TypeError, RecursionError, LostError) as error:
            if not expired.is_set():
                raise LostError from error
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
                raise LostError
            samples = self._from.read(4 * n)
            y = np.frombuffer(samples, "<f4").astype(np.float32)
            if len(y) != n or not np.abs(y).max() <= _LOUDEST:  # NaN compares false
                raise LostError
            return {"sr": int(header["sr"]), "clipped": int(header["clipped"])}, y

    def close(self) -> None:
        """End the process and wait until it has ended."""
        self._process.kill()
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.wait()
