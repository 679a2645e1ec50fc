"""Every digit in a recording: the path of Live, run over a file.

In: samples or files. Out: words with times that refer to the original.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.listening.endpointing import pad_with_noise
from core.listening.resampling import StreamResampler
from core.listening.stream import Recognises, Word, WordStream
from core.sound.audio import SAMPLE_RATE, read_audio

PAD_SECONDS = 0.5
"""Faint noise put before and after a file: tightly cut clips begin at full level, and an
endpointer needs to hear what silence sounds like there. The recogniser does not hear it."""
MAX_SECONDS = 3 * 3600.0
"""Longest file that is listened to."""
BLOCK = 8000
"""Samples given to the endpointer at once; any other number gives the same words."""


def hear(y: NDArray[np.float32], sr: int, recogniser: Recognises) -> list[Word]:
    """Return the words in a recording.

    Parameters
    ----------
    y : np.ndarray [shape=(n,) or (n, n_channels)], float32
        Samples.
    sr : int
        Their rate in Hz.
    recogniser : Recognises
        Answers for each word.

    Returns
    -------
    words : list of Word
        In the order spoken; times in seconds of the recording given.
    """
    resampler = StreamResampler()
    at_8k = np.concatenate([resampler.feed(y, sr), resampler.flush()])
    padded = pad_with_noise(at_8k, PAD_SECONDS)
    first = round(PAD_SECONDS * SAMPLE_RATE)
    stream = WordStream(recogniser, recorded=(first, first + len(at_8k)))
    words: list[Word] = []
    for i in range(0, len(padded), BLOCK):
        words += stream.feed(padded[i : i + BLOCK], SAMPLE_RATE)
    words += stream.flush()
    seconds = len(at_8k) / SAMPLE_RATE
    moved = [w.moved(-PAD_SECONDS) for w in words]
    return [w.within(seconds) for w in moved]


def hear_file(source: Path | bytes, recogniser: Recognises) -> list[Word]:
    """Return the words in a file.

    Raises
    ------
    AudioError
        If it cannot be read as audio.
    """
    y, sr = read_audio(source, MAX_SECONDS)
    return hear(y, sr, recogniser)
