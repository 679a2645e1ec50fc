"""Spectrograms: the table of the kinds of picture that can be made of a sound.

In: windows of samples from ``core.sound.windows``. Out: pictures in dB for ``core.sound.images``
and for the charts. Definitions are librosa's and tested against it; the arithmetic is float32
over a whole batch at once, which librosa does clip by clip.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.float32]

AMIN = 1e-10
"""A picture whose loudest cell is no louder than this is silent (librosa's ``amin``)."""


MOST_FFT, MOST_MELS = 8192, 512
"""A frame of a second and more bands than it has lines: settings that come with a model may ask for
more memory than there is."""


@dataclass(frozen=True)
class Analysis:
    """How a window of samples is cut into frames and turned into a picture."""

    sr: int = 8000
    """Samples a second."""
    n_fft: int = 256
    """Samples of one analysis frame (256 = 32 ms at 8 kHz)."""
    hop_length: int = 160
    """Samples between frames (160 = 20 ms at 8 kHz)."""
    n_mels: int = 40
    """Mel bands; unused by the STFT picture."""
    fmin: float = 20.0
    """Lower edge of the lowest mel band in Hz."""
    fmax: float = 4000.0
    """Upper edge of the highest mel band in Hz."""
    n_mfcc: int = 20
    """Cepstral coefficients; used by the MFCC picture only."""
    top_db: float = 80.0
    """Everything this many dB below the loudest cell, or more, is drawn the same."""

    def __post_init__(self) -> None:
        for name in ("sr", "n_fft", "hop_length", "n_mels", "n_mfcc"):
            if not isinstance(getattr(self, name), int):  # a card in JSON may say 160.0
                raise ValueError(f"{name}={getattr(self, name)!r} must be a whole number.")
        if self.n_fft < 16 or self.hop_length < 1:
            raise ValueError(
                f"n_fft={self.n_fft}, hop_length={self.hop_length}: expected n_fft >= 16 and "
                "hop_length >= 1 samples."
            )
        if self.n_fft > MOST_FFT or self.n_mels > MOST_MELS:
            raise ValueError(
                f"n_fft={self.n_fft}, n_mels={self.n_mels}: expected at most {MOST_FFT} samples "
                f"and {MOST_MELS} bands."
            )
        if self.fmax > self.sr / 2:
            raise ValueError(
                f"fmax={self.fmax} Hz is above half the sample rate ({self.sr} Hz / 2 = "
                f"{self.sr / 2:.0f} Hz). Choose fmax <= {self.sr / 2:.0f}."
            )
        if not 0 <= self.fmin < self.fmax:
            raise ValueError(f"fmin={self.fmin} Hz must lie in [0, fmax={self.fmax} Hz).")
        if not 1 <= self.n_mfcc <= self.n_mels:
            raise ValueError(f"n_mfcc={self.n_mfcc} must lie in [1, n_mels={self.n_mels}].")
        if not 0 < self.top_db < math.inf:
            raise ValueError(f"top_db={self.top_db} dB must be above 0 and finite.")


@dataclass(frozen=True)
class Spectrogram:
    """One kind of picture: an entry of ``SPECTROGRAMS``."""

    label: str
    summary: str
    source: str
    builder: Callable[[Pictures, Analysis], Pictures]
    """(n, n_samples) samples -> (n, n_rows, n_frames) picture, row 0 the lowest."""
    n_rows: Callable[[Analysis], int]
    row_unit: str
    """What a row is: Hz, mel band, coefficient."""
    row_hz: Callable[[Analysis], NDArray[np.float64]] | None = None
    """Frequency of each row's middle [shape=(n_rows,)] in Hz; None where a row is no frequency."""


@lru_cache(maxsize=16)
def _hann(n_fft: int) -> Pictures:
    """Return the periodic Hann window [shape=(n_fft,)], as librosa's default."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)).astype(np.float32)


@lru_cache(maxsize=16)
def _mel_basis(sr: int, n_fft: int, n_mels: int, fmin: float, fmax: float) -> Pictures:
    """Return librosa's Slaney mel filter bank [shape=(n_mels, 1 + n_fft/2)]."""
    from librosa.filters import mel  # here, so that Home need not wait for numba

    basis: Pictures = mel(sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax)
    return basis


def n_frames(n_samples: int, analysis: Analysis) -> int:
    """Return how many frames ``n_samples`` samples give: frame t is centred on t * hop_length."""
    return 1 + n_samples // analysis.hop_length


def stft_power(windows: Pictures, analysis: Analysis) -> Pictures:
    """Return the power of the short-time Fourier transform.

    Parameters
    ----------
    windows : np.ndarray [shape=(n, n_samples)], float32
        Waveforms of equal length.
    analysis : Analysis
        Frame and hop.

    Returns
    -------
    power : np.ndarray [shape=(n, 1 + n_fft/2, n_frames)], float32
        ``abs(librosa.stft(..., center=True)) ** 2``: zeros are assumed beyond both ends.
    """
    half = analysis.n_fft // 2
    padded = np.pad(np.asarray(windows, np.float32), ((0, 0), (half, half)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, analysis.n_fft, axis=1)
    frames = frames[:, :: analysis.hop_length] * _hann(analysis.n_fft)  # (n, n_frames, n_fft)
    spectrum = np.fft.rfft(frames, axis=-1)  # numpy 2 stays in single precision
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.ascontiguousarray(power.swapaxes(1, 2), dtype=np.float32)


def mel_basis(analysis: Analysis) -> Pictures:
    """Return the mel filter bank [shape=(n_mels, 1 + n_fft/2)], as ``librosa.filters.mel``."""
    return _mel_basis(analysis.sr, analysis.n_fft, analysis.n_mels, analysis.fmin, analysis.fmax)


def _mel_hz(analysis: Analysis) -> NDArray[np.float64]:
    """Return the middles of the mel bands, as librosa's filters have them."""
    from librosa import mel_frequencies

    edges = mel_frequencies(analysis.n_mels + 2, fmin=analysis.fmin, fmax=analysis.fmax)
    return np.asarray(edges[1:-1], np.float64)


def _stft_hz(analysis: Analysis) -> NDArray[np.float64]:
    return np.asarray(np.fft.rfftfreq(analysis.n_fft, 1 / analysis.sr), np.float64)


def mel_power(windows: Pictures, analysis: Analysis) -> Pictures:
    """Return the mel power [shape=(n, n_mels, n_frames)], as ``librosa.feature.melspectrogram``."""
    return np.asarray(mel_basis(analysis) @ stft_power(windows, analysis), dtype=np.float32)


def power_to_db(power: Pictures, top_db: float) -> Pictures:
    """Return power in dB relative to each picture's loudest cell.

    Parameters
    ----------
    power : np.ndarray [shape=(n, n_rows, n_frames)], float32
    top_db : float
        The floor: nothing lies further below the loudest cell.

    Returns
    -------
    S_db : np.ndarray [shape=(n, n_rows, n_frames)], float32, in [-top_db, 0]
        As ``librosa.power_to_db(ref=np.max, top_db=top_db)``, except that how loud the whole
        picture is changes nothing, and that a silent one is all floor where librosa draws it as
        loud as can be.
    """
    peak = power.max(axis=(1, 2), keepdims=True)  # (n, 1, 1)
    loudest = np.maximum(peak, AMIN)
    # The floor is relative to the loudest cell. librosa's absolute one (amin) would lift the
    # silence around a quiet recording to -60 dB, and the picture would tell how loud it was.
    share = np.maximum(power / loudest, 10 ** (-top_db / 10))
    S_db = np.where(peak > AMIN, np.maximum(10 * np.log10(share), -top_db), -top_db)
    return S_db.astype(np.float32)


def _stft_db(windows: Pictures, analysis: Analysis) -> Pictures:
    return power_to_db(stft_power(windows, analysis), analysis.top_db)


def _log_mel(windows: Pictures, analysis: Analysis) -> Pictures:
    return power_to_db(mel_power(windows, analysis), analysis.top_db)


def _mfcc(windows: Pictures, analysis: Analysis) -> Pictures:
    from scipy.fft import dct  # here: Home and the settings of Train need no scipy

    coefficients = dct(_log_mel(windows, analysis), type=2, norm="ortho", axis=1)
    return np.ascontiguousarray(coefficients[:, : analysis.n_mfcc], dtype=np.float32)


SPECTROGRAMS = {
    "log_mel": Spectrogram(
        label="Log-mel",
        summary="Frequency on a scale near the ear's: fine at the bottom, coarse at the top.",
        source="Stevens, Volkmann & Newman 1937; filter bank of Slaney 1998, as in librosa",
        builder=_log_mel,
        n_rows=lambda analysis: analysis.n_mels,
        row_unit="mel band",
        row_hz=_mel_hz,
    ),
    "stft": Spectrogram(
        label="STFT",
        summary="Frequency on an even scale: each chunk's Fourier spectrum as one column.",
        source="Gabor 1946; Allen & Rabiner 1977, as in librosa",
        builder=_stft_db,
        n_rows=lambda analysis: 1 + analysis.n_fft // 2,
        row_unit="Hz",
        row_hz=_stft_hz,
    ),
    "mfcc": Spectrogram(
        label="MFCC",
        summary="The shape of each log-mel column in a few cosine coefficients.",
        source="Davis & Mermelstein 1980, as in librosa (type 2 DCT, orthonormal)",
        builder=_mfcc,
        n_rows=lambda analysis: analysis.n_mfcc,
        row_unit="coefficient",
    ),
}
"""Every kind of picture: to add one, write its function and its entry here."""


def spectrogram(y: NDArray[np.float32], kind: str, analysis: Analysis) -> Pictures:
    """Return one clip's picture at its own length.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform at ``analysis.sr``.
    kind : str
        A key of ``SPECTROGRAMS``.
    analysis : Analysis
        Frame, hop, mel bands, floor.

    Returns
    -------
    picture : np.ndarray [shape=(n_rows, n_frames)], float32
        dB relative to the loudest cell (coefficients for MFCC); row 0 is the lowest.
    """
    if kind not in SPECTROGRAMS:
        raise ValueError(f"kind={kind!r} is not a spectrogram. Choose one of {[*SPECTROGRAMS]}.")
    pictures = SPECTROGRAMS[kind].builder(np.asarray(y, np.float32)[None], analysis)
    return np.asarray(pictures[0])
