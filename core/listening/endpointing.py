"""Where each word of a stream begins and ends.

In: float32 samples at 8 kHz in blocks of any size, from a microphone or a file.
Out: one ``Utterance`` a word, for the recogniser and for the live page.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.listening.loudness import FRAME_SECONDS, SILENCE_DB, FrameMeter
from core.listening.noise_floor import NoiseFloor
from core.listening.padding import pad_with_noise
from core.listening.word_shape import gap_between_words, word_in

__all__ = ["Endpointer", "EndpointerConfig", "Utterance", "pad_with_noise"]

_CHUNK = 250  # frames measured at once: small enough to stay in the processor's cache


@dataclass(frozen=True)
class EndpointerConfig:
    """What counts as a word. Times are rounded to frames of 10 ms."""

    sr: int = 8000
    """Samples a second of the stream."""
    on_db: float = 8.0
    """A word begins this far above the noise floor, in dB."""
    off_db: float = 4.0
    """A word ends when it is less than this above the noise floor, in dB."""
    range_db: float = 30.0
    """Whatever is this far below the word's loudest vowel is not part of it, in dB."""
    lowest_noise_db: float = -85.0
    """A floor below this reads as this, in dB relative to full scale."""
    noise_seconds: float = 2.0
    """How long a quiet moment is remembered as the noise floor."""
    warm_up_seconds: float = 0.3
    """Sound needed before it may be called noise, at the start and after digital silence."""
    voicing: float = 0.45
    """Normalised autocorrelation from which a frame is a voice's (1 is perfectly periodic)."""
    min_voiced_seconds: float = 0.03
    """A word has at least this much voice."""
    min_word_seconds: float = 0.07
    """What is shorter is not a word."""
    max_word_seconds: float = 1.5
    """What is longer is not a word: it is dropped up to the next pause."""
    pre_roll_seconds: float = 0.1
    """Given before the word: a soft /s/ or /f/ begins below any threshold."""
    post_roll_seconds: float = 0.1
    """Given after the word, for the same reason."""
    hangover_seconds: float = 0.2
    """Silence that ends a word."""
    gap_seconds: float = 0.1
    """Shortest gap between two words, if voice follows it."""
    shallow_gap_seconds: float = 0.12
    """The same where noise hides how deep the gap is."""
    depth_db: float = 20.0
    """Depth of such a gap below the weaker of the two words, in dB."""
    split_voiced_seconds: float = 0.05
    """Voice needed on both sides of such a gap."""
    head_seconds: float = 0.35
    """Longest noise before the voice of a word."""
    tail_seconds: float = 0.35
    """Longest noise after the voice of a word."""
    voice_range_db: float = 20.0
    """Voiced frames this far below the loudest are not the word's, in dB."""
    min_snr_db: float = 11.0
    """The loudest voiced frame of a word is this far above the noise floor, in dB."""
    faint_db: float = 24.0
    """A word this far below the one just before is an echo or another speaker, in dB."""
    recent_seconds: float = 0.4
    """How long the one just before counts."""

    def __post_init__(self) -> None:
        if self.sr < 8000:
            raise ValueError(f"sr={self.sr} Hz is too low for speech. Choose sr >= 8000.")


@dataclass(frozen=True)
class Utterance:
    """One word: where it stands in the stream, and its samples."""

    start: int
    """Index in the stream of the first sample of ``y``, which includes the pre-roll."""
    end: int
    """One past the last sample of ``y``."""
    word_start: int
    """Index of the sample where the word itself begins."""
    word_end: int
    """One past the sample where the word itself ends."""
    decided: int
    """Samples of the stream that had to arrive before the end was decided."""
    y: np.ndarray
    """[shape=(end - start,)], float32: the samples."""
    speech_db: float
    """Level of the loudest voiced frame, in dB relative to full scale."""
    noise_db: float
    """The noise floor below it, in dB relative to full scale."""


