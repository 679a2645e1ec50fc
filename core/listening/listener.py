"""A live listener: takes in sound as it comes, never waits, and knows what it has heard.

In: blocks of samples, pushed by whoever receives them (a WebRTC sink, a test). Out: frozen
snapshots for whoever polls them. One worker thread a listener resamples, finds words and
recognises them; the ring between is bounded and drops the oldest block rather than grow.
"""

import logging
import math
import threading
import time
from collections import deque

from core.listening.answering import Answering, Load, Wanted, sentence
from core.listening.heard import Heard, HeardWord
from core.listening.held_words import HeldWords
from core.listening.level import LevelMeter
from core.listening.recent import Recent, Stretch
from core.listening.resampling import Block
from core.listening.running_speech import in_running_speech
from core.listening.stream import WordStream

__all__ = ["Heard", "HeardWord", "Listener"]

RING_BLOCKS = 1000
"""Blocks held at most: 20 s of WebRTC's 20 ms, enough for a recogniser that is still loading."""
IDLE_SECONDS = 30.0
"""Without sound for so long its thread is released: the tab was killed before it sent any."""
WORDS_KEPT = 200
"""Words held at most for the page."""

MISSING_SECONDS = 0.005
"""A jump of the sender's clock by more than this is lost sound; a frame is 20 ms."""

_LOG = logging.getLogger("spoken_digit_lab")


