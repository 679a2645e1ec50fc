"""Every digit in a recording: the path of Live, run over a file.

In: samples or files. Out: words with times that refer to the original.
"""

from dataclasses import replace
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
EDGE_SECONDS = 0.015
"""What begins or ends this near to the recording's edge is cut off by it: a frame and a half."""
LEFT_OVER_SECONDS = 0.3
"""What is longer may be a word of its own: FSDD's digits last 0.4 s."""
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
        In the order spoken; times in seconds of the recording given. What the recording's edge has
        left of a word before or after is none of them, unless it is a digit or all there is.
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
    words = [w.moved(-PAD_SECONDS).within(seconds) for w in words]
    whole = [w for w in words if not _is_left_over(w, seconds)]
    return [replace(w, number=i) for i, w in enumerate(whole or words, 1)]


def _is_left_over(word: Word, seconds: float) -> bool:
    """Return whether a word is a short piece at the recording's edge that is no digit."""
    at_edge = word.start <= EDGE_SECONDS or word.end >= seconds - EDGE_SECONDS
    is_short = word.end - word.start < LEFT_OVER_SECONDS
    return word.answer.digit is None and at_edge and is_short


def hear_file(source: Path | bytes, recogniser: Recognises) -> list[Word]:
    """Return the words in a file.

    Raises
    ------
    AudioError
        If it cannot be read as audio.
    """
    y, sr = read_audio(source, MAX_SECONDS)
    return hear(y, sr, recogniser)
