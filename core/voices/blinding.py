"""Sound that says nothing about itself: for a quiz, in which no clip may be known by its name.

In: samples. Out: the bytes of a WAV that is another file every time, so that neither an address
made from its contents nor a browser's cache tells that it was heard before.
"""

import secrets

import numpy as np
from numpy.typing import NDArray

from core.sound.audio import write_wav


def blind_wav(y: NDArray[np.float32]) -> bytes:
    """Return an 8 kHz WAV of exactly these samples with sixteen random bytes behind them.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32, in [-1, 1]

    Returns
    -------
    wav : bytes
        The random bytes stand in a chunk ``junk``, which every reader skips.
    """
    wav = write_wav(y)
    if len(wav) % 2:
        wav += b"\0"  # a chunk begins at an even place
    wav += b"junk" + (16).to_bytes(4, "little") + secrets.token_bytes(16)
    return wav[:4] + (len(wav) - 8).to_bytes(4, "little") + wav[8:]
