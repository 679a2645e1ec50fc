"""Another throat: a clip's formants moved up or down, its pitch and its length kept.

In: a clip and a factor. Out: the clip as a shorter or a longer throat would have said it; for the
sliders of ``core.browsing.voice_changes`` and for ``core.sound.augmentation``.
"""

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]

N_FFT = 512
"""Samples of a frame in which formants are changed (64 ms): six periods of the deepest voice, so
that its overtones stand apart."""

HOP = 64

_LIFTER = 20
"""Quefrency below which the cepstrum is the throat's envelope (samples; 2.5 ms). Above lies the
pitch: a voice of up to 400 Hz has its first period there."""

_MOST_GAIN = 20.0
"""Most that moving an envelope raises or lowers a frequency (dB); beyond, it would raise noise."""


def _envelope(log_magnitude: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the smooth part of log spectra [shape=(n_bins, n_frames)]: the throat, not the pitch.

    References
    ----------
    .. [1] Oppenheim & Schafer 1968, "Homomorphic analysis of speech": low quefrencies of the
       cepstrum.
    """
    cepstrum = np.fft.irfft(log_magnitude, axis=0)
    cepstrum[_LIFTER : len(cepstrum) - _LIFTER + 1] = 0
    return np.asarray(np.fft.rfft(cepstrum, axis=0).real)


def move_formants(y: Waveform, factor: float, hop_length: int = HOP) -> Waveform:
    """Return the clip with its formants multiplied, pitch and length kept.

    The envelope of each moment is read off, stretched along the frequency axis as in vocal tract
    length perturbation (Jaitly & Hinton 2013), and put back under the same fine structure.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform at 8 kHz.
    factor : float
        By what the throat's resonances are multiplied; above 1 is a shorter throat.
    hop_length : int
        Samples between frames; 64 is smooth to the ear, 128 twice as quick.

    Returns
    -------
    y : np.ndarray [shape=(n,)], float32
    """
    from librosa import istft, stft

    padded = np.pad(y, (0, max(0, N_FFT - len(y))))  # a frame has to fit in
    spectrum = stft(padded, n_fft=N_FFT, hop_length=hop_length)  # (1 + N_FFT / 2, n_frames)
    magnitude = np.abs(spectrum)
    floor = max(1e-4 * float(magnitude.max()), 1e-12)  # below lies nothing that has a shape
    envelope = _envelope(np.log(np.maximum(magnitude, floor)))
    bins = np.arange(len(envelope))
    at = np.minimum(bins / factor, len(bins) - 1)
    left = np.minimum(at.astype(int), len(bins) - 2)
    weight = (at - left)[:, None]
    moved = envelope[left] * (1 - weight) + envelope[left + 1] * weight
    most = _MOST_GAIN / 20 * np.log(10)
    gain = np.exp(np.clip(moved - envelope, -most, most))
    changed = istft(spectrum * gain, n_fft=N_FFT, hop_length=hop_length, length=len(padded))
    return np.asarray(changed[: len(y)], np.float32)
