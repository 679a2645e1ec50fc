"""Words found in streams whose words are known: their bounds, their blocks, their gaps."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.streams import words_with_gaps
from core.listening.endpointing import Endpointer, EndpointerConfig
from core.sound.audio import load_waveforms
from core.sound.layouts import scan
from core.sound.synthetic import ARCHIVE
from tests.core.listening.buzzes import (
    QUIET,
    SR,
    assert_bounds,
    bits,
    buzz,
    find_words,
    hiss,
    in_blocks,
    room,
)


@pytest.fixture(scope="module")
def spoken() -> np.ndarray:
    """Twelve digits of the synthetic voices in noise, 250 ms apart."""
    recordings = scan(ARCHIVE).where(lambda r: r.digit is not None).recordings[::97]
    clips = [(r.name, y) for r, y in zip(recordings, load_waveforms(recordings), strict=True)]
    return words_with_gaps(clips, gap_seconds=0.25, snr_db=20, kind="pink")[0]


@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.6, 1.2])
@pytest.mark.parametrize("peak", [0.03, 0.3, 0.95])
def test_a_buzz_is_found_within_20_ms(seconds: float, peak: float):
    words = find_words(room(4, (1.5, buzz(seconds, peak))))
    assert len(words) == 1
    assert_bounds(words[0], 1.5, 1.5 + seconds)


@pytest.mark.parametrize("f0", [85, 130, 220, 380])
def test_voices_from_deep_to_high_are_found(f0: float):
    words = find_words(room(3, (1, buzz(0.4, f0=f0))))
    assert len(words) == 1
    assert_bounds(words[0], 1, 1.4)


def test_samples_include_the_pre_roll_and_are_those_of_the_stream():
    y = room(3, (1, buzz(0.4)))
    (u,) = find_words(y)
    assert u.word_start - u.start == 0.1 * SR
    assert u.end - u.word_end == 0.1 * SR
    assert u.y.dtype == np.float32
    np.testing.assert_array_equal(u.y, y[u.start : u.end])


def test_a_word_is_decided_its_hangover_after_it_ends():
    (u,) = find_words(room(3, (1, buzz(0.4))))
    assert 0.19 * SR <= u.decided - 1.4 * SR <= 0.26 * SR


def test_levels_say_how_loud_word_and_room_are():
    sine = np.sin(2 * np.pi * 500 * np.arange(4000) / SR) * 0.1
    (u,) = find_words(room(3, (1, sine)))
    assert u.speech_db == pytest.approx(-23, abs=0.5)  # a sine's RMS is 3 dB below its peak
    assert u.noise_db == pytest.approx(-60, abs=1.5)


def test_meters_follow_the_stream():
    endpointer = Endpointer()
    y = room(2, (1, buzz(0.5)))
    endpointer.feed(y[: round(0.9 * SR)])
    assert not endpointer.hearing
    assert endpointer.noise_db == pytest.approx(-60, abs=1.5)
    assert endpointer.level_db == pytest.approx(-60, abs=3)
    endpointer.feed(y[round(0.9 * SR) : round(1.3 * SR)])
    assert endpointer.hearing
    assert endpointer.level_db > -25
    assert endpointer.noise_db == pytest.approx(-60, abs=1.5)


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=30))
def test_block_sizes_do_not_change_a_bit(spoken: np.ndarray, sizes: list[int]):
    y = spoken[: 6 * SR]
    whole = bits(find_words(y))
    assert len(whole) > 5
    assert bits(in_blocks(y, sizes)) == whole


@pytest.mark.parametrize("size", [1, 160, 79, 10**6])
def test_regular_blocks_do_not_change_a_bit(spoken: np.ndarray, size: int):
    assert bits(in_blocks(spoken, [size])) == bits(find_words(spoken))


def test_empty_blocks_change_nothing(spoken: np.ndarray):
    assert bits(in_blocks(spoken, [0, 4000])) == bits(find_words(spoken))


@pytest.mark.slow
@pytest.mark.parametrize("rms", [0.0, QUIET, 0.1])
def test_an_hour_without_words_gives_none_and_keeps_little(rms: float):
    assert_no_word(minutes=60, rms=rms)


@pytest.mark.parametrize("rms", [0.0, QUIET, 0.1])
def test_five_minutes_without_words_give_none_and_keep_little(rms: float):
    assert_no_word(minutes=5, rms=rms)


def assert_no_word(minutes: int, rms: float) -> None:
    endpointer = Endpointer()
    minute = hiss(60, rms)
    for _ in range(minutes):
        assert endpointer.feed(minute) == []
    assert len(endpointer._stream._samples) < 2 * SR
    assert len(endpointer._sound) < 200
    assert endpointer.flush() == []


def test_a_voice_without_end_keeps_little():
    endpointer = Endpointer()
    for _ in range(60):
        endpointer.feed(buzz(1))
    assert len(endpointer._stream._samples) < 3 * SR


def test_what_is_too_long_for_a_word_is_told_up_to_its_end():
    endpointer = Endpointer()
    said = [(1.0, buzz(0.4)), (3.0, buzz(1.8))]
    y = room(8, *said)
    assert len(endpointer.feed(y[: 4 * SR])) == 1
    assert endpointer.too_long_until == -np.inf
    assert endpointer.feed(y[4 * SR :]) == []
    assert endpointer.too_long_until == pytest.approx(4.8, abs=0.05)
    endpointer.flush()
    assert endpointer.too_long_until == -np.inf


def test_a_flushed_endpointer_is_as_new(spoken: np.ndarray):
    endpointer = Endpointer()
    first = endpointer.feed(spoken) + endpointer.flush()
    second = endpointer.feed(spoken) + endpointer.flush()
    assert bits(first) == bits(second)


@pytest.mark.parametrize("gap", [0.15, 0.25, 0.4, 1.0])
def test_voices_with_a_gap_are_two_words(gap: float):
    second = 1.3 + gap
    words = find_words(room(4, (1, buzz(0.3)), (second, buzz(0.3))))
    assert len(words) == 2
    assert_bounds(words[0], 1, 1.3)
    assert_bounds(words[1], second, second + 0.3)
    assert words[0].end <= words[1].word_start
    assert words[1].start >= words[0].word_end


def test_a_long_pre_roll_ends_at_the_word_before():
    config = dataclasses.replace(EndpointerConfig(), pre_roll_seconds=0.4)
    words = find_words(room(4, (1, buzz(0.3)), (1.5, buzz(0.3))), config)
    assert len(words) == 2
    assert words[1].start == words[0].word_end


@pytest.mark.parametrize("middle", [0.0, 0.003])
def test_a_weak_middle_does_not_split_a_word(middle: float):
    weak = buzz(0.06, middle) if middle else np.zeros(480, dtype=np.float32)
    word = np.concatenate([buzz(0.2), weak, buzz(0.2, 0.2)])
    words = find_words(room(3, (1, word)))
    assert len(words) == 1
    assert_bounds(words[0], 1, 1.46)


@pytest.mark.parametrize("closure", [0.06, 0.1, 0.15])
@pytest.mark.parametrize("release", [0.03, 0.2])
def test_noise_after_a_closure_belongs_to_the_word(closure: float, release: float):
    """The /t/ of "eight" and the /ks/ of "six"."""
    consonant = 1.25 + closure
    words = find_words(room(3, (1, buzz(0.25)), (consonant, hiss(release, 0.02))))
    assert len(words) == 1
    assert_bounds(words[0], 1, consonant + release)


def test_a_word_fades_below_the_level_that_begins_one():
    fading = hiss(0.15, 0.02)  # with the room 7 dB above it
    (u,) = find_words(room(3, (1, buzz(0.3)), (1.3, fading), rms=0.01))
    assert_bounds(u, 1, 1.45)
    endpointer = Endpointer()
    endpointer.feed(room(1.1, (1, fading[:800]), rms=0.01))
    assert not endpointer._in_word


def test_a_soft_consonant_before_the_voice_is_in_the_samples():
    words = find_words(room(3, (1, hiss(0.15, 0.006)), (1.15, buzz(0.3))))
    assert len(words) == 1
    assert words[0].start <= 1 * SR
    assert_bounds(words[0], 1, 1.45)


def test_a_word_at_the_first_sample_is_found():
    words = find_words(room(2, (0, buzz(0.4))))
    assert len(words) == 1
    assert words[0].start == 0
    assert_bounds(words[0], 0, 0.4)


def test_a_word_cut_by_the_end_is_found():
    y = room(2, (1.6, buzz(0.4)))
    words = find_words(y)
    assert len(words) == 1
    assert words[0].end == words[0].word_end == words[0].decided == len(y)


def test_samples_that_are_not_finite_count_as_zeros():
    y = room(3, (1, buzz(0.3)))
    harmed, zeroed = y.copy(), y.copy()
    places = [0, 100, 4000, 9000, 9001, 20000]
    harmed[places] = [np.nan, np.inf, -np.inf, np.nan, np.inf, np.nan]
    zeroed[places] = 0
    assert len(find_words(zeroed)) == 1
    assert bits(find_words(harmed)) == bits(find_words(zeroed))


def test_a_block_of_nothing_but_nan_gives_nothing():
    assert find_words(np.full(SR, np.nan, dtype=np.float32)) == []


@pytest.mark.parametrize(
    "block",
    [np.zeros((160, 2), dtype=np.float32), np.zeros(160, dtype=np.int16), np.float32(0)],
    ids=["stereo", "16 bit", "no row"],
)
def test_blocks_of_another_kind_are_refused_with_the_remedy(block: np.ndarray):
    with pytest.raises(ValueError, match=r"expected mono float32 .* Convert"):
        Endpointer().feed(block)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sr": 4000}, "Resample the stream to 8000"),
        ({"sr": 11025}, "multiple of 100"),
        ({"off_db": 9.0}, "Choose off_db <= on_db"),
        ({"min_word_seconds": 2.0}, "Choose min_word_seconds <= max_word_seconds"),
        ({"post_roll_seconds": 0.5}, "Choose post_roll_seconds <= hangover_seconds"),
        ({"pre_roll_seconds": -0.1}, "negative"),
        ({"voicing": float("nan")}, "finite"),
    ],
)
def test_settings_that_contradict_are_refused_with_the_remedy(change: dict, message: str):
    with pytest.raises(ValueError, match=message):
        EndpointerConfig(**change)


def test_a_stream_of_another_rate_is_heard_alike():
    t = np.arange(3 * 16000) / 16000
    y = 1e-3 * np.random.default_rng(0).standard_normal(len(t))
    y += np.where((t >= 1) & (t < 1.4), 0.2 * np.sin(2 * np.pi * 300 * t), 0)
    (u,) = find_words(y.astype(np.float32), EndpointerConfig(sr=16000))
    assert abs(u.word_start / 16000 - 1) <= 0.02
    assert abs(u.word_end / 16000 - 1.4) <= 0.02


def test_hangover_is_the_settings():
    config = dataclasses.replace(EndpointerConfig(), hangover_seconds=0.4)
    (u,) = find_words(room(3, (1, buzz(0.4))), config)
    assert 0.39 * SR <= u.decided - 1.4 * SR <= 0.46 * SR
