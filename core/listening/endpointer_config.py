"""What counts as a word: every number the endpointer goes by, with its unit and its reason.

In: nothing, or a visitor's sensitivity. Out: ``core.listening.endpointing``. The defaults were
chosen on FSDD's training takes, alone and in streams with noise, and on 77 Speech Commands clips;
``benchmarks/endpointing.py`` prints what they give.
"""

import math
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class EndpointerConfig:
    """Settings of an endpointer. Times are rounded to frames of 10 ms.

    Raises
    ------
    ValueError
        If a number is not finite, or two of them contradict each other.
    """

    sr: int = 8000
    """Samples a second of the stream, a multiple of 100: a frame is 10 ms of whole samples."""
    on_db: float = 8.0
    """A frame this far above the noise begins what may be a word, in dB."""
    off_db: float = 4.0
    """Frames less than this above the noise are no sound of a word, in dB. Lower than ``on_db``,
    because a word grows and fades softly."""
    range_db: float = 30.0
    """Frames this far below the word's loudest voice are no sound of it either, in dB: in a quiet
    room the breath and the echo that follow a word are well above the noise."""
    lowest_noise_db: float = -85.0
    """Noise below this counts as this, in dB relative to full scale. 16-bit silence with its last
    bit flickering reads about -98."""
    noise_seconds: float = 2.0
    """How long a quiet moment is remembered as the noise. Longer than a word, so that the noise is
    heard before and after it; a fan that starts is forgiven after this time."""
    warm_up_seconds: float = 0.3
    """Sound needed before it may be called noise, at the start and after digital silence, so that
    a word that comes first is not mistaken for the room."""
    voicing: float = 0.45
    """Normalised autocorrelation from which a frame is a voice, 1 being perfectly periodic. White
    noise reaches this in one frame of ten thousand, pink noise in one of fifty."""
    voice_range_db: float = 20.0
    """Voiced frames this far below the loudest are hum or echo, not the word's voice, in dB."""
    min_voiced_seconds: float = 0.03
    """A word has at least this much voice: claps, keys and breath have none. The shortest vowels
    of FSDD, all in "six", have this much and hardly more."""
    min_word_seconds: float = 0.07
    """What is shorter is a click. The shortest word of FSDD lasts 100 ms."""
    max_word_seconds: float = 1.5
    """What is longer is no digit (FSDD's longest is 0.93 s): it is dropped, up to the next
    pause."""
    min_snr_db: float = 11.0
    """A word's loudest voice is this far above the noise, in dB: at 10 dB overall still 12."""
    head_seconds: float = 0.35
    """Longest noise before the voice. FSDD's longest /s/ lasts 0.23 s; a breath is longer."""
    tail_seconds: float = 0.35
    """Longest noise after the voice. The end of FSDD's longest "six" lasts 0.33 s."""
    pre_roll_seconds: float = 0.1
    """Given before the word: a soft /s/ or /f/ begins below any threshold."""
    post_roll_seconds: float = 0.1
    """Given after the word, for the same reason."""
    hangover_seconds: float = 0.2
    """Quiet that ends a word. The closure before the /t/ of "eight" lasts 0.15 s or more in 1.7 %
    of FSDD's; every 10 ms more are 10 ms more of latency."""
    gap_seconds: float = 0.1
    """Quiet that parts two words if voice follows it. Within a word it is noise that follows, but
    for three of 2,700 takes."""
    shallow_gap_seconds: float = 0.12
    """The same where noise hides how deep the quiet is."""
    depth_db: float = 20.0
    """How far that quiet is below the weaker of the two words, in dB."""
    split_voiced_seconds: float = 0.05
    """Voice needed on both sides of it."""
    faint_db: float = 22.0
    """What is this far below the word just before and hardly above the noise is its echo, in dB."""
    clear_snr_db: float = 30.0
    """What is this far above the noise is not hardly above it, in dB."""
    echo_db: float = 35.0
    """What is this far below the word just before is its echo in any case, in dB. People who talk
    in turn are up to 28 dB apart in FSDD."""
    fade_db: float = 10.0
    """By how much both distances grow with each second since that word, in dB."""

    hold_snr_db: float = 18.0
    """A word less than this above the noise waits whether a much louder one follows, in dB: then
    it was a breath or the end of something earlier. At 20 dB overall no word waits."""
    hold_seconds: float = 0.3
    """How long it waits."""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not math.isfinite(value):
                raise ValueError(f"{name}={value} is not a number. Choose a finite one.")
            if name.endswith("_seconds") and value < 0:
                raise ValueError(f"{name}={value} s is negative. Choose a time of at least 0.")
        if self.sr < 8000 or self.sr % 100:
            raise ValueError(
                f"sr={self.sr} Hz came; expected at least 8000 and a multiple of 100, so that "
                "10 ms are whole samples. Resample the stream to 8000."
            )
        ordered = (
            ("off_db", "on_db"),
            ("min_voiced_seconds", "min_word_seconds"),
            ("min_word_seconds", "max_word_seconds"),
            ("post_roll_seconds", "hangover_seconds"),
            ("gap_seconds", "shallow_gap_seconds"),
            ("faint_db", "echo_db"),
        )
        for low, high in ordered:
            if getattr(self, low) > getattr(self, high):
                raise ValueError(
                    f"{low}={getattr(self, low)} is above {high}={getattr(self, high)}. "
                    f"Choose {low} <= {high}."
                )