class Endpointer:
    """Cuts a stream into words, frame by frame; block sizes change nothing.

    Parameters
    ----------
    config : EndpointerConfig
        What counts as a word.
    """

    def __init__(self, config: EndpointerConfig | None = None) -> None:
        self.config = EndpointerConfig() if config is None else config
        self._reset()

    def _reset(self) -> None:
        config = self.config
        self._meter = FrameMeter(config.sr)
        self._noise = NoiseFloor(
            config.lowest_noise_db,
            memory=_frames(config.noise_seconds),
            warm_up=_frames(config.warm_up_seconds),
        )
        self._n_hangover = _frames(config.hangover_seconds)
        self._n_gap = _frames(config.gap_seconds)
        self._n_shallow_gap = _frames(config.shallow_gap_seconds)
        self._n_split_voiced = _frames(config.split_voiced_seconds)
        self._n_head = _frames(config.head_seconds)
        self._n_tail = _frames(config.tail_seconds)
        self._n_lead = self._n_head + self._n_tail
        self._n_voiced = _frames(config.min_voiced_seconds)
        self._n_min = _frames(config.min_word_seconds)
        self._n_max = _frames(config.max_word_seconds)
        self._pending: list[np.ndarray] = []
        self._n_pending = 0
        # Samples from index _origin on; those before the stream's first are zeros.
        self._origin = -self._meter.margin
        self._samples = np.zeros(self._meter.margin, dtype=np.float32)
        self._n_samples = 0
        self._frame = 0
        self._level_db = SILENCE_DB
        self._previous_end = 0
        self._recent_db = -math.inf
        self._threshold = 0.0
        self._forget()

    def _forget(self) -> None:
        """Nothing is being heard."""
        self._first = self._frame
        self._levels: list[float] = []
        self._voiced: list[bool] = []
        self._loud = 0
        self._pause = 0
        self._unvoiced = 0
        self._peak_db = -math.inf
        self._in_word = False
        self._too_long = False
        self._dipped = False

    @property
    def hearing(self) -> bool:
        """Whether a word is being heard now."""
        return self._in_word and not self._too_long

    @property
    def noise_db(self) -> float:
        """The noise floor now, in dB relative to full scale."""
        return self._noise.mean_db

    @property
    def level_db(self) -> float:
        """Level of the latest 10 ms, in dB relative to full scale."""
        return self._level_db

    def feed(self, block: np.ndarray) -> list[Utterance]:
        """Take in the next samples and return the words that ended in them.

        Parameters
        ----------
        block : np.ndarray [shape=(n,)], float32
            Samples, mono. Samples that are not finite are taken as zeros.

        Raises
        ------
        ValueError
            If the block is not one row of real numbers.
        """
        block = np.asarray(block)
        if block.ndim != 1 or block.dtype.kind != "f":
            raise ValueError(
                f"The block has shape {block.shape} and type {block.dtype}; expected mono float32 "
                "of shape (n,). Convert it first, e.g. y.mean(axis=1) / 32768."
            )
        block = np.nan_to_num(block.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        self._n_samples += len(block)
        self._pending.append(block)
        self._n_pending += len(block)
        return self._process()

    def flush(self) -> list[Utterance]:
        """Return the word that the end of the stream cuts off; the endpointer is then as new."""
        n_left = self._n_samples - self._frame * self._meter.hop_length
        n_frames = -(-n_left // self._meter.hop_length)
        needed = self._needed(n_frames) - self._n_samples
        if needed > 0 and n_left > 0:
            self._pending.append(np.zeros(needed, dtype=np.float32))
            self._n_pending += needed
        utterances = self._process()
        if self._in_word and not self._too_long:
            utterances += self._close(len(self._levels))
        self._reset()
        return utterances

    def _needed(self, n_frames: int) -> int:
        """Return how many samples of the stream ``n_frames`` more frames need."""
        return (self._frame + n_frames) * self._meter.hop_length + self._meter.margin

    def _process(self) -> list[Utterance]:
        hop_length, n_window = self._meter.hop_length, self._meter.n_window
        if self._origin + len(self._samples) + self._n_pending < self._needed(1):
            return []
        samples = np.concatenate([self._samples, *self._pending])
        self._pending, self._n_pending = [], 0
        utterances: list[Utterance] = []
        windows = np.lib.stride_tricks.sliding_window_view(samples, n_window)
        offset = self._frame * hop_length - self._meter.margin - self._origin
        windows = windows[offset::hop_length]  # (n_frames, n_window)
        self._samples = samples
        for i in range(0, len(windows), _CHUNK):
            levels, voicings = self._meter.measure(windows[i : i + _CHUNK].astype(np.float64))
            voiced = voicings > self.config.voicing
            for level_db, is_voiced in zip(levels.tolist(), voiced.tolist(), strict=True):
                utterances += self._step(level_db, is_voiced)
        # Keep what the next frame, a pre-roll and the current word may still need.
        n_keep_before = _frames(self.config.pre_roll_seconds) * hop_length + n_window
        first = self._first if self._levels else self._frame
        origin = max(self._origin, first * hop_length - n_keep_before)
        self._samples = samples[origin - self._origin :].copy()
        self._origin = origin
        return utterances

    def _step(self, level_db: float, voiced: bool) -> list[Utterance]:
        """Take in one frame."""
        config = self.config
        self._frame += 1
        self._level_db = level_db
        # While a voice is heard, the room may not seem louder than what its range leaves.
        ceiling_db = self._peak_db - config.range_db if math.isfinite(self._peak_db) else math.inf
        self._noise.update(level_db, voiced, ceiling_db)
        noise_db = self._noise.top_db
        self._threshold = max(noise_db + config.off_db, self._peak_db - config.range_db)
        above = level_db > self._threshold
        if self._too_long:
            self._pause = 0 if above else self._pause + 1
            if self._pause >= self._n_hangover:
                self._forget()
            return []
        if not self._in_word and not above:
            self._forget()
            return []
        self._levels.append(level_db)
        self._voiced.append(voiced)
        if not self._in_word:
            self._loud = self._loud + 1 if level_db > noise_db + config.on_db else 0
            if len(self._levels) > self._n_lead:
                self._shorten(1)
            if self._loud < 2:
                return []
            self._in_word = True
            self._peak_db = max(
                (x for x, v in zip(self._levels, self._voiced, strict=True) if v),
                default=-math.inf,
            )
        self._pause = 0 if above else self._pause + 1
        if voiced and level_db > self._peak_db - config.voice_range_db:
            self._peak_db = max(self._peak_db, level_db)
            self._unvoiced = 0
        else:
            self._unvoiced += 1
        utterances: list[Utterance] = []
        if self._peak_db == -math.inf:
            if self._pause >= self._n_hangover:
                self._forget()
            elif len(self._levels) > self._n_lead:
                self._shorten(1)
            return []
        if level_db < max(self._peak_db - config.depth_db, self._threshold):
            self._dipped = True
        if self._dipped and self._unvoiced == 0:
            utterances = self._split()
        if self._pause >= self._n_hangover or self._unvoiced >= self._n_tail + self._n_hangover:
            utterances += self._close(len(self._levels))
            self._forget()
        elif len(self._levels) > self._n_max:
            word = self._word(len(self._levels))
            if word is None or word[0] == 0 or word[1] - word[0] > self._n_max:
                self._too_long = True
                self._pause = 0
                self._peak_db = -math.inf
                self._levels, self._voiced = [], []
                self._first = self._frame
            else:
                self._shorten(word[0])
        return utterances

    def _shorten(self, n: int) -> None:
        """Forget the first ``n`` frames of what is being heard."""
        del self._levels[:n]
        del self._voiced[:n]
        self._first += n

    def _split(self) -> list[Utterance]:
        """Return the word before a gap, if another one has begun after it."""
        config = self.config
        gap = gap_between_words(
            np.array(self._levels),
            np.array(self._voiced),
            floor_db=self._noise.top_db + config.off_db,
            depth_db=config.depth_db,
            range_db=config.range_db,
            n_voiced=self._n_split_voiced,
            n_deep=self._n_gap,
            n_shallow=self._n_shallow_gap,
        )
        if gap is None:
            return []
        utterances = self._close(gap[0], before=self._first + gap[1])
        self._shorten(gap[1])
        self._dipped = False
        self._peak_db = max(x for x, v in zip(self._levels, self._voiced, strict=True) if v)
        return utterances

    def _word(self, stop: int) -> tuple[int, int] | None:
        """Return first and one past the last frame of the word before frame ``stop``."""
        levels = np.array(self._levels[:stop])
        sounding = levels > self._threshold
        voiced = np.array(self._voiced[:stop]) & sounding
        voiced &= levels > self._peak_db - self.config.voice_range_db
        if np.sum(voiced) < self._n_voiced:
            return None
        return word_in(sounding, voiced, self._n_head, self._n_tail)

    def _close(self, stop: int, before: int | None = None) -> list[Utterance]:
        """Return the word before frame ``stop`` of what is being heard, if it is one."""
        config, hop_length = self.config, self._meter.hop_length
        word = self._word(stop)
        if word is None or not self._n_min <= word[1] - word[0] <= self._n_max:
            return []
        loudest = max(x for x, v in zip(self._levels[:stop], self._voiced[:stop], strict=True) if v)
        if loudest < self._noise.mean_db + config.min_snr_db:
            return []
        decided = min(self._needed(0), self._n_samples)
        word_start = (self._first + word[0]) * hop_length
        word_end = min((self._first + word[1]) * hop_length, self._n_samples)
        faint = self._recent_db - config.faint_db
        if word_start - self._previous_end < config.recent_seconds * config.sr and (
            loudest < faint
        ):
            return []
        self._recent_db = loudest
        start = max(word_start - round(config.pre_roll_seconds * config.sr), self._previous_end, 0)
        stop = decided if before is None else before * hop_length
        end = min(word_end + round(config.post_roll_seconds * config.sr), stop)
        self._previous_end = word_end
        return [
            Utterance(
                start=start,
                end=end,
                word_start=word_start,
                word_end=word_end,
                decided=decided,
                y=self._samples[start - self._origin : end - self._origin].copy(),
                speech_db=loudest,
                noise_db=self._noise.mean_db,
            )
        ]


def _frames(seconds: float) -> int:
    return max(1, round(seconds / FRAME_SECONDS))
