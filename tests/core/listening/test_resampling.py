"""Resampling a stream: no seams, no shifts, no other level, whatever the microphone sends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.listening.resampling import StreamResampler

RATES = (48_000, 44_100, 16_000, 8_000)


def tone(frequency, sr, seconds=0.5, amplitude=0.5):
    t = np.arange(round(seconds * sr)) / sr
    return (amplitude * np.sin(2 * np.pi * frequency * t)).astype(np.float32)


def resampled(blocks, sr):
    resampler = StreamResampler()
    return np.concatenate([*(resampler.feed(block, sr) for block in blocks), resampler.flush()])


def middle(y):
    return y[len(y) // 4 : -len(y) // 4]


def rms(y):
    return float(np.sqrt(np.square(middle(y), dtype=float).mean()))


def pitch(y, sr=8000):
    part = middle(y)
    return np.abs(np.fft.rfft(part * np.hanning(len(part)), 2**18)).argmax() * sr / 2**18


def as_sent(y, channels, kind):
    """Return mono samples as a microphone would send them."""
    if channels > 1:
        y = np.stack([y] * channels, axis=1)
    return np.round(y * 32767).astype(np.int16) if kind == "int16" else y


@pytest.mark.parametrize("kind", ["float32", "int16"])
@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("sr", RATES)
def test_a_tone_keeps_its_frequency_and_its_level(sr, channels, kind):
    y = resampled([as_sent(tone(440, sr), channels, kind)], sr)
    assert y.dtype == np.float32
    assert pitch(y) == pytest.approx(440, abs=0.5)
    assert 20 * np.log10(rms(y) / rms(tone(440, 8000))) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("kind", ["float32", "int16"])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("sr", RATES)
def test_random_blocks_give_what_one_block_gives(sr, channels, kind):
    rng = np.random.default_rng(sr + channels)
    y = as_sent((0.2 * rng.standard_normal(sr // 2)).astype(np.float32), channels, kind)
    edges = np.sort(rng.integers(0, len(y), 40))
    np.testing.assert_array_equal(resampled(np.split(y, edges), sr), resampled([y], sr))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=8), st.sampled_from(RATES))
def test_no_size_of_block_leaves_a_seam(sizes, sr):
    y = tone(500, sr, seconds=sum(sizes) / sr + 0.01)
    blocks = np.split(y, np.cumsum(sizes))
    np.testing.assert_array_equal(resampled(blocks, sr), resampled([y], sr))


@pytest.mark.parametrize("sr", RATES)
def test_a_second_stays_a_second_and_a_click_stays_where_it_was(sr):
    y = np.zeros(sr, np.float32)
    y[sr // 2] = 1
    out = resampled(np.split(y, 10), sr)
    assert abs(len(out) - 8000) <= 1
    assert np.abs(out).argmax() == 4000


def test_sound_at_8_khz_comes_through_as_it_is():
    y = tone(440, 8000)
    np.testing.assert_array_equal(resampled([y[:1000], y[1000:]], 8000), y)


@pytest.mark.parametrize("sr", [48_000, 44_100, 16_000])
def test_what_8_khz_cannot_carry_is_gone_and_does_not_come_back_as_a_low_tone(sr):
    y = resampled([tone(5000, sr)], sr)
    assert 20 * np.log10(rms(y) / rms(tone(440, 8000))) < -60


def test_channels_are_averaged():
    left, right = tone(440, 48_000), tone(700, 48_000)
    both = resampled([np.stack([left, right], axis=1)], 48_000)
    np.testing.assert_allclose(both, resampled([(left + right) / 2], 48_000), atol=1e-6)


def test_the_first_samples_come_soon():
    """Live latency: at most a few milliseconds are held back, block for block."""
    resampler = StreamResampler()
    y = tone(440, 48_000, seconds=0.2)
    heard = sum(len(resampler.feed(block, 48_000)) for block in np.split(y, 10))
    assert heard >= 0.2 * 8000 - 0.01 * 8000


def test_a_change_of_rate_finishes_the_old_stream_first():
    resampler = StreamResampler()
    parts = [resampler.feed(tone(440, 48_000), 48_000), resampler.feed(tone(440, 16_000), 16_000)]
    y = np.concatenate([*parts, resampler.flush()])
    assert abs(len(y) - 8000) <= 2
    assert rms(y) == pytest.approx(rms(tone(440, 8000)), rel=0.01)


def test_a_change_of_channels_leaves_no_seam():
    y = tone(440, 48_000)
    half = len(y) // 2
    blocks = [y[:half], np.stack([y[half:]] * 2, axis=1)]
    np.testing.assert_array_equal(resampled(blocks, 48_000), resampled([y], 48_000))


def test_after_its_end_a_stream_begins_anew():
    resampler = StreamResampler()
    first = np.concatenate([resampler.feed(tone(440, 44_100), 44_100), resampler.flush()])
    again = np.concatenate([resampler.feed(tone(440, 44_100), 44_100), resampler.flush()])
    np.testing.assert_array_equal(first, again)


def test_nothing_in_is_nothing_out():
    resampler = StreamResampler()
    assert len(resampler.flush()) == 0
    assert len(resampler.feed(np.zeros(0, np.float32), 48_000)) == 0
    assert len(resampler.feed(np.zeros((0, 2), np.int16), 48_000)) == 0
    assert len(resampler.flush()) == 0


def test_a_stream_shorter_than_the_filter_still_ends():
    assert len(resampled([tone(440, 48_000)[:10]], 48_000)) <= 2


@pytest.mark.parametrize("kind", [np.int32, np.uint8, bool])
def test_samples_of_another_kind_are_refused_rather_than_taken_for_a_roar(kind):
    with pytest.raises(ValueError, match="expected float32 or int16"):
        StreamResampler().feed(np.ones(100, kind), 48_000)


def test_a_block_is_left_as_it_was():
    block = as_sent(tone(440, 48_000), 2, "int16")
    before = block.copy()
    StreamResampler().feed(block, 48_000)
    np.testing.assert_array_equal(block, before)
