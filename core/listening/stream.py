"""The listening path, once for files and microphones: resample, find the word, recognise it.

In: blocks of samples from a file or a microphone. Out: one ``Word`` for each word spoken.
"""

import time
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.listening.endpointing import Endpointer, EndpointerConfig, Utterance
from core.listening.recent import Recent
from core.listening.recogniser import Answer
from core.listening.resampling import Block, StreamResampler
from core.listening.running_speech import RunningSpeech
from core.sound.audio import SAMPLE_RATE


class Recognises(Protocol):
    """Anything that answers for one word."""

    def recognise(self, y: NDArray[np.float32]) -> Answer:
        """Return the answer for one word's samples [shape=(n,)] at 8 kHz."""


@dataclass(frozen=True)
class Word:
    """One word that was heard, and the answer for it."""

    number: int
    """Counted from 1; a listener goes on counting from stream to stream."""
    start: float
    """Where the word begins, in seconds of the stream."""
    end: float
    """Where it ends."""
    answer: Answer
    y: NDArray[np.float32]
    """[shape=(n,)]: the samples at 8 kHz that were recognised."""
    endpoint_seconds: float
    """Sound that had to be heard after the word to know that it was over."""
    speech_db: float
    noise_db: float
    resample_seconds: float = 0.0
    """Time that resampling the block took with which the word ended."""
    in_speech: bool = False
    """Whether it follows a word that is no digit without a pause."""

    def moved(self, seconds: float) -> "Word":
        """Return the word with its times moved, as when silence was put before a file."""
        return replace(self, start=self.start + seconds, end=self.end + seconds)

    def within(self, seconds: float) -> "Word":
        """Return the word with its times kept inside a recording of that length."""
        start, end = (min(max(t, 0.0), seconds) for t in (self.start, self.end))
        return replace(self, start=start, end=end)


class WordStream:
    """One stream's state: the resampler's, the endpointer's, and how many words it had.

    Parameters
    ----------
    recogniser : Recognises
        Who answers.
    config : EndpointerConfig, optional
        What counts as a word.
    recorded : (int, int), optional
        First and one past the last of the stream's samples at 8 kHz that somebody recorded. What
        was put around them for the endpointer's sake is kept from the recogniser.
    """

    def __init__(
        self,
        recogniser: Recognises,
        config: EndpointerConfig | None = None,
        recorded: tuple[int, int] | None = None,
    ) -> None:
        self.recogniser = recogniser
        """Who answers; another one may take its place between two blocks."""
        self.recent = Recent()
        """The last seconds, at 8 kHz."""
        self._resampler = StreamResampler()
        self._endpointer = Endpointer(config)
        self._n_words = 0
        self._recorded = recorded
        self._running_speech = RunningSpeech()

    @property
    def hearing(self) -> bool:
        """Whether a word is being heard now."""
        return self._endpointer.hearing

    @property
    def level_db(self) -> float:
        """Level of the latest 10 ms, in dB relative to full scale."""
        return self._endpointer.level_db

    @property
    def noise_db(self) -> float:
        """The noise floor now, in dB relative to full scale."""
        return self._endpointer.noise_db

    @property
    def too_long_until(self) -> float:
        """Second of the stream up to which something was too long for a word, and dropped."""
        return self._endpointer.too_long_until

    def feed(self, block: Block, sr: int) -> list[Word]:
        """Take in the next block [shape=(n,) or (n, n_channels)]; return the words it ended."""
        began = time.perf_counter()
        y = self._resampler.feed(block, sr)
        seconds = time.perf_counter() - began
        self.recent.append(y)
        return self._answered(self._endpointer.feed(y), seconds)

    def flush(self) -> list[Word]:
        """Return the words that the end of the stream cuts off."""
        utterances = self._endpointer.feed(self._resampler.flush())
        return self._answered(utterances + self._endpointer.flush())

    def release(self) -> None:
        """Give back the resampler's threads, one a core; nothing more will be fed."""
        self._resampler.flush()

    def _answered(self, utterances: list[Utterance], resample_seconds: float = 0.0) -> list[Word]:
        words = []
        for u in utterances:
            # Noise put around a tightly cut "eight" would make a "six" of it.
            u = u if self._recorded is None else u.within(*self._recorded)
            self._n_words += 1
            answer, in_speech = self._running_speech.judge(
                u.word_start, u.word_end, self.recogniser.recognise(u.y)
            )
            words.append(
                Word(
                    self._n_words,
                    u.word_start / SAMPLE_RATE,
                    u.word_end / SAMPLE_RATE,
                    answer,
                    u.y,
                    (u.decided - u.word_end) / SAMPLE_RATE,
                    u.speech_db,
                    u.noise_db,
                    resample_seconds,
                    in_speech,
                )
            )
        return words
