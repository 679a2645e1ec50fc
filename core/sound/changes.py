"""Changes that leave a word what it is: another speaker, room, microphone, place in time.

In: a clip at 8 kHz and a random generator, from which all chance comes. Out: the word said
differently, for ``core.sound.augmentation`` and its table.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.sound.formants import move_formants

Waveform = NDArray[np.float32]

SR = 8000


def change_speed(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip played 0.75 to 1.35 times as fast: pitch, formants and length together."""
    import soxr  # here, as scipy below: the settings of Train need neither

    speed = float(np.exp(rng.uniform(np.log(0.75), np.log(1.35))))
    return np.asarray(soxr.resample(y, SR, round(SR / speed), quality="LQ"), np.float32)


def change_throat(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip with its formants 0.85 to 1.2 times as high; pitch and length stay."""
    factor = float(np.exp(rng.uniform(np.log(0.85), np.log(1.2))))
    return move_formants(y, factor, hop_length=128)


def tilt(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip through a one-tap filter: a duller or a sharper microphone."""
    a = rng.uniform(-0.6, 0.6)
    return np.asarray(np.append(y[:1], y[1:] - a * y[:-1]), np.float32)


def equalise(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip through a smooth equaliser: up to 8 dB up or down at six frequencies."""
    gains_db = rng.uniform(-8, 8, size=6)
    n = 2 * len(y)  # room for the filter's ringing, which would come round the other end
    frequencies = np.maximum(np.fft.rfftfreq(n, 1 / SR), 1.0)
    at = np.log(np.array([60.0, 150.0, 400.0, 1000.0, 2000.0, 3800.0]))
    gain = 10 ** (np.interp(np.log(frequencies), at, gains_db) / 20)
    return np.asarray(np.fft.irfft(np.fft.rfft(y, n) * gain, n)[: len(y)], np.float32)


def limit_band(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip with its lows, its highs or both cut off, as telephones and headsets do."""
    import scipy.signal

    low, high = rng.uniform(60, 350), rng.uniform(2200, 3900)
    sections = scipy.signal.butter(2, (low, high), "bandpass", fs=SR, output="sos")
    return np.asarray(scipy.signal.sosfilt(sections, y), np.float32)


def decaying_noise(n: int, rng: Generator) -> NDArray[np.float64]:
    """Return noise [shape=(n,)] that falls by 60 dB from its first sample to its last."""
    return np.asarray(rng.standard_normal(n) * 10 ** (-3 * np.arange(n) / n))


def put_in_room(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip with the echoes of a synthetic room: noise that decays exponentially."""
    import scipy.signal

    seconds = rng.uniform(0.08, 0.5)  # time in which the echo falls by 60 dB
    n = int(seconds * SR)
    echo = decaying_noise(n, rng)
    echo *= 10 ** (-rng.uniform(3, 20) / 20) / np.sqrt(np.square(echo).sum())
    delay = rng.integers(8, 80)  # the first echo arrives 1 to 10 ms after the voice
    response = np.concatenate([[1.0], np.zeros(delay), echo])
    kept = len(y) + min(len(response), int(0.15 * SR))  # the tail that a listener would keep
    return np.asarray(scipy.signal.fftconvolve(y, response)[:kept], np.float32)


def add_breath(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip with a breath or a pop of the same mouth before it or after it.

    A breath is 60 to 300 ms of noise in a wide band, a pop 5 to 40 ms of low rumble; both lie 6 to
    30 dB below the clip's own level, up to 120 ms away from it.
    """
    level = np.sqrt(np.square(y).mean())
    puff = _breath(float(level), rng)
    return np.concatenate([puff, y] if rng.random() < 0.5 else [y, puff[::-1]])


def _breath(level: float, rng: Generator) -> Waveform:
    """Return a breath or a pop and the pause behind it [shape=(n,)]."""
    import scipy.signal

    pop = rng.random() < 0.3
    seconds = rng.uniform(0.005, 0.04) if pop else rng.uniform(0.06, 0.3)
    n = round(seconds * SR)
    low, high = (40.0, rng.uniform(150, 500)) if pop else (rng.uniform(200, 900), 3900.0)
    sections = scipy.signal.butter(1, (low, high), "bandpass", fs=SR, output="sos")
    puff = scipy.signal.sosfilt(sections, rng.standard_normal(n)) * np.hanning(n + 2)[1:-1]
    puff *= level * 10 ** (-rng.uniform(6, 30) / 20) / max(np.sqrt(np.square(puff).mean()), 1e-12)
    pause = np.zeros(round(rng.uniform(0, 0.12) * SR))
    return np.concatenate([puff, pause]).astype(np.float32)


def weaken_hisses(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip with its hisses 0 to 40 dB weaker: /s/, /f/, /th/, the burst of a /t/.

    A hiss is where more lies above 2 kHz than below 1.5 kHz, in 10 ms; vowels stay as they are. Far
    from its microphone, or in a recording gated to silence, a "six" keeps little of either /s/.
    """
    import scipy.ndimage
    import scipy.signal

    def level(kind: str, hz: float) -> NDArray[np.float64]:
        sections = scipy.signal.butter(2, hz, kind, fs=SR, output="sos")
        power = np.square(scipy.signal.sosfilt(sections, y.astype(np.float64)))
        return np.asarray(scipy.ndimage.uniform_filter1d(power, SR // 100))

    hiss = (level("highpass", 2000.0) > level("lowpass", 1500.0)).astype(np.float64)
    hiss = scipy.ndimage.uniform_filter1d(hiss, SR // 100)
    weaker = 10 ** (-rng.uniform(0, 40) / 20)
    return np.asarray(y * (1 - hiss * (1 - weaker)), np.float32)


def clip_loudly(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip as recorded too loudly: its highest peaks are cut off."""
    limit = np.abs(y).max() * rng.uniform(0.3, 0.9)
    return np.asarray(np.clip(y, -limit, limit), np.float32)


def change_gain(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip 18 dB quieter to 6 dB louder; what exceeds full scale is cut off."""
    factor = 10 ** (rng.uniform(-18, 6) / 20)
    return np.asarray(np.clip(y * factor, -1, 1), np.float32)


def shift(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip up to 0.4 s later or earlier: silence before it or behind it.

    Whoever centres it in a window finds the word up to 0.2 s beside the middle.
    """
    n = int(rng.integers(1, int(0.4 * SR)))
    return np.asarray(np.pad(y, (n, 0) if rng.random() < 0.5 else (0, n)), np.float32)


def coloured_noise(n: int, rng: Generator) -> Waveform:
    """Return noise [shape=(n,)] of unit RMS, its colour anywhere from white to brown."""
    import scipy.fft

    slope = rng.uniform(0, 1)  # amplitude falls with frequency ** slope
    spectrum = scipy.fft.rfft(rng.standard_normal(n))
    spectrum *= np.maximum(np.arange(len(spectrum)), 1.0) ** -slope
    noise = scipy.fft.irfft(spectrum, n)
    return np.asarray(noise / max(np.sqrt(np.square(noise).mean()), 1e-12), np.float32)


def add_noise(y: Waveform, rng: Generator) -> Waveform:
    """Return the clip over coloured noise, 0 to 30 dB below the clip's own level."""
    level = np.sqrt(np.square(y).mean())
    snr_db = rng.uniform(0, 30)
    return np.asarray(y + coloured_noise(len(y), rng) * level * 10 ** (-snr_db / 20), np.float32)
