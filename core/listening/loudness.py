"""How loud and how voiced each 10 ms of a stream is.

In: float32 samples from ``core.listening.endpointing``, in frames that it cuts.
Out: two numbers a frame, from which it decides where words begin and end.
"""

from typing import Final

import numpy as np

FRAME_SECONDS: Final = 0.01
"""Step from one frame to the next; every time the endpointer states is a multiple of it."""
WINDOW_SECONDS: Final = 0.032
"""What one frame looks at: 2.5 periods of the deepest voice (80 Hz), the least that shows them."""
FMIN: Final = 200.0
"""Lowest frequency that counts, in Hz: above it stay DC, mains hum and the thump of a table."""
SILENCE_DB: Final = -120.0
"""What digital silence reads, in dB relative to full scale, instead of minus infinity."""
PITCH_HZ: Final = (80.0, 400.0)
"""Periodicities taken for a voice, in Hz: from a deep man to a child."""

_CHUNK = 250  # frames measured at once: few enough to stay in the processor's cache


def n_frames(seconds: float) -> int:
    """Return how many frames come nearest to this time, at least one."""
    return max(1, round(seconds / FRAME_SECONDS))


class FrameMeter:
    """Measure of frames: level above ``FMIN`` and strength of a voice's periodicity.

    Each row is computed on its own, so a frame reads the same to the last bit whatever
    stands beside it in the array.
    """

    def __init__(self, sr: int) -> None:
        self.hop_length = round(FRAME_SECONDS * sr)
        self.n_window = self.hop_length + 2 * round((WINDOW_SECONDS * sr - self.hop_length) / 2)
        self.margin = (self.n_window - self.hop_length) // 2
        """Samples that a frame sees on either side of its own 10 ms."""
        self._n_fft = 2 ** int(np.ceil(np.log2(2 * self.n_window)))  # no lag wraps around
        self._window = np.hanning(self.n_window + 1)[:-1]
        self._scale = 2.0 / (self._n_fft * np.sum(self._window**2))
        self._low = int(np.ceil(FMIN * self._n_fft / sr))
        self._lags = slice(int(sr / PITCH_HZ[1]), int(sr / PITCH_HZ[0]) + 1)
        # Dividing by the window's own autocorrelation undoes its fading towards long lags:
        # P. Boersma (1993), Proc. Institute of Phonetic Sciences Amsterdam 17, 97-110.
        spectrum = np.abs(np.fft.rfft(self._window, self._n_fft)) ** 2
        fading = np.fft.irfft(spectrum, self._n_fft)
        self._unfade = fading[0] / fading[self._lags]

    def measure(self, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return level and voicing of each frame; the memory used does not grow with their number.

        Parameters
        ----------
        frames : np.ndarray [shape=(n, n_window)], float
            Samples of each frame with ``margin`` more on both sides.

        Returns
        -------
        level_db : np.ndarray [shape=(n,)], float64
            RMS level above ``FMIN`` in dB relative to full scale (a full sine reads -3),
            at least ``SILENCE_DB``.
        voicing : np.ndarray [shape=(n,)], float64
            Highest normalised autocorrelation at a pitch lag: about 1 for a steady vowel,
            0.2 to 0.5 for noise, 0 for silence.
        """
        measured = [
            self._measure(frames[i : i + _CHUNK].astype(np.float64))
            for i in range(0, max(len(frames), 1), _CHUNK)
        ]
        levels, voicings = zip(*measured, strict=True)
        return np.concatenate(levels), np.concatenate(voicings)

    def _measure(self, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # A constant is no sound: an offset of the sound card would leak past FMIN.
        offset = np.sum(frames * self._window, axis=1, keepdims=True) / np.sum(self._window)
        spectrum = np.fft.rfft((frames - offset) * self._window, self._n_fft, axis=1)
        power = spectrum.real**2 + spectrum.imag**2  # (n, n_fft / 2 + 1)
        power[:, : self._low] = 0.0
        correlation = np.fft.irfft(power, self._n_fft, axis=1)  # (n, n_fft)
        energy = correlation[:, 0]  # = sum of power over both halves / n_fft
        mean_square = energy * (self._n_fft * self._scale / 2)
        level_db = 10 * np.log10(np.maximum(mean_square, 10 ** (SILENCE_DB / 10)))
        peaks = np.max(correlation[:, self._lags] * self._unfade, axis=1)
        voicing = peaks / np.maximum(energy, 1e-20)
        return level_db, voicing
