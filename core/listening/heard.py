"""What a live listener has heard: frozen values for whoever polls it.

In: ``core.listening.listener`` makes them. Out: the Live page, transcripts, exams.
"""

import math
from dataclasses import dataclass, field

from core.listening.level import Hint, Level
from core.listening.recogniser import Answer
from core.listening.stream import Word

QUIET_VOICE_DB = -45.0
"""A word whose loudest 10 ms lie below this is too quiet, in dB relative to full scale: so quiet
are fewer than one in twenty of FSDD's."""
STOPPED_SECONDS = 3.0
"""Blocks come every 20 ms; without one for so long no more will come."""
PATIENCE_SECONDS = 5.0
"""Sound without a word after which a low level is told, and for which a quiet word is."""


@dataclass(frozen=True)
class HeardWord:
    """A word with the clock times that its latency is made of."""

    word: Word
    arrived: float
    """``time.time()`` at which the block arrived that ended the word."""
    answered: float
    """``time.time()`` at which its answer was there."""
    model: str = ""
    """Who answered."""
    beside: Answer | None = None
    """What another model says of the same word; None while, or where, there is none."""
    beside_model: str = ""
    stream: int = 1
    """Which of the listener's streams it stood in: each begins its seconds anew."""
    key: str = ""
    """What whoever asked for the model that answered knows it by."""
    kept: str = ""
    """As which digit of whose somebody has kept it, in words; empty while nobody has."""

    @property
    def began(self) -> float:
        """``time.time()`` at which its first sound arrived."""
        return self.arrived - self.word.endpoint_seconds - (self.word.end - self.word.start)

    @property
    def waiting_seconds(self) -> float:
        """Between the block's arrival and the answer, without the recogniser's own time."""
        return max(0.0, self.answered - self.arrived - self.word.answer.seconds)

    @property
    def latency_seconds(self) -> float:
        """From the end of the word to its answer: endpoint wait, queue, recognition."""
        return self.word.endpoint_seconds + self.answered - self.arrived

    @property
    def differs(self) -> bool:
        """Whether the other model says something else."""
        return self.beside is not None and self.beside.digit != self.word.answer.digit


@dataclass(frozen=True)
class Heard:
    """What a listener knows at one moment."""

    ready: bool
    """Whether its recogniser is loaded."""
    blocks: int
    """Blocks that have arrived."""
    dropped: int
    """Blocks that were thrown away because the ring was full."""
    seconds: float
    """Sound that has been listened to."""
    level_db: float
    noise_db: float
    hearing: bool
    """Whether a word is being heard now."""
    words: tuple[HeardWord, ...]
    """The latest words, oldest first."""
    problem: str
    """Why it cannot go on, in a sentence; empty while it can."""
    level: Level = field(default_factory=Level)
    """How well the microphone is set."""
    sr: int = 0
    """Sample rate of the latest block in Hz; 0 before the first."""
    lost_seconds: float = 0.0
    """Sound that never arrived, as the sender's clock tells."""
    stream: int = 1
    """How many streams it has listened to, this one included."""
    since_block: float = 0.0
    """Seconds since the latest block came; 0 before the first."""
    notice: str = ""
    """Which chosen model does not answer, and why, in sentences; it goes on all the same."""
    too_long_until: float = -math.inf
    """Second of the stream up to which something was too long for a word, and dropped; minus
    infinity while nothing was."""

    @property
    def has_stopped(self) -> bool:
        """Whether sound came and comes no more: unplugged, or the network is gone."""
        return self.since_block > STOPPED_SECONDS

    @property
    def spoken(self) -> tuple[Word, ...]:
        """The words of this stream."""
        return tuple(each.word for each in self.words if each.stream == self.stream)

    @property
    def needs_pauses(self) -> bool:
        """Whether what was heard last was too long for a word, as digits without a pause are."""
        word_since = bool(self.spoken) and self.spoken[-1].end > self.too_long_until
        return not word_since and self.seconds - self.too_long_until < PATIENCE_SECONDS

    @property
    def hint(self) -> Hint:
        """What to tell the person at the microphone; empty while all is well, or nobody speaks."""
        if self.level.is_muted:
            return "muted"
        if self.level.is_clipping:
            return "clipping"
        spoken = self.spoken
        if spoken:
            recent = self.seconds - spoken[-1].end < PATIENCE_SECONDS
            return "too quiet" if recent and spoken[-1].speech_db < QUIET_VOICE_DB else ""
        return "too quiet" if self.seconds >= PATIENCE_SECONDS and self.level.is_low else ""
