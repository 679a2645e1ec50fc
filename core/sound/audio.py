"""Samples out of any recording: checked first, one channel, 8 kHz, float32.

In: bytes, paths and ``Recording``s from anybody, trusted with nothing. Out: waveforms for
spectrograms, training and listening; WAV bytes for players.
"""

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr

from core.errors import AudioError
from core.sound.decoding import decode
from core.sound.recordings import Recording

SAMPLE_RATE = 8000
"""Samples per second of every waveform in the program (Hz), FSDD's own."""

MAX_MEMBER_BYTES = 256 * 2**20
"""Size of one file inside a zip; a few kB can claim to unpack into many GB."""


def read_audio(source: bytes | Path, max_seconds: float = 600.0) -> tuple[np.ndarray, int]:
    """Return one channel of samples and their own sample rate.

    Parameters
    ----------
    source : bytes or Path
        A whole file (WAV, FLAC, OGG, MP3, AIFF, AU, CAF, W64), or where it is. What its name says
        does not matter: its content decides.
    max_seconds : float
        The longest recording that is read (s).

    Returns
    -------
    y : np.ndarray [shape=(n,)], float32
        The mean of the channels; integers become values in [-1, 1).
    sr : int
        Samples per second (Hz), 4,000 to 192,000.

    Raises
    ------
    AudioError
        If it is empty, no recording, damaged, too long, not finite, or has an absurd header. The
        header is checked before anything is allocated for the samples.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return decode(io.BytesIO(source), "The recording", max_seconds)
    name = f"The recording {source.name}"
    if source.is_dir():
        raise AudioError(f"{source} is a folder, not a recording. Choose one file in it.")
    try:
        with source.open("rb") as file:
            return decode(file, name, max_seconds)
    except OSError as error:
        raise AudioError(
            f"{name} cannot be opened ({error.strerror or error}). Check that it is there and "
            "that you may read it."
        ) from error


def resample(y: np.ndarray, sr: int, target_sr: int = SAMPLE_RATE) -> np.ndarray:
    """Return the same sound at another sample rate.

    What the new rate cannot carry (above half of it) is filtered out first, so that it does not
    come back as false low tones. The whole signal goes through one filter: no seams.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
        Samples.
    sr, target_sr : int
        Samples per second of ``y`` and of what comes out (Hz).

    Returns
    -------
    y : np.ndarray [shape=(about n * target_sr / sr,)], float32
        ``y`` itself where the rates are equal and it is float32 already.

    References
    ----------
    .. [1] The SoX Resampler library, quality "HQ" (20 bits). https://sourceforge.net/p/soxr/
    """
    if sr <= 0 or target_sr <= 0:
        raise ValueError(f"sr={sr} Hz and target_sr={target_sr} Hz must both be above 0.")
    y = np.asarray(y, dtype=np.float32)
    if sr == target_sr or not len(y):
        return y
    resampled: np.ndarray = soxr.resample(y, sr, target_sr, quality="HQ")
    return resampled


def _at_our_rate(y: np.ndarray, sr: int, name: str) -> np.ndarray:
    y = resample(y, sr)
    if not len(y):
        raise AudioError(f"{name} is too short: it holds no sample at {SAMPLE_RATE} Hz.")
    return y


def load_waveform(source: Recording | Path | bytes, max_seconds: float = 600.0) -> np.ndarray:
    """Return a recording as the program hears it.

    Parameters
    ----------
    source : Recording, Path or bytes
        What to read.
    max_seconds : float
        The longest recording that is read (s).

    Returns
    -------
    y : np.ndarray [shape=(n,)], float32
        Samples at 8 kHz, about [-1, 1]: a resampled loud edge may overshoot a little.

    Raises
    ------
    AudioError
        As ``read_audio``; a ``Recording`` is named.
    """
    if isinstance(source, Recording):
        return load_waveforms([source], max_seconds)[0]
    y, sr = read_audio(source, max_seconds)
    return _at_our_rate(y, sr, "The recording")


def load_waveforms(recordings: Sequence[Recording], max_seconds: float = 600.0) -> list[np.ndarray]:
    """Return many recordings at 8 kHz, in the order given; a zip is opened once.

    Parameters
    ----------
    recordings : sequence of Recording
        From any number of folders and zips.
    max_seconds : float
        The longest recording that is read (s).

    Returns
    -------
    waveforms : list of np.ndarray [shape=(n_i,)], float32
        Samples at 8 kHz, one array a recording.

    Raises
    ------
    AudioError
        If any of them cannot be read; it is named.
    """
    waveforms: list[np.ndarray] = []
    archives: dict[Path, zipfile.ZipFile | None] = {}
    try:
        for recording in recordings:
            root, name = recording.root, f"The recording {recording.name}"
            try:
                if root not in archives:
                    archives[root] = None if root.is_dir() else zipfile.ZipFile(root)
                archive = archives[root]
                if archive is None:
                    with (root / recording.name).open("rb") as file:
                        y, sr = decode(file, name, max_seconds)
                else:
                    data = _member(archive, recording.name)
                    y, sr = decode(io.BytesIO(data), name, max_seconds)
            except (OSError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
                raise AudioError(
                    f"{name} cannot be read from {root} ({error}). "
                    "Choose the data set again, so that it is looked through anew."
                ) from error
            waveforms.append(_at_our_rate(y, sr, name))
    finally:
        for archive in archives.values():
            if archive is not None:
                archive.close()
    return waveforms


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the bytes of a file in a zip, unless it claims to be enormous."""
    size = archive.getinfo(name).file_size
    if size > MAX_MEMBER_BYTES:
        raise AudioError(
            f"The recording {name} unpacks to {size / 2**20:.0f} MB; at most "
            f"{MAX_MEMBER_BYTES / 2**20:.0f} MB are read from a zip. Unpack it and give the folder."
        )
    return archive.read(name)


def is_silent(y: np.ndarray) -> bool:
    """Return whether there is no sound at all in it: every sample 0, or no sample."""
    return not np.any(y)


def write_wav(y: np.ndarray, sr: int = SAMPLE_RATE) -> bytes:
    """Return a 16-bit PCM WAV file, as every player understands it.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float in [-1, 1]
        Samples; what lies outside is clipped.
    sr : int
        Samples per second (Hz).

    Returns
    -------
    wav : bytes
        The whole file.

    Raises
    ------
    ValueError
        If ``y`` has more than one channel or samples that are not finite.
    """
    y = np.asarray(y, dtype=np.float32)
    if y.ndim != 1:
        raise ValueError(f"y has shape {y.shape}; one channel of shape (n,) can be written.")
    if not np.isfinite(y).all():
        raise ValueError("y holds samples that are not finite; replace them before writing.")
    buffer = io.BytesIO()
    # 2**15 is what reading divides by, so that a 16-bit recording comes out as it was
    pcm = np.clip(np.round(y * 2.0**15), -(2**15), 2**15 - 1).astype(np.int16)
    sf.write(buffer, pcm, sr, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
