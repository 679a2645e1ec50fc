"""One word cut out of a stream: plain values.

In: ``core.listening.endpointing`` makes it. Out: the recogniser, the live page, the timeline.
"""

from dataclasses import dataclass

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
