"""Where each word of a stream begins and ends.

In: float32 samples at 8 kHz in blocks of any size, from a microphone or a file.
Out: one ``Utterance`` a word, for the recogniser and for the live page.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from core.listening.loudness import FRAME_SECONDS, SILENCE_DB, FrameMeter
from core.listening.noise_floor import NoiseFloor

_CHUNK = 250  # frames measured at once: small enough to stay in the processor's cache


@dataclass(frozen=True)
class EndpointerConfig:
    """What counts as a word. Times are rounded to frames of 10 ms."""

    sr: int = 8000
    """Samples a second of the stream."""
    on_db: float = 9.0
    """A word begins this far above the noise floor, in dB."""
    off_db: float = 6.0
    """A word ends when it is less than this above the noise floor, in dB."""
    range_db: float = 30.0
    """Whatever is this far below the word's loudest vowel is not part of it, in dB."""
    lowest_noise_db: float = -75.0
    """A floor below this reads as this, in dB relative to full scale."""
    noise_seconds: float = 2.0
    """How long a quiet moment is remembered as the noise floor."""
    warm_up_seconds: float = 0.3
    """Sound needed before it may be called noise, at the start and after digital silence."""
    voicing: float = 0.55
    """Normalised autocorrelation from which a frame is a voice's (1 is perfectly periodic)."""
    min_voiced_seconds: float = 0.05
    """A word has at least this much voice."""
    min_word_seconds: float = 0.08
    """What is shorter is not a word."""
    max_word_seconds: float = 1.5
    """What is longer is not a word: it is dropped up to the next pause."""
    pre_roll_seconds: float = 0.1
    """Given before the word: a soft /s/ or /f/ begins below any threshold."""
    post_roll_seconds: float = 0.1
    """Given after the word, for the same reason."""
    hangover_seconds: float = 0.2
    """Silence that ends a word."""
    split_seconds: float = 0.09
    """Shortest gap between two words, if voice follows it."""

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


