"""How well the microphone is set: its peaks, what is cut off, and whether it is muted.

In: blocks as they come, before anything is done to them. Out: a level for the page, and one word
of advice.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from core.listening.resampling import Block

WINDOW_SECONDS: Final = 3.0
"""Over which peaks are told: longer than the pause between two words."""
CLIPPED: Final = 0.99
"""Samples from here on count as cut off, 1 being full scale."""
CLIPPED_SAMPLES: Final = 8
"""So many of them within the window are no accident: a loud click has two or three."""
MUTED_SECONDS: Final = 1.5
"""Sound of nothing but zeros for so long is a muted track: the quietest room flickers."""
QUIET_PEAK_DB: Final = -40.0
"""A peak below this, within the window, holds no word that is worth hearing, in dB relative to
full scale. FSDD's quietest speaker peaks at -24 at the median."""

Hint = Literal["", "muted", "clipping", "too quiet"]


@dataclass(frozen=True)
class Level:
    """What came in over the last seconds."""

    peak: float = 0.0
    """Largest absolute sample of the window; 1 is full scale."""
    clipped: int = 0
    """Samples of the window that stand at full scale."""
    silent_seconds: float = 0.0
    """For how long nothing but zeros has come."""
    seconds: float = 0.0
    """How much of the window has been heard."""

    @property
    def peak_db(self) -> float:
        """The peak in dB relative to full scale."""
        return float(20 * np.log10(max(self.peak, 1e-6)))

    @property
    def is_muted(self) -> bool:
        """Whether nothing but zeros has come for a while."""
        return self.silent_seconds >= MUTED_SECONDS

    @property
    def is_clipping(self) -> bool:
        """Whether sound is cut off."""
        return self.clipped >= CLIPPED_SAMPLES

    @property
    def is_low(self) -> bool:
        """Whether nothing in the whole window was as loud as a word."""
        return self.seconds >= WINDOW_SECONDS and self.peak_db < QUIET_PEAK_DB


class LevelMeter:
    """Follows a stream's peaks; one thread feeds it, and ``level`` is replaced as a whole."""

    def __init__(self) -> None:
        self.level = Level()
        self._blocks: deque[tuple[float, float, int]] = deque()
        self._seconds = 0.0
        self._silent = 0.0

    def feed(self, block: Block, sr: int) -> None:
        """Take in a block [shape=(n,) or (n, n_channels)] of int16 or float samples."""
        if len(block) == 0:
            return
        full = 32768.0 if block.dtype == np.int16 else 1.0
        # the absolute of int16's lowest value has no int16
        size = np.abs(block.astype(np.float32)) / np.float32(full)
        size = np.nan_to_num(size, nan=0.0, posinf=1.0)
        peak, seconds = float(size.max()), len(block) / sr
        self._blocks.append((seconds, peak, int((size >= CLIPPED).sum())))
        self._seconds += seconds
        while self._seconds - self._blocks[0][0] >= WINDOW_SECONDS:
            self._seconds -= self._blocks.popleft()[0]
        self._silent = self._silent + seconds if peak == 0.0 else 0.0
        self.level = Level(
            max(block_peak for _, block_peak, _ in self._blocks),
            sum(n for _, _, n in self._blocks),
            self._silent,
            self._seconds,
        )
