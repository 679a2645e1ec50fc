"""One channel of samples out of any open recording, with everything checked on the way.

In: an open file, trusted with nothing. Out: samples at their own rate for ``core.sound.audio``, or
one sentence about what is wrong with it.
"""

from typing import Any, BinaryIO

import numpy as np
import soundfile as sf

from core.errors import AudioError
from core.sound.containers import KINDS, describe_other, kind_of, plain_wav, whole

MIN_SOURCE_RATE, MAX_SOURCE_RATE = 4_000, 192_000
"""The sample rates that are read (Hz): below there is no speech, above no sound card."""

MAX_CHANNELS = 8
"""Channels that are read (a 7.1 recording); they are averaged into one."""

_BLOCK = 1 << 18
"""Values decoded at a time: a header's claim of a length never decides what is allocated."""

_LOUDEST = 100.0
"""Float samples are meant to lie in [-1, 1]; integers written as floats reach thousands."""


class _StraightThrough(sf.SoundFile):  # type: ignore[misc]
    """An open recording that is read from beginning to end.

    soundfile seeks after every block it reads. That fails at the end of a FLAC that states no
    length, and takes time in all kinds that are compressed.
    """

    def seekable(self) -> bool:
        return False


def _length(seconds: float) -> str:
    """Return a length in words: ``"0.4 s"``, ``"10 min"``, ``"2 h 0 min"``."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _check_header(file: _StraightThrough, name: str, max_seconds: float) -> None:
    """Refuse what a header says before any sample is decoded."""
    if not MIN_SOURCE_RATE <= file.samplerate <= MAX_SOURCE_RATE:
        raise AudioError(
            f"{name} states {file.samplerate} samples per second; {MIN_SOURCE_RATE} to "
            f"{MAX_SOURCE_RATE} are read. Save it again, for example at 16000."
        )
    if not 1 <= file.channels <= MAX_CHANNELS:
        raise AudioError(
            f"{name} states {file.channels} channels; 1 to {MAX_CHANNELS} are read. "
            "Save it again with one channel."
        )
    seconds = file.frames / file.samplerate
    # a length that the writer did not know stands as 2**63 - 1 samples; then reading will tell
    if file.frames < 2**62 and seconds > max_seconds:
        raise AudioError(_too_long(name, _length(seconds), max_seconds))


def _too_long(name: str, length: str, max_seconds: float) -> str:
    return (
        f"{name} is {length} long; at most {_length(max_seconds)} can be read. "
        "Cut out the part that you need."
    )


def _decode(file: _StraightThrough, name: str, max_seconds: float) -> np.ndarray:
    """Return the mean of the channels [shape=(n,)], decoded block by block."""
    most = int(max_seconds * file.samplerate)
    # one more than is stated: a read that comes back short is the last one
    frames = min(_BLOCK // file.channels, file.frames + 1)
    blocks: list[np.ndarray] = []
    n = 0
    while True:
        block = file.read(frames, dtype="float32", always_2d=True)  # (frames, channels)
        if not len(block):
            break
        n += len(block)
        if n > most:
            raise AudioError(_too_long(name, f"more than {_length(max_seconds)}", max_seconds))
        blocks.append(block[:, 0] if file.channels == 1 else block.mean(axis=1))
        if len(block) < frames:
            break
    if not blocks:
        raise AudioError(f"{name} holds no samples. Record it again.")
    # copied even where there is one block: a view would keep the whole buffer behind it alive
    return np.concatenate(blocks)


def decode(file: BinaryIO, name: str, max_seconds: float) -> tuple[np.ndarray, int]:
    """Return one channel of samples and their own sample rate.

    Parameters
    ----------
    file : BinaryIO
        An open file at its beginning.
    name : str
        What to call it in an error ("The recording 7_jackson_3.wav").
    max_seconds : float
        The longest recording that is read (s).

    Returns
    -------
    y : np.ndarray [shape=(n,)], float32
        The mean of the channels.
    sr : int
        Samples per second (Hz).

    Raises
    ------
    AudioError
        If it cannot be used, for a reason that the error states.
    """
    head = file.read(64)
    if not head:
        raise AudioError(f"{name} is empty (0 bytes). Record or copy it again.")
    kind = kind_of(head)
    if kind is None:
        raise AudioError(
            f"{name} is no recording that can be read: it is {describe_other(head)}. "
            f"Choose a {KINDS} file."
        )
    source: Any = plain_wav(file, name) if kind == "WAV" else whole(file)
    try:
        with _StraightThrough(source) as opened:
            _check_header(opened, name, max_seconds)
            sr = int(opened.samplerate)
            y = _decode(opened, name, max_seconds)
    except (sf.SoundFileError, RuntimeError, ValueError, OSError) as error:
        raise AudioError(
            f"{name} begins like a {kind} file, but it is damaged or of an unknown sort "
            f"({_reason(error)}). Record, copy or save it again, for example as a 16-bit WAV."
        ) from error
    loudest = float(np.abs(y).max())  # NaN if any sample is
    if not np.isfinite(loudest):
        raise AudioError(
            f"{name} holds samples that are not numbers (NaN or infinite). Save it again as 16-bit."
        )
    if loudest > _LOUDEST:
        raise AudioError(
            f"{name} holds samples up to {loudest:.3g}; samples saved as floats lie between -1 "
            "and 1. Divide them by their full scale, or save the file as 16-bit."
        )
    return y, sr


def _reason(error: Exception) -> str:
    """Return libsndfile's own words, without the name that it puts before them."""
    text = str(getattr(error, "error_string", "") or error)
    return text.strip().rstrip(".")
