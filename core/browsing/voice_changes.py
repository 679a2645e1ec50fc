"""Play with one clip: louder, higher, faster, another throat, noise, a room.

In: a clip and where the sliders stand. Out: the same word said differently, for ear, picture and
model alike. Sliders at their middle change nothing at all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.sound.audio import SAMPLE_RATE
from core.sound.changes import coloured_noise, decaying_noise
from core.sound.formants import HOP, N_FFT, move_formants

Waveform = NDArray[np.float32]


@dataclass(frozen=True)
class VoiceChange:
    """Where the sliders stand; the defaults change nothing."""

    loudness_db: float = 0.0
    """Gain (dB), -40 to 40; what exceeds full scale is cut off, as a recorder would."""
    semitones: float = 0.0
    """Pitch, -12 to 12; length and formants stay."""
    speed: float = 1.0
    """How many times as fast, 0.5 to 2; pitch and formants stay."""
    formants: float = 1.0
    """By what the throat's resonances are multiplied, 0.7 to 1.4; pitch and length stay. A throat
    shorter by a sixth, as women's are on average, has formants higher by a fifth."""
    snr_db: float | None = None
    """Noise this far below the clip's own level (dB), -10 to 60; None for none."""
    room_seconds: float = 0.0
    """How long the room's echo takes to fall by 60 dB (s), 0 to 2; 0 for none."""
    seed: int = 0
    """Which noise and which room."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("loudness_db", -40, 40),
            ("semitones", -12, 12),
            ("speed", 0.5, 2),
            ("formants", 0.7, 1.4),
            ("room_seconds", 0, 2),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name}={value} must lie between {low} and {high}.")
        if self.snr_db is not None and not -10 <= self.snr_db <= 60:
            raise ValueError(f"snr_db={self.snr_db} must lie between -10 and 60, or be None.")


def change_voice(y: Waveform, change: VoiceChange) -> Waveform:
    """Return a clip said differently.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform at 8 kHz.
    change : VoiceChange
        Voice first (speed, pitch, formants), then the room, the noise in it, and the level.

    Returns
    -------
    y : np.ndarray [shape=(about n / speed, and more with a room's tail)], float32
        In [-1, 1]; ``y`` itself where nothing is to be changed.
    """
    if change == VoiceChange(seed=change.seed) or not len(y):
        return y
    changed = np.asarray(y, np.float32)
    if change.speed != 1:
        changed = _at_speed(changed, change.speed)
    if change.semitones:
        changed = _at_pitch(changed, change.semitones)
    if change.formants != 1:
        changed = move_formants(changed, change.formants)
    if changed is not y:  # the phase vocoder loses some level; loudness has a slider of its own
        changed = changed * np.float32(_level(y) / max(_level(changed), 1e-12))
    rng = np.random.default_rng(change.seed)
    if change.room_seconds:
        changed = _in_room(changed, change.room_seconds, rng)
    if change.snr_db is not None:
        changed = _with_noise(changed, change.snr_db, rng)
    if change.loudness_db:
        changed = changed * np.float32(10 ** (change.loudness_db / 20))
    return np.clip(changed, -1, 1).astype(np.float32)


def _at_speed(y: Waveform, speed: float) -> Waveform:
    """Return the clip faster or slower with its pitch kept, by librosa's phase vocoder."""
    from librosa.effects import time_stretch

    padded = np.pad(y, (0, max(0, N_FFT - len(y))))  # a frame has to fit in
    stretched = time_stretch(padded, rate=speed, n_fft=N_FFT, hop_length=HOP)
    return np.asarray(stretched[: max(1, round(len(y) / speed))], np.float32)


def _at_pitch(y: Waveform, semitones: float) -> Waveform:
    """Return the clip higher or deeper, its length and its formants kept.

    Shifting moves the formants along; they are moved back afterwards, or a higher pitch would be a
    smaller person.
    """
    from librosa.effects import pitch_shift

    padded = np.pad(y, (0, max(0, N_FFT - len(y))))
    shifted = pitch_shift(
        padded, sr=SAMPLE_RATE, n_steps=semitones, n_fft=N_FFT, hop_length=HOP, res_type="soxr_hq"
    )
    return move_formants(np.asarray(shifted[: len(y)], np.float32), 2 ** (-semitones / 12))


def _level(y: Waveform) -> float:
    """Return the root-mean-square level."""
    return float(np.sqrt(np.square(y, dtype=np.float64).mean()))


def _in_room(y: Waveform, seconds: float, rng: np.random.Generator) -> Waveform:
    """Return the clip in a synthetic room whose echo falls by 60 dB in ``seconds``.

    The room of ``core.sound.changes.put_in_room`` with its chances fixed: decaying noise, the
    first echo after 3 ms, echo and voice equally strong for a reverberation of half a second and in
    proportion otherwise.
    """
    from scipy.signal import fftconvolve

    n = max(1, round(seconds * SAMPLE_RATE))
    echo = decaying_noise(n, rng)
    echo *= np.sqrt(seconds / 0.5) / np.sqrt(np.square(echo).sum())
    response = np.concatenate([[1.0], np.zeros(SAMPLE_RATE * 3 // 1000), echo])
    tail = min(len(response), round(0.5 * seconds * SAMPLE_RATE))  # down by 30 dB
    return np.asarray(fftconvolve(y, response)[: len(y) + tail], np.float32)


def _with_noise(y: Waveform, snr_db: float, rng: np.random.Generator) -> Waveform:
    """Return the clip over coloured noise, so many dB below the clip's own level."""
    noise = coloured_noise(len(y), rng)
    return np.asarray(y + noise * (_level(y) * 10 ** (-snr_db / 20)), np.float32)
