"""What has been sounding since the stream rose above its noise: the frames a word may lie in.

In: level and voicing of each 10 ms, from ``core.listening.endpointing``. Out: the bounds of the
word in them, and of the gap between two.
"""

import math

import numpy as np

from core.listening.endpointer_config import EndpointerConfig
from core.listening.loudness import n_frames
from core.listening.word_shape import gap_between_words, word_in


class Sound:
    """Neighbouring frames, the oldest first, that may hold a word.

    Parameters
    ----------
    first : int
        Number of the first frame in the stream.
    config : EndpointerConfig
        What counts as a word.
    """

    def __init__(self, first: int, config: EndpointerConfig) -> None:
        self.first = first
        """Number of the oldest frame in the stream."""
        self.peak_db = -math.inf
        """Level of the loudest voiced frame, in dB relative to full scale."""
        self.unvoiced = 0
        """Frames since the last voice."""
        self._config = config
        self._levels: list[float] = []
        self._voiced: list[bool] = []
        self._dipped = False

    def __len__(self) -> int:
        return len(self._levels)

    def add(self, level_db: float, voiced: bool, threshold_db: float) -> None:
        """Take in the next frame."""
        self._levels.append(level_db)
        self._voiced.append(voiced)
        if voiced and level_db > self.peak_db - self._config.voice_range_db:
            self.peak_db = max(self.peak_db, level_db)
            self.unvoiced = 0
        else:
            self.unvoiced += 1
        if level_db < max(self.peak_db - self._config.depth_db, threshold_db):
            self._dipped = math.isfinite(self.peak_db)

    def drop(self, n: int) -> None:
        """Forget the oldest ``n`` frames."""
        del self._levels[:n]
        del self._voiced[:n]
        self.first += n

    def loudest_voice(self, stop: int) -> float:
        """Return the level of the loudest voiced frame before frame ``stop``."""
        voice = (x for x, v in zip(self._levels[:stop], self._voiced, strict=False) if v)
        return max(voice, default=-math.inf)

    def word(self, stop: int, threshold_db: float) -> tuple[int, int] | None:
        """Return (first, one past the last) frame of the word before ``stop``, counted from here.

        None if there is too little voice for a word.
        """
        config = self._config
        levels = np.array(self._levels[:stop])
        sounding = levels > threshold_db
        voiced = np.array(self._voiced[:stop]) & sounding
        voiced &= levels > self.peak_db - config.voice_range_db
        if np.sum(voiced) < n_frames(config.min_voiced_seconds):
            return None
        return word_in(
            sounding, voiced, n_frames(config.head_seconds), n_frames(config.tail_seconds)
        )

    def gap(self, floor_db: float) -> tuple[int, int] | None:
        """Return (first, one past the last) frame of a gap with a word on both sides, or None.

        Looked for only when a voice has come back after something quiet.
        """
        if not self._dipped or self.unvoiced > 0:
            return None
        config = self._config
        return gap_between_words(
            np.array(self._levels),
            np.array(self._voiced),
            floor_db=floor_db,
            depth_db=config.depth_db,
            range_db=config.range_db,
            n_voiced=n_frames(config.split_voiced_seconds),
            n_deep=n_frames(config.gap_seconds),
            n_shallow=n_frames(config.shallow_gap_seconds),
        )

    def begin_after(self, gap: tuple[int, int]) -> None:
        """Go on with the word after a gap."""
        self.drop(gap[1])
        self._dipped = False
        self.peak_db = self.loudest_voice(len(self))
