"""One recorded take, cut to its word as FSDD's recordings are, and what is wrong with it.

In: a decoded upload. Out: a ``Take`` to show and, if the speaker likes it, to keep.
"""

from dataclasses import dataclass

import numpy as np

from core.listening.endpointing import Endpointer, EndpointerConfig, Utterance
from core.listening.loudness import FrameMeter
from core.listening.padding import pad_with_noise
from core.sound.audio import SAMPLE_RATE
from core.voices.decoding import Upload

EDGE_SECONDS = 0.05
"""Left before and after the word as it was heard (s). FSDD's own clips leave 0 and 40 ms there at
the median; a soft /f/ or /s/ begins up to 50 ms before anything that can be told from noise."""
SHORTEST_WORD = 0.1
"""A digit lasts longer (s): the shortest of 400 FSDD clips is a word of 0.12 s."""
LONGEST_WORD = 1.2
"""A digit is shorter (s): 99 of 100 FSDD clips are words of up to 0.62 s, and networks see 1 s."""
QUIETEST_DB = -50.0
"""Loudest 30 ms of a word, relative to full scale (dB): FSDD's quietest speaker is at -46."""

_PADDING = 0.5
_AUDIBLE_DB = -80.0
_ROOM_RANGE_DB, _ROOM_FRAMES = 6.0, 30
"""A room is heard where 0.3 s stay within 6 dB of the quietest tenth; a clip cut to a word does
not."""
_LISTENING = EndpointerConfig(max_word_seconds=2.5)  # long words are heard too, so as to say so


@dataclass(frozen=True, eq=False)
class Take:
    """A take as it would be kept, and what is wrong with it."""

    y: np.ndarray
    """[shape=(n,)], float32 at 8 kHz: the word with little around it; empty if none was heard."""
    problems: tuple[str, ...]
    """One sentence each, the gravest first; empty for a good take."""
    start: int
    """Index in the upload, at 8 kHz, of the first sample of ``y``."""
    word_seconds: float
    """Length of the word itself (s); of all of them together where several were heard."""
    speech_db: float | None
    """Level of the loudest voiced 30 ms, in dB relative to full scale."""


def cut_take(upload: Upload) -> Take:
    """Return the one word of a recorded take.

    Parameters
    ----------
    upload : Upload
        One word with silence around it, from ``core.voices.decoding.decode_details``.

    Returns
    -------
    take : Take
        Everything from the first word to the last where several were heard, so that one sees and
        hears why it is no good.
    """
    y = upload.y
    words = _words(y)
    if not words:
        return Take(np.zeros(0, np.float32), (_nothing(y),), 0, 0.0, None)
    n_edge = round(EDGE_SECONDS * SAMPLE_RATE)
    n_padding = round(_PADDING * SAMPLE_RATE)
    first, last = words[0].word_start - n_padding, words[-1].word_end - n_padding
    start, end = max(first - n_edge, 0), min(last + n_edge, len(y))
    word_seconds = (min(last, len(y)) - max(first, 0)) / SAMPLE_RATE
    speech_db = max(word.speech_db for word in words)
    return Take(
        y[start:end].copy(),
        tuple(_problems(words, word_seconds, speech_db, upload.clipped)),
        start,
        word_seconds,
        speech_db,
    )


def _words(y: np.ndarray) -> list[Utterance]:
    """Return the words heard in an upload; times count from the start of the padding."""
    endpointer = Endpointer(_LISTENING)
    return endpointer.feed(_padded(y)) + endpointer.flush()


def _padded(y: np.ndarray) -> np.ndarray:
    """Return the upload with noise around it: its own room's, where that can be heard in it.

    ``pad_with_noise`` must also do for clips that are cut to the word, so its noise is never less
    than 30 dB below the speech. In a louder room than that, the room would set in like a word.
    """
    meter = FrameMeter(SAMPLE_RATE)
    if len(y) < meter.n_window:
        return pad_with_noise(y, _PADDING)
    windows = np.lib.stride_tricks.sliding_window_view(y, meter.n_window)[:: meter.hop_length]
    levels, _ = meter.measure(windows.astype(np.float64))
    room_db = float(np.quantile(levels, 0.1))
    if room_db < _AUDIBLE_DB or np.sum(levels < room_db + _ROOM_RANGE_DB) < _ROOM_FRAMES:
        return pad_with_noise(y, _PADDING)
    n = round(_PADDING * SAMPLE_RATE)
    noise = np.random.default_rng(0).standard_normal(2 * n) * 10 ** (room_db / 20)
    return np.concatenate([noise[:n], y, noise[n:]]).astype(np.float32)


def _nothing(y: np.ndarray) -> str:
    peak_db = 20 * np.log10(max(float(np.abs(y).max(initial=0.0)), 1e-6))
    seconds = len(y) / SAMPLE_RATE
    if peak_db < QUIETEST_DB:
        return (
            f"Nothing was heard: the loudest moment of {seconds:.1f} s is {-peak_db:.0f} dB below "
            "full scale. Check that the right microphone is chosen and not muted."
        )
    return (
        f"No word was heard in {seconds:.1f} s. Say one digit aloud, not whispered, with a short "
        "silence before and after it."
    )


def _problems(
    words: list[Utterance], word_seconds: float, speech_db: float, clipped: int
) -> list[str]:
    """Return what is wrong, the gravest first."""
    problems: list[str] = []
    if len(words) > 1:
        times = ", ".join(f"{max(w.word_start / SAMPLE_RATE - _PADDING, 0):.1f}" for w in words[:6])
        problems.append(
            f"{len(words)} words were heard, at {times} s; a take is one word. "
            "Say it once, without a pause in it."
        )
    elif word_seconds > LONGEST_WORD:
        problems.append(
            f"The word lasts {word_seconds:.2f} s; a digit is at most {LONGEST_WORD:g} s long. "
            "Say it at your normal pace, and nothing else."
        )
    elif word_seconds < SHORTEST_WORD:
        problems.append(
            f"The word lasts {word_seconds:.2f} s; a digit is at least {SHORTEST_WORD:g} s long. "
            "Press record first, and speak then."
        )
    if clipped:
        problems.append(
            f"{clipped} samples are cut off at the loudest value that there is. "
            "Speak more softly, or further from the microphone."
        )
    if speech_db < QUIETEST_DB:
        problems.append(
            f"The word is too quiet: {-speech_db:.0f} dB below full scale, {-QUIETEST_DB:.0f} are "
            "the most. Come nearer to the microphone, or turn it up."
        )
    return problems
