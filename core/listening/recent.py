"""The last seconds of a stream, kept to be seen and heard again.

In: samples at 8 kHz, as a listener takes them in. Out: a copy of the latest ones with their place
in the stream, for the page.
"""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.sound.audio import SAMPLE_RATE

KEPT_SECONDS = 10.0
"""Sound that is kept: enough for a few words and the silence between them, 320 kB a listener."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """A stretch of a stream."""

    y: NDArray[np.float32]
    """[shape=(n,)]: samples at 8 kHz."""
    start: float
    """Where it begins, in seconds of the stream."""

    @property
    def end(self) -> float:
        """Where it ends, in seconds of the stream."""
        return self.start + len(self.y) / SAMPLE_RATE


class Recent:
    """A ring of the latest samples."""

    def __init__(self, seconds: float = KEPT_SECONDS) -> None:
        # The listener's thread writes, pages read; both hold this for one copy.
        self._lock = threading.Lock()
        self._ring = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
        self._total = 0

    def append(self, y: NDArray[np.float32]) -> None:
        """Take in the next samples [shape=(n,)]."""
        n = len(self._ring)
        kept = y[-n:]
        with self._lock:
            at = (self._total + len(y) - len(kept)) % n
            first = min(len(kept), n - at)
            self._ring[at : at + first] = kept[:first]
            self._ring[: len(kept) - first] = kept[first:]
            self._total += len(y)

    def stretch(self) -> Stretch:
        """Return a copy of what is kept."""
        with self._lock:
            kept = min(self._total, len(self._ring))
            at = self._total % len(self._ring)
            if kept < len(self._ring):
                y = self._ring[:kept].copy()
            else:
                y = np.concatenate([self._ring[at:], self._ring[:at]])
            return Stretch(y, (self._total - kept) / SAMPLE_RATE)
