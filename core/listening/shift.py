"""How far a visitor's sound is from what the models learned from, and what to do about it.

In: words that were heard. Out: four measures, each beside the range of the training set. Models
fail quietly where the sound is unlike any that they have met (Quiñonero-Candela et al. 2009,
"Dataset Shift in Machine Learning").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.listening.stream import Word
from core.sound.audio import SAMPLE_RATE

MOST_WORDS: Final = 20
"""The latest words count."""
ROLLOFF: Final = 0.95
"""Share of a word's power that lies below what is called its bandwidth."""


@dataclass(frozen=True)
class Measure:
    """One property of a word, and where the training set lies."""

    name: str
    unit: str
    low: float
    """5th percentile of the training set; minus infinity where less is never worse."""
    high: float
    """95th percentile; infinity where more is never worse."""
    too_low: str
    """What to do below."""
    too_high: str
    """What to do above."""


# FSDD's takes 5, 15, 25, 35, 45 of each digit and speaker (300), through Live's own path:
# `python -m benchmarks.shift_reference` prints these percentiles. The voice's height above the
# noise is no property of clips that hold no noise: 20 dB is where `benchmarks.tradeoff` measures.
MEASURES: Final = (
    Measure(
        "Level of the voice", "dB", -41.0, -13.0,
        "Come nearer to the microphone, or turn it up.",
        "Speak from further away, or turn the microphone down.",
    ),
    Measure(
        "Voice above the noise", "dB", 20.0, float("inf"),
        "It is noisy: come nearer, close the window, or stop the fan. At 20 dB 97 of 100 digits "
        "were still answered; below, fewer are.",
        "",
    ),
    Measure(
        "Bandwidth", "Hz", 450.0, 3250.0,
        "The sound is dull: a headset in telephone mode, or a covered microphone. Use another one.",
        "The sound is all hiss: come nearer, or use another microphone.",
    ),
    Measure(
        "Length of a word", "s", 0.19, 0.52,
        "You speak faster than the training voices: give each digit a little more time.",
        "You speak more slowly than the training voices: say digits as you would a phone number.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Shift:
    """One measure of the visitor's words."""

    measure: Measure
    value: float
    """Median of the latest words."""

    @property
    def advice(self) -> str:
        """What to do; empty where the value lies within the training set's range."""
        if self.value < self.measure.low:
            return self.measure.too_low
        return self.measure.too_high if self.value > self.measure.high else ""


def bandwidth(y: NDArray[np.float32]) -> float:
    """Return the frequency (Hz) below which 95 % of a word's power lies; 0 for silence."""
    power = np.abs(np.fft.rfft(y * np.hanning(len(y)))) ** 2 if len(y) else np.zeros(1)
    total = float(power.sum())
    if total <= 0:
        return 0.0
    at = int(np.searchsorted(np.cumsum(power), ROLLOFF * total))
    return at * SAMPLE_RATE / max(1, len(y))


def measured(word: Word) -> tuple[float, ...]:
    """Return one word's values, in the order of ``MEASURES``."""
    return (
        word.speech_db,
        word.speech_db - word.noise_db,
        bandwidth(word.y),
        word.end - word.start,
    )


def shift(words: Sequence[Word]) -> tuple[Shift, ...]:
    """Return the median of each measure over the latest words; empty without any."""
    latest = words[-MOST_WORDS:]
    if not latest:
        return ()
    values = np.median([measured(word) for word in latest], axis=0)
    return tuple(Shift(m, float(v)) for m, v in zip(MEASURES, values, strict=True))
