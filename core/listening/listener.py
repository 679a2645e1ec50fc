"""A live listener: takes in sound as it comes, never waits, and knows what it has heard.

In: blocks of samples, pushed by whoever receives them (a WebRTC sink, a test). Out: frozen
snapshots for whoever polls them. One worker thread a listener resamples, finds words and
recognises them; the ring between is bounded and drops the oldest block rather than grow.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from core.listening.resampling import Block
from core.listening.stream import Recognises, Word, WordStream

RING_BLOCKS = 1000
"""Blocks held at most: 20 s of WebRTC's 20 ms, enough for a recogniser that is still loading."""
WORDS_KEPT = 200
"""Words held at most for the page."""


@dataclass(frozen=True)
class HeardWord:
    """A word with the clock times that its latency is made of."""

    word: Word
    arrived: float
    """``time.time()`` at which the block arrived that ended the word."""
    answered: float
    """``time.time()`` at which its answer was there."""

    @property
    def waiting_seconds(self) -> float:
        """Between the block's arrival and the answer, without the recogniser's own time."""
        return max(0.0, self.answered - self.arrived - self.word.answer.seconds)

    @property
    def latency_seconds(self) -> float:
        """From the end of the word to its answer: endpoint wait, queue, recognition."""
        return self.word.endpoint_seconds + self.answered - self.arrived


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


class Listener:
    """Listens to one stream until it is closed.

    Parameters
    ----------
    recogniser : callable
        Returns the recogniser; called in the listener's own thread, where it may take seconds.
    """

    def __init__(self, recogniser: Callable[[], Recognises]) -> None:
        self._load = recogniser
        self.began = time.monotonic()
        # The sink appends, the worker takes; both hold this, and neither for longer than that.
        self._filled = threading.Condition()
        self._ring: deque[tuple[Block, int, float]] = deque()
        self._closed = False
        self._blocks = 0
        self._dropped = 0
        # The worker writes these, pages read them; tuples and numbers, replaced as a whole.
        self._seconds = 0.0
        self._words: tuple[HeardWord, ...] = ()
        self._stream: WordStream | None = None
        self._problem = ""
        self._thread = threading.Thread(target=self._work, name="listener", daemon=True)
        self._thread.start()

    def push(self, block: Block, sr: int) -> None:
        """Take in a block [shape=(n,) or (n, n_channels)] at ``sr`` Hz; returns at once."""
        with self._filled:
            if self._closed:
                return
            self._blocks += 1
            self._ring.append((block, sr, time.time()))
            if len(self._ring) > RING_BLOCKS:
                self._ring.popleft()
                self._dropped += 1
            self._filled.notify()

    def close(self) -> None:
        """Stop listening and release the thread; what was heard can still be read."""
        with self._filled:
            self._closed = True
            self._ring.clear()
            self._filled.notify()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def forget(self) -> None:
        """Forget the words heard so far; the stream goes on."""
        self._words = ()

    def heard(self) -> Heard:
        """Return what the listener knows now."""
        stream = self._stream
        return Heard(
            stream is not None,
            self._blocks,
            self._dropped,
            self._seconds,
            stream.level_db if stream else -120.0,
            stream.noise_db if stream else -120.0,
            stream.hearing if stream else False,
            self._words,
            self._problem,
        )

    def _work(self) -> None:
        try:
            self._stream = stream = WordStream(self._load())
            while (item := self._next()) is not None:
                block, sr, arrived = item
                words = stream.feed(block, sr)
                self._seconds += len(block) / sr
                if words:
                    now = time.time()
                    added = tuple(HeardWord(word, arrived, now) for word in words)
                    self._words = (self._words + added)[-WORDS_KEPT:]
        except Exception as error:  # a listener that dies must say so, not fall silent
            import logging

            logging.getLogger("spoken_digit_lab").exception("The listener stopped")
            self._problem = f"Listening stopped: {error}. Press stop, then start again."

    def _next(self) -> tuple[Block, int, float] | None:
        """Return the oldest block, waiting for one; None once closed."""
        with self._filled:
            while not self._ring and not self._closed:
                self._filled.wait()
            return None if self._closed else self._ring.popleft()
