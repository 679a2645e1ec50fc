"""Trimming a clip and placing it in a window: known answers, and librosa where both agree."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sound.windows import TRIM_FRAME, loudest_part, place, trim


def tone(n, amplitude=0.5, frequency=440.0):
    return (amplitude * np.sin(2 * np.pi * frequency * np.arange(n) / 8000)).astype(np.float32)


def silence(n):
    return np.zeros(n, np.float32)


def test_trim_gives_what_librosa_gives_where_both_measure_the_same_frames():
    # librosa centres its frames; a step at a multiple of the hop, far from both ends, with
    # frames as long as hops, is cut at the same sample by both
    y = np.concatenate([silence(1600), tone(3200), silence(2400)])
    theirs, (start, end) = librosa.effects.trim(
        y, top_db=30, frame_length=TRIM_FRAME, hop_length=TRIM_FRAME
    )
    ours = trim(y, top_db=30)
    first = (ours.__array_interface__["data"][0] - y.__array_interface__["data"][0]) // 4
    # librosa's centred frames reach half a frame to either side of the step
    assert abs(first - start) <= TRIM_FRAME
    assert abs(first + len(ours) - end) <= TRIM_FRAME
    assert abs(len(ours) - len(theirs)) <= TRIM_FRAME
    np.testing.assert_array_equal(ours, tone(3200))


@pytest.mark.parametrize(("quiet_db", "is_cut"), [(-29, False), (-31, True)])
def test_trim_cuts_what_lies_more_than_thirty_db_below_the_loudest(quiet_db, is_cut):
    quiet = tone(1600, 0.5 * 10 ** (quiet_db / 20))
    y = np.concatenate([quiet, tone(1600), quiet])
    assert len(trim(y, top_db=30)) == (1600 if is_cut else 4800)


def test_trim_keeps_a_pause_inside_a_word():
    y = np.concatenate([silence(800), tone(800), silence(1600), tone(800), silence(800)])
    assert len(trim(y)) == 3200


@pytest.mark.parametrize("n", [0, 1, 159, 160, 161, 1000])
def test_trim_returns_a_silent_clip_whole(n):
    assert len(trim(silence(n))) == n


@pytest.mark.parametrize("n", [1, 159, 161, 1000])
def test_trim_never_reaches_beyond_the_clip(n):
    np.testing.assert_array_equal(trim(np.ones(n, np.float32)), np.ones(n))


@pytest.mark.parametrize("top_db", [0.0, -30.0])
def test_trim_refuses_a_threshold_above_the_loudest_frame(top_db):
    with pytest.raises(ValueError, match=r"top_db=.* dB must be above 0"):
        trim(tone(100), top_db)


def test_loudest_part_finds_the_word_in_a_long_clip():
    y = np.concatenate([tone(1000, 0.01), tone(500, 0.9), tone(3000, 0.01)])
    np.testing.assert_array_equal(loudest_part(y, 500), y[1000:1500])


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 10_000))
def test_no_other_stretch_holds_more_energy_than_the_loudest_part(length, more, seed):
    y = np.random.default_rng(seed).standard_normal(length + more).astype(np.float32)
    energies = [np.square(y[i : i + length], dtype=float).sum() for i in range(more + 1)]
    found = np.square(loudest_part(y, length), dtype=float).sum()
    assert found == pytest.approx(max(energies))


@pytest.mark.parametrize(("at", "start"), [(0.0, 0), (0.5, 2), (1.0, 4)])
def test_place_puts_the_clip_at_the_left_the_middle_and_the_right(at, start):
    y = np.array([1, 2, 3], np.float32)
    expected = np.zeros(7)
    expected[start : start + 3] = y
    window = place(y, 7, at)
    np.testing.assert_array_equal(window, expected)
    assert window.dtype == np.float32


@given(st.integers(0, 50), st.integers(1, 50), st.floats(0, 1))
@settings(max_examples=200)
def test_place_keeps_every_sample_of_a_clip_that_fits(n, more, at):
    y = np.arange(1, n + 1, dtype=np.float32)
    window = place(y, n + more, at)
    assert len(window) == n + more
    np.testing.assert_array_equal(window[window != 0], y)


def test_place_cuts_a_longer_clip_to_its_loudest_part_and_stretches_nothing():
    y = np.concatenate([tone(4000, 0.01), tone(8000, 0.9), tone(4000, 0.01)])
    np.testing.assert_array_equal(place(y, 8000), y[4000:12000])


@pytest.mark.parametrize("at", [-0.01, 1.01, float("nan")])
def test_place_refuses_a_place_outside_the_window(at):
    with pytest.raises(ValueError, match=r"at=.* must lie between 0"):
        place(tone(10), 100, at)


def test_place_leaves_the_clip_itself_alone():
    y = tone(100)
    before = y.copy()
    place(y, 200)[:] = 7
    place(y, 100)[:] = 7
    np.testing.assert_array_equal(y, before)
