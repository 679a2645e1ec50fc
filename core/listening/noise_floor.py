"""How loud the room is when nobody speaks, followed through a stream.

In: the level of each 10 ms, from ``core.listening.endpointing``. Out: the floor that its
thresholds stand on.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

SMOOTH: Final = 5
"""Frames averaged before the least is taken: one quiet frame by chance is not the room."""
BLOCK: Final = 25
"""Frames that are summed up together (250 ms): what the memory is counted in."""
QUIETEST: Final = 2
"""Blocks that the floor is taken from: one alone may be a moment between two gusts."""
VOICE_DB: Final = 12.0
"""A voiced frame this far above the least is somebody speaking, not the room, in dB."""
MAX_SPREAD_DB: Final = 8.0
"""Fluctuation beyond this is speech in the blocks, not the room, in dB."""


@dataclass
class _Block:
    """A quarter of a second: its least smoothed level, and the mean of what is no voice."""

    least_db: float
    total_db: float = 0.0
    n: int = 0


class NoiseFloor:
    """Mean and top of the noise, from the quietest of the last seconds.

    It falls with the first quiet half second and rises when the quiet is forgotten: a word cannot
    lift it, because words leave gaps, and a fan that starts lifts it within the memory. The
    quietest moments are followed as by R. Martin (2001), "Noise power spectral density estimation
    based on optimal smoothing and minimum statistics", IEEE Trans. Speech and Audio Processing
    9(5), on one band; rain and birds vary more than a fan, so their fluctuation is followed too.

    Parameters
    ----------
    lowest_db : float
        What is quieter is silence made by a machine, in dB relative to full scale.
    memory : int
        Frames that are remembered.
    warm_up : int
        Frames of sound needed before it may be called noise, and of silence to forget it.
    """

    def __init__(self, lowest_db: float, memory: int, warm_up: int) -> None:
        self.least_db = lowest_db
        """The quietest moments, in dB relative to full scale."""
        self.spread_db = 0.0
        """How far the mean of the noise is above them, in dB."""
        self._lowest_db = lowest_db
        self._warm_up = warm_up
        self._blocks: deque[_Block] = deque(maxlen=max(QUIETEST, round(memory / BLOCK)))
        self._recent: deque[float] = deque(maxlen=SMOOTH)
        self._seen = 0
        self._silent = 0

    @property
    def mean_db(self) -> float:
        """Mean level of the noise, in dB relative to full scale."""
        return self.least_db + self.spread_db

    @property
    def top_db(self) -> float:
        """As far above the mean as the quietest moments are below it."""
        return self.least_db + 2 * self.spread_db

    def update(self, level_db: float, voiced: bool, ceiling_db: float) -> None:
        """Take in one frame.

        Parameters
        ----------
        level_db : float
            Level of the frame.
        voiced : bool
            Whether it is periodic as a voice is.
        ceiling_db : float
            Where the floor may not rise to while somebody speaks; infinity otherwise.
        """
        if level_db < self._lowest_db:
            self._hear_silence()
            return
        self._silent = 0
        self._recent.append(level_db)
        smooth_db = sum(self._recent) / len(self._recent)
        if self._seen % BLOCK == 0:
            self._blocks.append(_Block(smooth_db))
        block = self._blocks[-1]
        block.least_db = min(block.least_db, smooth_db)
        if not (voiced and level_db > self.least_db + VOICE_DB):
            block.total_db += level_db
            block.n += 1
        self._seen += 1
        if self._seen >= self._warm_up:
            self._settle(ceiling_db)

    def _settle(self, ceiling_db: float) -> None:
        """Take floor and spread from the quietest blocks."""
        quietest = sorted(self._blocks, key=lambda block: block.least_db)
        lowest = quietest[:QUIETEST]
        least_db = sum(block.least_db for block in lowest) / len(lowest)
        if least_db > self.least_db:
            least_db = max(self.least_db, min(least_db, ceiling_db))
        self.least_db = max(least_db, self._lowest_db)
        if self._seen % BLOCK == 0:
            # Speech in a block only adds to its spread: the least of three is the room's.
            spreads = [
                block.total_db / block.n - block.least_db
                for block in quietest[: QUIETEST + 1]
                if block.n >= BLOCK // 2
            ]
            if spreads:
                self.spread_db = min(min(spreads), MAX_SPREAD_DB)

    def _hear_silence(self) -> None:
        """Begin anew after a muted track or a gate.

        Such silence says nothing about the room that follows it: neither a word nor a hiss that
        comes after it may be judged by it. Only when it has lasted: what ended with it is still
        judged by the room it was heard in.
        """
        self._silent += 1
        if self._silent == self._warm_up:
            self._blocks.clear()
            self._recent.clear()
            self._seen = 0
            self.least_db = self._lowest_db
            self.spread_db = 0.0