@dataclass
class _Run:
    """Neighbouring frames above the threshold."""

    first: int
    last: int
    voiced: int = 0


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
        self._n_split = _frames(config.split_seconds)
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
        self._forget()

    def _forget(self) -> None:
        """Nothing is being heard."""
        self._levels: deque[float] = deque()
        self._voiced: deque[bool] = deque()
        self._first = self._frame
        self._runs: list[_Run] = []
        self._loud = 0
        self._peak_db = -math.inf
        self._in_word = False
        self._too_long = False

    @property
    def hearing(self) -> bool:
        """Whether a word is being heard now."""
        return self._in_word and not self._too_long

    @property
    def noise_db(self) -> float:
        """The noise floor now, in dB relative to full scale."""
        return self._noise.level_db

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
            utterances += self._close(self._runs)
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
        frame = self._frame
        self._frame += 1
        self._level_db = level_db
        noise_db = self._noise.update(
            level_db,
            self._peak_db - config.range_db
            if self._in_word and not self._too_long and self._peak_db > -math.inf
            else math.inf,
        )
        threshold = max(noise_db + config.off_db, self._peak_db - config.range_db)
        above = level_db > threshold
        if self._too_long:
            if above:
                self._runs[-1].last = frame
            elif frame - self._runs[-1].last >= self._n_hangover:
                self._forget()
            return []
        if not self._in_word:
            if not above:
                if self._levels:
                    self._forget()
                return []
            self._append(frame, level_db, voiced)
            if len(self._levels) > 30:
                self._levels.popleft()
                self._voiced.popleft()
                self._first += 1
            self._loud = self._loud + 1 if level_db > noise_db + config.on_db else 0
            if self._loud >= 2:
                self._in_word = True
                self._runs = [_Run(self._first, frame, sum(self._voiced))]
                if any(self._voiced):
                    self._peak_db = max(
                        x for x, v in zip(self._levels, self._voiced, strict=True) if v
                    )
            return []
        self._append(frame, level_db, voiced)
        if above:
            if voiced:
                self._peak_db = max(self._peak_db, level_db)
            if self._runs[-1].last == frame - 1:
                self._runs[-1].last = frame
            else:
                self._runs.append(_Run(frame, frame))
            self._runs[-1].voiced += voiced
            if voiced and self._runs[-1].voiced == self._n_voiced:
                return self._split()
        elif frame - self._runs[-1].last >= self._n_hangover:
            utterances = self._close(self._runs)
            self._forget()
            return utterances
        if self._peak_db == -math.inf:
            while len(self._levels) > 50:
                self._drop_oldest()
        elif len(self._levels) > self._n_max:
            first, last, _ = self._bounds(self._runs)
            if last + 1 - first > self._n_max:
                self._too_long = True
                self._levels.clear()
                self._voiced.clear()
            else:
                while self._first < first:
                    self._drop_oldest()
        return []

    def _append(self, frame: int, level_db: float, voiced: bool) -> None:
        if not self._levels:
            self._first = frame
        self._levels.append(level_db)
        self._voiced.append(voiced)

    def _drop_oldest(self) -> None:
        self._levels.popleft()
        self._first += 1
        if self._voiced.popleft():
            self._runs[0].voiced -= 1
        self._runs[0].first = max(self._runs[0].first, self._first)
        if self._runs[0].last < self._first and len(self._runs) > 1:
            self._runs.pop(0)

    def _split(self) -> list[Utterance]:
        """Return the word before the last gap, if what follows it is another word."""
        earlier = [i for i, run in enumerate(self._runs[:-1]) if run.voiced >= self._n_voiced]
        if not earlier:
            return []
        gaps = [
            (self._runs[i + 1].first - self._runs[i].last - 1, i)
            for i in range(earlier[-1], len(self._runs) - 1)
        ]
        gap, i = max(gaps)
        if gap < self._n_split:
            return []
        utterances = self._close(self._runs[: i + 1], before=self._runs[i + 1].first)
        self._runs = self._runs[i + 1 :]
        while self._first < self._runs[0].first:
            self._levels.popleft()
            self._voiced.popleft()
            self._first += 1
        self._peak_db = max(x for x, v in zip(self._levels, self._voiced, strict=True) if v)
        return utterances

    def _bounds(self, runs: list[_Run]) -> tuple[int, int, int]:
        """Return first and last frame of the word in these runs, and how many are voiced."""
        config = self.config
        threshold = max(self._noise.level_db + config.off_db, self._peak_db - config.range_db)
        levels = np.array(self._levels)
        voiced = np.array(self._voiced)
        stop = runs[-1].last + 1 - self._first
        above = levels[:stop] > threshold
        if not above.any():
            return self._first, self._first, 0
        n_voiced = int(np.sum(voiced[:stop] & above))
        edges = np.flatnonzero(np.diff(np.concatenate(([False], above, [False])).astype(int)))
        first, last = edges[::2], edges[1::2] - 1
        k = 0
        while k < len(first) - 1:
            gap = first[k + 1] - last[k] - 1
            n = last[k] + 1 - first[k]
            n_v = int(np.sum(voiced[first[k] : last[k] + 1]))
            if n_v < 3 and ((n <= 5 and gap >= 5) or gap >= 10):
                k += 1
            else:
                break
        return self._first + int(first[k]), self._first + int(last[-1]), n_voiced

    def _close(self, runs: list[_Run], before: int | None = None) -> list[Utterance]:
        """Return the word in these runs, if it is one."""
        first, last, n_voiced = self._bounds(runs)
        n = last + 1 - first
        if n_voiced < self._n_voiced or n < self._n_min or n > self._n_max:
            return []
        config, hop_length = self.config, self._meter.hop_length
        decided = min(self._needed(0), self._n_samples)
        word_start = first * hop_length
        word_end = min((last + 1) * hop_length, self._n_samples)
        start = max(
            word_start - round(config.pre_roll_seconds * config.sr),
            self._origin,
            self._previous_end,
            0,
        )
        stop = decided if before is None else before * hop_length
        end = min(word_end + round(config.post_roll_seconds * config.sr), stop)
        self._previous_end = word_end
        y = self._samples[start - self._origin : end - self._origin].copy()
        return [
            Utterance(
                start=start,
                end=end,
                word_start=word_start,
                word_end=word_end,
                decided=decided,
                y=y,
                speech_db=self._peak_db,
                noise_db=self._noise.level_db,
            )
        ]


def _frames(seconds: float) -> int:
    return max(1, round(seconds / FRAME_SECONDS))


def pad_with_noise(
    y: np.ndarray, seconds: float = 0.5, seed: int = 0, sr: int = 8000
) -> np.ndarray:
    """Return ``y`` with faint noise before and after it, as loud as the clip's own quiet.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        A recording.
    seconds : float
        Length of the noise on either side.
    seed : int
        Of the noise, so that a file is always heard the same way.
    sr : int
        Samples a second.
    """
    y = np.asarray(y, dtype=np.float32)
    level_db = -70.0
    meter = FrameMeter(sr)
    if len(y) >= meter.n_window:
        windows = np.lib.stride_tricks.sliding_window_view(y, meter.n_window)
        levels, _ = meter.measure(windows[:: meter.hop_length].astype(np.float64))
        level_db = min(max(float(np.percentile(levels, 10)), -70.0), float(levels.max()) - 30.0)
    rng = np.random.default_rng(seed)
    n = round(seconds * sr)
    noise = (rng.standard_normal(2 * n) * 10 ** (level_db / 20)).astype(np.float32)
    return np.concatenate([noise[:n], y, noise[n:]])
