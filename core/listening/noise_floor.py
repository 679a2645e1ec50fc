"""How loud the room is when nobody speaks, followed through a stream.

In: the level of each 10 ms, from ``core.listening.endpointing``. Out: the floor that its
thresholds stand on.
"""

from collections import deque
from typing import Final

SMOOTH: Final = 5
"""Frames averaged before the least is taken: one quiet frame by chance is not the room."""
BLOCK: Final = 25
"""Frames that share one minimum (250 ms): what the memory is counted in."""


class NoiseFloor:
    """The least smoothed level of the last seconds: falls at once, rises when they have passed.

    A word cannot lift it, because words leave gaps; a fan that starts lifts it when the quiet
    before it is forgotten. After R. Martin (2001), "Noise power spectral density estimation
    based on optimal smoothing and minimum statistics", IEEE Trans. SAP 9(5), on one band.
    """

    def __init__(self, lowest_db: float, memory: int, warm_up: int) -> None:
        self.level_db = lowest_db
        """The floor now, in dB relative to full scale."""
        self._lowest_db = lowest_db
        self._warm_up = warm_up
        self._minima: deque[float] = deque(maxlen=max(1, round(memory / BLOCK)))
        self._recent: deque[float] = deque(maxlen=SMOOTH)
        self._seen = 0
        self._silent = 0

    def update(self, level_db: float, ceiling_db: float) -> float:
        """Take in one frame and return the floor.

        Parameters
        ----------
        level_db : float
            Level of the frame.
        ceiling_db : float
            Where the floor may not rise to while a voice is heard; infinity otherwise.
        """
        if level_db < self._lowest_db:
            # Silence made by a machine (a muted track, a gate) says nothing about the room that
            # follows it: begin anew, so that neither a word nor a hiss after it is misjudged.
            self._silent += 1
            if self._silent >= SMOOTH:
                self._minima.clear()
                self._recent.clear()
                self._seen = 0
                self.level_db = self._lowest_db
            return self.level_db
        self._silent = 0
        self._recent.append(level_db)
        smooth = sum(self._recent) / len(self._recent)
        if self._seen % BLOCK == 0:
            self._minima.append(smooth)
        elif smooth < self._minima[-1]:
            self._minima[-1] = smooth
        self._seen += 1
        if self._seen >= self._warm_up:
            least = max(min(self._minima), self._lowest_db)
            if least < self.level_db:
                self.level_db = least
            else:
                self.level_db = max(self.level_db, min(least, ceiling_db))
        return self.level_db
