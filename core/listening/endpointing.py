"""Where each word of a stream begins and ends.

In: float32 samples at 8 kHz in blocks of any size, from a microphone or a file.
Out: one ``Utterance`` a word, for the recogniser and for the live page.
"""

import math

import numpy as np

from core.listening.endpointer_config import EndpointerConfig
from core.listening.framing import FrameStream
from core.listening.holdback import Holdback
from core.listening.loudness import SILENCE_DB, n_frames
from core.listening.noise_floor import NoiseFloor
from core.listening.padding import pad_with_noise
from core.listening.sounding import Sound
from core.listening.utterance import Utterance

__all__ = ["Endpointer", "EndpointerConfig", "Utterance", "pad_with_noise"]

_BLOCK_SECONDS = 10  # longer blocks are taken in pieces, so that memory stays small


class Endpointer:
    """Cuts a stream into words, frame by frame; the sizes of the blocks change nothing.

    Sound that rises above the noise is followed until it has been quiet for a while. It is a word
    if there is voice in it and its length is a word's; two words in it are parted where quiet lies
    between two voices.

    Parameters
    ----------
    config : EndpointerConfig
        What counts as a word.
    """

    def __init__(self, config: EndpointerConfig | None = None) -> None:
        self.config = EndpointerConfig() if config is None else config
        self._begin()

    def _begin(self) -> None:
        config = self.config
        self._stream = FrameStream(config.sr)
        self._noise = NoiseFloor(
            config.lowest_noise_db,
            memory=n_frames(config.noise_seconds),
            warm_up=n_frames(config.warm_up_seconds),
        )
        self._holdback = Holdback(config)
        self._n_hangover = n_frames(config.hangover_seconds)
        self._n_tail = n_frames(config.tail_seconds)
        self._n_lead = n_frames(config.head_seconds) + self._n_tail
        self._n_max = n_frames(config.max_word_seconds)
        self._frame = 0  # the next frame
        self._level_db = SILENCE_DB
        self._threshold_db = math.inf
        self._previous_end = 0
        self._previous_db = -math.inf
        self._too_long_frame = -math.inf  # the latest of what was too long for a word
        self._rest()

    def _rest(self) -> None:
        """Forget what has sounded."""
        self._sound = Sound(self._frame, self.config)
        self._pause = 0  # frames in a row below the threshold
        self._in_word = False
        self._too_long = False

    @property
    def hearing(self) -> bool:
        """Whether a word is being heard now."""
        return self._in_word and math.isfinite(self._sound.peak_db)

    @property
    def noise_db(self) -> float:
        """Mean level of the noise now, in dB relative to full scale."""
        return self._noise.mean_db

    @property
    def level_db(self) -> float:
        """Level of the latest 10 ms, in dB relative to full scale."""
        return self._level_db

    @property
    def too_long_until(self) -> float:
        """Second of the stream up to which something was too long for a word, and dropped.

        Minus infinity while nothing was.
        """
        return self._too_long_frame * self._stream.hop_length / self.config.sr

    def feed(self, block: np.ndarray) -> list[Utterance]:
        """Take in the next samples and return the words that ended in them.

        Parameters
        ----------
        block : np.ndarray [shape=(n,)], float32
            Mono samples; those that are not finite count as zeros.

        Raises
        ------
        ValueError
            If the block is not one row of floating-point numbers.
        """
        block = np.asarray(block)
        if block.ndim != 1 or block.dtype.kind != "f":
            raise ValueError(
                f"A block of shape {block.shape} and type {block.dtype} came; expected mono "
                "float32 of shape (n,). Convert 16-bit stereo, e.g., with y.mean(axis=1) / 32768."
            )
        utterances: list[Utterance] = []
        step = _BLOCK_SECONDS * self.config.sr
        for i in range(0, len(block), step):
            y = block[i : i + step].astype(np.float32)
            y = np.nan_to_num(y, nan=0.0, posinf=0.0, neginf=0.0)
            utterances += self._hear(*self._stream.feed(y))
        return utterances

    def flush(self) -> list[Utterance]:
        """Return the word that the end of the stream cut off; the endpointer is then as new."""
        utterances = self._hear(*self._stream.end())
        last = self._close(len(self._sound)) if self.hearing else []
        utterances += self._holdback.step(last, -math.inf, self._heard())
        utterances += self._holdback.end(self._heard())
        self._begin()
        return utterances

    def _heard(self) -> int:
        """Return how many samples must have come for the frames so far."""
        return min(self._stream.needed(self._frame), self._stream.n_samples)

    def _hear(self, levels: np.ndarray, voicings: np.ndarray) -> list[Utterance]:
        utterances: list[Utterance] = []
        if len(levels) == 0:
            return utterances
        voiced = voicings > self.config.voicing
        for level_db, is_voiced in zip(levels.tolist(), voiced.tolist(), strict=True):
            ended = self._step(level_db, is_voiced)
            utterances += self._holdback.step(ended, self._sound.peak_db, self._heard())
        first = self._sound.first if len(self._sound) else self._frame
        pre_roll = n_frames(self.config.pre_roll_seconds)
        self._stream.let_go(before=(first - pre_roll) * self._stream.hop_length)
        return utterances

    def _step(self, level_db: float, voiced: bool) -> list[Utterance]:
        """Take in one frame."""
        config, sound = self.config, self._sound
        self._frame += 1
        self._level_db = level_db
        # While somebody speaks, the room may not seem louder than the word's range leaves.
        bottom_db = sound.peak_db - config.range_db
        self._noise.update(level_db, voiced, bottom_db if self.hearing else math.inf)
        self._threshold_db = max(self._noise.top_db + config.off_db, bottom_db)
        above = level_db > self._threshold_db
        self._pause = 0 if above else self._pause + 1
        if self._too_long:
            if above:
                self._too_long_frame = self._frame
            if self._pause >= self._n_hangover:
                self._rest()
        elif not (above or self._in_word):
            self._rest()
        else:
            loud = level_db > self._noise.top_db + config.on_db
            self._in_word = self._in_word or loud
            sound.add(level_db, voiced, self._threshold_db)
            if self.hearing:
                return self._follow()
            if self._in_word and self._pause >= self._n_hangover:
                self._rest()
            elif len(sound) > self._n_lead:
                sound.drop(1)  # noise without a voice: a word may still begin in it
        return []

    def _follow(self) -> list[Utterance]:
        """Return the word that ends with the newest frame, if one does."""
        sound = self._sound
        utterances: list[Utterance] = []
        gap = sound.gap(floor_db=self._noise.top_db + self.config.off_db)
        if gap is not None:
            utterances = self._close(gap[0], next_start=sound.first + gap[1])
            sound.begin_after(gap)
        if self._pause >= self._n_hangover or sound.unvoiced >= self._n_tail + self._n_hangover:
            utterances += self._close(len(sound))
            self._rest()
        elif len(sound) > self._n_max:
            word = sound.word(len(sound), self._threshold_db)
            if word is not None and word[0] > 0 and word[1] - word[0] <= self._n_max:
                sound.drop(word[0])
            else:
                self._rest()
                self._too_long, self._too_long_frame = True, self._frame
        return utterances

    def _close(self, stop: int, next_start: int | None = None) -> list[Utterance]:
        """Return the word before frame ``stop`` of what sounds, if it is one."""
        config, hop_length = self.config, self._stream.hop_length
        word = self._sound.word(stop, self._threshold_db)
        if word is None:
            return []
        if not n_frames(config.min_word_seconds) <= word[1] - word[0] <= self._n_max:
            return []
        speech_db = self._sound.loudest_voice(stop)
        word_start = (self._sound.first + word[0]) * hop_length
        word_end = min((self._sound.first + word[1]) * hop_length, self._stream.n_samples)
        if self._is_faint(speech_db, word_start):
            return []
        decided = self._heard()
        start = max(word_start - round(config.pre_roll_seconds * config.sr), self._previous_end, 0)
        end = min(
            word_end + round(config.post_roll_seconds * config.sr),
            decided if next_start is None else next_start * hop_length,
        )
        self._previous_end, self._previous_db = word_end, speech_db
        return [
            Utterance(
                start=start,
                end=end,
                word_start=word_start,
                word_end=word_end,
                decided=decided,
                y=self._stream.cut(start, end),
                speech_db=speech_db,
                noise_db=self._noise.mean_db,
            )
        ]

    def _is_faint(self, speech_db: float, word_start: int) -> bool:
        """Return whether it hardly stands out of the noise, or is a louder word's echo."""
        config = self.config
        snr_db = speech_db - self._noise.mean_db
        pause_seconds = (word_start - self._previous_end) / config.sr
        below_db = self._previous_db - speech_db - config.fade_db * pause_seconds
        return (
            snr_db < config.min_snr_db
            or below_db > config.echo_db
            or (below_db > config.faint_db and snr_db < config.clear_snr_db)
        )
