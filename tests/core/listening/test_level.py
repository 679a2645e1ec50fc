"""The level: what is told of a microphone that is muted, too loud or too quiet."""

import numpy as np
import pytest

from core.listening.heard import Heard, HeardWord
from core.listening.level import Level, LevelMeter
from core.listening.recent import Recent
from core.listening.recogniser import Answer
from core.listening.stream import Word

T = np.arange(48_000 * 4) / 48_000


def heard(level: Level, words: tuple[HeardWord, ...] = (), seconds: float = 9.0) -> Heard:
    return Heard(True, 9, 0, seconds, -60.0, -60.0, False, words, "", level)


def hint_of(y, block=960, sr=48_000) -> str:
    meter = LevelMeter()
    for i in range(0, len(y), block):
        meter.feed(y[i : i + block], sr)
    return heard(meter.level).hint


def test_who_has_spoken_well_may_be_silent():
    answer = Answer(7, 0.9, (0.1,) * 10, 0.0)
    low = Level(0.001, 0, 0.0, 3.0)
    for speech_db, hint in ((-25.0, ""), (-55.0, "too quiet")):
        word = Word(1, 6.0, 6.5, answer, np.zeros(9, np.float32), 0.2, speech_db, -70.0)
        assert heard(low, (HeardWord(word, 0.0, 0.0),)).hint == hint
        assert heard(low, (HeardWord(word, 0.0, 0.0),), 60.0).hint == ""  # long ago
    assert heard(low, (), 2.0).hint == ""  # the microphone has only just been started
    assert heard(low, (), 9.0).hint == "too quiet"


@pytest.mark.parametrize(
    ("y", "hint"),
    [
        (0.3 * np.sin(2 * np.pi * 200 * T), ""),
        (0.005 * np.sin(2 * np.pi * 200 * T), "too quiet"),
        (np.clip(3 * np.sin(2 * np.pi * 200 * T), -1, 1), "clipping"),
        (np.zeros(len(T)), "muted"),
    ],
)
@pytest.mark.parametrize("kind", ["float32", "int16"])
def test_a_microphone_that_is_not_set_well_is_told(y, hint, kind):
    y = y.astype(np.float32) if kind == "float32" else np.round(y * 32767).astype(np.int16)
    assert hint_of(y) == hint
    assert hint_of(np.stack([y, y], axis=1)) == hint


def test_the_lowest_value_of_16_bits_is_loud_and_not_quiet():
    assert hint_of(np.full(48_000 * 4, -32768, np.int16)) == "clipping"


def test_what_is_mended_is_forgotten_within_seconds():
    meter = LevelMeter()
    meter.feed(np.ones(48_000, np.float32), 48_000)
    assert meter.level.is_clipping
    for _ in range(4):
        meter.feed((0.2 * np.sin(2 * np.pi * 200 * T[:48_000])).astype(np.float32), 48_000)
    assert not meter.level.is_clipping
    assert meter.level.peak == pytest.approx(0.2, abs=1e-3)


@pytest.mark.parametrize("sizes", [(7, 160, 8001, 3), (100_000,), (1,) * 50, (0, 80_000, 5)])
def test_the_last_seconds_are_the_last_samples_at_their_place(sizes):
    recent, rng = Recent(1.0), np.random.default_rng(0)
    y = rng.standard_normal(sum(sizes)).astype(np.float32)
    at = 0
    for n in sizes:
        recent.append(y[at : at + n])
        at += n
    kept = recent.stretch()
    np.testing.assert_array_equal(kept.y, y[-8000:])
    assert kept.end == pytest.approx(len(y) / 8000)
