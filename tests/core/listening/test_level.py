"""The level: what is told of a microphone that is muted, too loud or too quiet."""

import numpy as np
import pytest

from core.listening.level import LevelMeter
from core.listening.recent import Recent

T = np.arange(48_000 * 4) / 48_000


def hint_of(y, block=960, sr=48_000) -> str:
    meter = LevelMeter()
    for i in range(0, len(y), block):
        meter.feed(y[i : i + block], sr)
    return meter.level.hint


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
    assert meter.level.hint == "clipping"
    for _ in range(4):
        meter.feed((0.2 * np.sin(2 * np.pi * 200 * T[:48_000])).astype(np.float32), 48_000)
    assert meter.level.hint == ""
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
