"""Samples out of any recording: checked first, one channel, 8 kHz, float32.

In: bytes, paths and ``Recording``s from anybody, trusted with nothing. Out: waveforms for
spectrograms, training and listening; WAV bytes for players.
"""

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile as sf
import soxr

from core.errors import AudioError
from core.sound.containers import KINDS, describe_other, kind_of, plain_wav
from core.sound.recordings import Recording

SAMPLE_RATE = 8000
"""Samples per second of every waveform in the program (Hz), FSDD's own."""

MIN_SOURCE_RATE, MAX_SOURCE_RATE = 4_000, 192_000
"""The sample rates that are read (Hz): below there is no speech, above no sound card."""

MAX_CHANNELS = 8
"""Channels that are read (a 7.1 recording); they are averaged into one."""

MAX_MEMBER_BYTES = 256 * 2**20
"""Size of one file inside a zip; a few kB can claim to unpack into many GB."""

_BLOCK = 1 << 18
"""Values decoded at a time: a header's claim of a length never decides what is allocated."""

_LOUDEST = 100.0
"""Float samples are meant to lie in [-1, 1]; integers written as floats reach thousands."""


def _length(seconds: float) -> str:
    """Return a length in words: ``"0.4 s"``, ``"10 min"``, ``"2 h 0 min"``."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _check_header(file: sf.SoundFile, name: str, max_seconds: float) -> None:
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
    if file.frames == 0:
        raise AudioError(f"{name} holds no samples. Record it again.")
    seconds = file.frames / file.samplerate
    # a length that the writer did not know stands as 2**63 - 1 samples; then reading will tell
    if file.frames < 2**62 and seconds > max_seconds:
        raise AudioError(_too_long(name, _length(seconds), max_seconds))


def _too_long(name: str, length: str, max_seconds: float) -> str:
    return (
        f"{name} is {length} long; at most {_length(max_seconds)} can be read. "
        "Cut out the part that you need."
    )


def _decode(file: sf.SoundFile, name: str, max_seconds: float) -> np.ndarray:
    """Return the mean of the channels [shape=(n,)], decoded block by block."""
    most = int(max_seconds * file.samplerate)
    frames = max(_BLOCK // file.channels, 1)
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
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


def _read(file: BinaryIO, name: str, max_seconds: float) -> tuple[np.ndarray, int]:
    """Read an open file; ``read_audio`` says what comes out."""
    head = file.read(64)
    if not head:
        raise AudioError(f"{name} is empty (0 bytes). Record or copy it again.")
    kind = kind_of(head)
    if kind is None:
        raise AudioError(
            f"{name} is no recording that can be read: it is {describe_other(head)}. "
            f"Choose a {KINDS} file."
        )
    file.seek(0)
    source: Any = plain_wav(file, name) if kind == "WAV" else file
    try:
        with sf.SoundFile(source) as opened:
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
        return _read(io.BytesIO(source), "The recording", max_seconds)
    name = f"The recording {source.name}"
    if source.is_dir():
        raise AudioError(f"{source} is a folder, not a recording. Choose one file in it.")
    try:
        with source.open("rb") as file:
            return _read(file, name, max_seconds)
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
    .. [1] The SoX Resampler library, quality "HQ": passband up to 0.91 of half the lower rate,
       stop band at -120 dB. https://sourceforge.net/projects/soxr/
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
                        y, sr = _read(file, name, max_seconds)
                else:
                    data = _member(archive, recording.name)
                    y, sr = _read(io.BytesIO(data), name, max_seconds)
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
    # rounded here: libsndfile's own conversion of floats truncates, half a step towards zero
    pcm = np.round(np.clip(y, -1.0, 1.0) * 32767.0).astype(np.int16)
    sf.write(buffer, pcm, sr, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
