"""One word cut out of a stream: plain values.

In: ``core.listening.endpointing`` makes it. Out: the recogniser, the live page, the timeline.
"""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Utterance:
    """One word: where it stands in the stream, and its samples."""

    start: int
    """Index in the stream of the first sample of ``y``, which includes the pre-roll."""
    end: int
    """One past the last sample of ``y``."""
    word_start: int
    """Index of the sample where the word itself begins."""
    word_end: int
    """One past the sample where the word itself ends."""
    decided: int
    """Samples of the stream that had to come before the word was given out."""
    y: np.ndarray
    """[shape=(end - start,)], float32: the samples."""
    speech_db: float
    """Level of the loudest voiced frame, in dB relative to full scale."""
    noise_db: float
    """Mean level of the noise, in dB relative to full scale."""

    def within(self, first: int, stop: int) -> "Utterance":
        """Return the utterance without its samples before ``first`` and from ``stop`` on."""
        start, end = max(self.start, first), min(self.end, stop)
        if (start, end) == (self.start, self.end) or start >= end:
            return self
        return replace(self, start=start, end=end, y=self.y[start - self.start : end - self.start])
