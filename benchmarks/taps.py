"""What a tapped server wrote of its microphones, as arrays, and what it says.

In: the folder that ``benchmarks.tapped`` wrote. Out: arrivals, samples and words of each listener,
for ``benchmarks.latency`` and ``benchmarks.soak``.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from scipy.signal import correlate

from benchmarks.streams import SR


@dataclass(frozen=True)
class HeardAt:
    """One word that a listener gave, with its clock times."""

    number: int
    start: float
    """Seconds of the stream."""
    end: float
    digit: int | None
    confidence: float
    recognise_seconds: float
    endpoint_seconds: float
    """Sound that had to come after the word to know that it was over."""
    arrived: float
    """``time.time()`` at which the block came that ended it."""
    answered: float
    dropped: int


@dataclass(frozen=True)
class Tapped:
    """One listener's stream."""

    arrived: np.ndarray
    """[shape=(n_blocks,)]: ``time.time()`` of each block."""
    lengths: np.ndarray
    """[shape=(n_blocks,)]: its samples."""
    sr: int
    pts: np.ndarray
    """[shape=(n_blocks,)]: its clock, counted in samples by the sender."""
    y: np.ndarray
    """[shape=(n,)], float32: the first samples."""
    words: list[HeardAt]

    @property
    def seconds(self) -> float:
        """Sound that has come."""
        return float(self.lengths.sum()) / self.sr

    @property
    def lost(self) -> float:
        """Share of the frames that the sender's clock says are missing."""
        steps = np.diff(self.pts)
        missing = np.maximum(steps - self.lengths[:-1], 0).sum()
        return float(missing / max(1, self.pts[-1] - self.pts[0]))

    def arrival(self, seconds: float) -> float:
        """Return the ``time.time()`` at which that moment of the stream came."""
        ends = np.cumsum(self.lengths) / self.sr
        return float(self.arrived[min(int(np.searchsorted(ends, seconds)), len(ends) - 1)])


def rows(path: Path) -> list[Any]:
    """Return the whole lines of a file that may still be written."""
    if not path.exists():
        return []
    lines = path.read_text("utf-8").split("\n")[:-1]
    return [json.loads(line) for line in lines]


def read_taps(folder: Path) -> list[Tapped]:
    """Return every listener's stream, in the order in which they began."""
    taps = []
    for path in sorted(folder.glob("*.blocks"), key=lambda p: int(p.stem)):
        blocks = np.array(rows(path))
        y = np.frombuffer(path.with_suffix(".samples").read_bytes(), np.int16)
        words = [HeardAt(*row) for row in rows(path.with_suffix(".words"))]
        taps.append(
            Tapped(
                blocks[:, 0], blocks[:, 1].astype(int), int(blocks[0, 2]),
                blocks[:, 3].astype(int), (y / np.float32(32768)).astype(np.float32), words,
            )
        )  # fmt: skip
    return taps


def offset_of(tapped: Tapped, played: np.ndarray) -> float:
    """Return where the played sound begins in what came, in seconds; negative if before.

    Parameters
    ----------
    tapped : Tapped
        What came.
    played : np.ndarray [shape=(n,)], float32
        What the microphone played, at 8 kHz.
    """
    y = soxr.resample(tapped.y, tapped.sr, SR)
    matched = correlate(y, played[: 60 * SR], mode="full", method="fft")
    return float(np.argmax(matched) - (len(played[: 60 * SR]) - 1)) / SR