class _Hearing:
    """One stream, from a start to a stop.

    Its worker writes it and pages read it. A worker that is late, because the listener was opened
    anew while it was still recognising, changes nothing of the stream that came after its own.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        """Counted from 1 since the listener was made."""
        self.stream: WordStream | None = None
        self.meter = LevelMeter()
        self.seconds = 0.0
        self.problem = ""


class Listener:
    """Listens to one visitor's stream, until it is closed and again once it is opened.

    Parameters
    ----------
    recogniser : callable
        Returns the recogniser; called in a thread of its own, where it may take seconds.
    beside : callable, optional
        Returns another recogniser, that answers for every word after the first has.
    names : tuple of str
        What the two are called.
    key : str
        What the first is known by to whoever asks for it; it stands with its words.
    """

    def __init__(
        self,
        recogniser: Load,
        beside: Load | None = None,
        names: tuple[str, ...] = (),
        key: str = "",
    ) -> None:
        self.began = time.monotonic()
        # The sink appends, the worker takes, pages open, close and exchange models; all hold this,
        # and none for longer than that.
        self._filled = threading.Condition()
        self._ring: deque[tuple[Block, int, float]] = deque()
        self._closed = True
        self._rests = False
        self._blocks = 0
        self._dropped = 0
        self._sr = 0
        self._last = 0.0
        self._lost = 0.0
        self._expected: float | None = None
        wanted = Wanted(recogniser, beside, names, key)
        self._answering = Answering(wanted, self._loaded, self._unanswered)
        self._words = HeldWords(WORDS_KEPT)
        self._now = _Hearing(0)
        self.open()

    def open(self) -> None:
        """Listen, with a fresh stream, if it was closed; the words stay."""
        with self._filled:
            if not self._closed:
                return
            self._closed = self._rests = False
            self._ring.clear()
            self._blocks = self._dropped = 0
            self._lost = 0.0
            self._expected = None
            self.began = time.monotonic()
            self._now = _Hearing(self._now.number + 1)
            self._thread = threading.Thread(
                target=self._work, args=(self._now,), name="listener", daemon=True
            )
        self._answering.fetch()
        self._thread.start()

    def use(
        self,
        recogniser: Load,
        beside: Load | None = None,
        names: tuple[str, ...] = (),
        key: str = "",
    ) -> None:
        """Answer with other models from the moment they are loaded; the stream goes on."""
        self._answering.want(Wanted(recogniser, beside, names, key))
        if self._now.problem and not self._closed:
            self.close()
            self.open()  # which fetches them
        elif not self._closed:
            self._answering.fetch()

    def push(self, block: Block, sr: int, at: float | None = None) -> None:
        """Take in a block; returns at once.

        Parameters
        ----------
        block : np.ndarray [shape=(n,) or (n, n_channels)]
        sr : int
            Its sample rate in Hz.
        at : float, optional
            When it begins by the sender's clock, in seconds: a jump is sound that was lost.
        """
        if self._rests:
            self.open()
        with self._filled:
            if self._closed:
                return
            if at is not None:
                missing = at - (at if self._expected is None else self._expected)
                # backwards, or by minutes, it is another connection's clock
                self._lost += missing if MISSING_SECONDS < missing < 60.0 else 0.0
                self._expected = at + len(block) / sr
            self._blocks += 1
            self._last = time.monotonic()
            self._sr = sr
            self._ring.append((block, sr, time.time()))
            if len(self._ring) > RING_BLOCKS:
                self._ring.popleft()
                self._dropped += 1
            self._filled.notify()

    def close(self) -> None:
        """Stop listening and release the thread; what was heard can still be read."""
        with self._filled:
            self._closed, self._rests = True, False
            self._ring.clear()
            self._filled.notify()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def forget(self) -> None:
        """Forget the words heard so far; the stream goes on."""
        self._words.clear()

    def note_kept(self, number: int, kept: str) -> None:
        """Remember as what a word was kept, in words, for as long as the word is held."""
        self._words.change(number, kept=kept)

    def recent(self) -> Stretch:
        """Return the last seconds of the stream."""
        stream = self._now.stream
        return stream.recent.stretch() if stream else Recent(1.0).stretch()

    def heard(self) -> Heard:
        """Return what the listener knows now."""
        now = self._now
        stream = now.stream
        return Heard(
            self._answering.first is not None,
            self._blocks,
            self._dropped,
            now.seconds,
            stream.level_db if stream else -120.0,
            stream.noise_db if stream else -120.0,
            stream.hearing if stream else False,
            self._words.now,
            now.problem,
            now.meter.level,
            self._sr,
            self._lost,
            now.number,
            time.monotonic() - self._last if self._blocks else 0.0,
            self._answering.notice,
            stream.too_long_until if stream else -math.inf,
        )

    def _loaded(self) -> None:
        with self._filled:
            self._filled.notify()

    def _unanswered(self, problem: str) -> None:
        self._stop(self._now, problem)

    def _stop(self, hearing: _Hearing, problem: str) -> None:
        """Say why a stream cannot go on, and release its worker: it must not fall silent unsaid."""
        _LOG.exception("The listener stopped")
        with self._filled:
            hearing.problem = problem
            if hearing is self._now:
                self._ring.clear()
            self._filled.notify()

    def _work(self, hearing: _Hearing) -> None:
        try:
            while (item := self._next(hearing)) is not None:
                block, sr, arrived = item
                first = self._answering.first
                assert first is not None
                stream = hearing.stream = hearing.stream or WordStream(first.recogniser)
                stream.recogniser = first.recogniser
                hearing.meter.feed(block, sr)
                words = stream.feed(block, sr)
                hearing.seconds += len(block) / sr
                if words:
                    now, which = time.time(), hearing.number
                    self._add(
                        [
                            HeardWord(w, arrived, now, first.name, stream=which, key=first.key)
                            for w in words
                        ]
                    )
        except Exception as error:
            problem = f"Listening stopped: {sentence(error)} Press stop, then start again."
            self._stop(hearing, problem)
        finally:
            if hearing.stream is not None:
                hearing.stream.release()

    def _add(self, found: list[HeardWord]) -> None:
        """Show words at once, and what the other model says as soon as it has said it."""
        found = self._words.add(found)
        other = self._answering.beside
        if other is None:
            return
        for each in found:
            try:
                answer = other.recogniser.recognise(each.word.y)
            except Exception as error:  # the words are answered all the same
                self._answering.miss(other, error)
                return
            answer = in_running_speech(answer) if each.word.in_speech else answer
            self._words.change(each.word.number, beside=answer, beside_model=other.name)

    def _next(self, hearing: _Hearing) -> tuple[Block, int, float] | None:
        """Return the oldest block, waiting for one and for the model; None once it is over."""
        with self._filled:
            while self._now is hearing and not self._closed and not hearing.problem:
                if self._ring and self._answering.first is not None:
                    return self._ring.popleft()
                waited = not self._filled.wait(IDLE_SECONDS)
                if waited and not self._ring and self._answering.first is not None:
                    self._closed = self._rests = True
            return None
