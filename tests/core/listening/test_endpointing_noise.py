"""What the endpointer must not take for a word, and the rooms it must hear words in."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.core.listening.buzzes import (
    SR,
    WITHIN,
    assert_bounds,
    buzz,
    find_words,
    hiss,
    room,
)


@pytest.mark.parametrize("seconds", [0.005, 0.02, 0.05])
def test_clicks_are_no_words(seconds: float):
    click = hiss(seconds, 0.3)
    assert find_words(room(4, (1, click), (1.1, click), (2.5, click))) == []


def test_a_short_blip_of_voice_is_no_word():
    assert find_words(room(3, (1, buzz(0.03)))) == []


@pytest.mark.parametrize("seconds", [0.15, 0.5, 3])
def test_breath_and_claps_are_no_words(seconds: float):
    assert find_words(room(5, (1, hiss(seconds, 0.05)))) == []


@pytest.mark.parametrize("pause", [0.12, 0.3])
def test_a_breath_before_a_word_is_not_part_of_it(pause: float):
    voice_at = 1.3 + pause
    words = find_words(room(4, (1, hiss(0.3, 0.01)), (voice_at, buzz(0.3))))
    assert len(words) == 1
    assert_bounds(words[0], voice_at, voice_at + 0.3)


def test_a_click_before_a_word_is_not_part_of_it():
    words = find_words(room(3, (1, hiss(0.01, 0.3)), (1.12, buzz(0.3))))
    assert len(words) == 1
    assert_bounds(words[0], 1.12, 1.42)


def test_a_long_breath_after_a_word_does_not_hold_it_up():
    (u,) = find_words(room(5, (1, buzz(0.3)), (1.3, hiss(2, 0.01))))
    assert abs(u.word_start - 1 * SR) <= WITHIN
    assert u.decided <= 1.9 * SR


def test_a_faint_hum_after_a_word_does_not_hold_it_up():
    (u,) = find_words(room(5, (1, buzz(0.3)), (1.3, buzz(2, 0.015))))
    assert abs(u.word_start - 1 * SR) <= WITHIN
    assert u.decided <= 1.9 * SR


def test_a_voice_too_long_for_a_word_is_dropped_up_to_the_next_pause():
    words = find_words(room(6, (1, buzz(2)), (4, buzz(0.3))))
    assert len(words) == 1
    assert_bounds(words[0], 4, 4.3)


def test_an_echo_far_below_the_word_is_dropped_but_a_quiet_answer_is_not():
    loud = (1.0, buzz(0.3, 0.5))
    assert len(find_words(room(4, loud, (1.6, buzz(0.3, 0.011))))) == 1
    assert len(find_words(room(4, loud, (1.6, buzz(0.3, 0.04))))) == 2
    assert len(find_words(room(5, loud, (3.5, buzz(0.3, 0.011))))) == 2


def test_in_a_silent_room_an_echo_is_dropped_and_another_speaker_is_not():
    loud = (1.0, buzz(0.3, 0.9))
    assert len(find_words(room(3, loud, (1.55, buzz(0.3, 0.008)), rms=1e-4))) == 1
    assert len(find_words(room(3, loud, (1.55, buzz(0.3, 0.04)), rms=1e-4))) == 2


def test_a_voice_hardly_above_the_noise_is_no_word():
    assert find_words(room(3, (1, buzz(0.3, 0.006)))) == []
    assert len(find_words(room(3, (1, buzz(0.3, 0.015))))) == 1


def test_a_faint_voice_is_dropped_only_if_a_much_louder_one_follows_at_once():
    faint = (1.0, buzz(0.2, 0.011))
    (u,) = find_words(room(4, faint))
    assert u.decided - 1.2 * SR <= 0.6 * SR
    words = find_words(room(4, faint, (1.5, buzz(0.3, 0.5))))
    assert len(words) == 1
    assert_bounds(words[0], 1.5, 1.8)
    words = find_words(room(4, faint, (1.5, buzz(0.2, 0.011))))
    assert [round(w.word_start / SR, 1) for w in words] == [1.0, 1.5]


def test_a_fan_that_starts_gives_no_word_and_is_forgiven_within_three_seconds():
    y = room(14, (1, buzz(0.3)), (12, buzz(0.3)))
    y[4 * SR :] += hiss(10, 0.02, seed=3)  # 26 dB louder from the fourth second on
    y[7 * SR : 7 * SR + 2400] += buzz(0.3)
    words = find_words(y)
    assert [round(w.word_start / SR) for w in words] == [1, 7, 12]
    assert words[2].noise_db == pytest.approx(-34, abs=1.5)


def test_a_fan_that_stops_lets_quiet_words_through_within_a_second():
    y = room(8, (1, buzz(0.3)), (5, buzz(0.3, 0.02)))
    y[: 4 * SR] += hiss(4, 0.01, seed=3)
    assert [round(w.word_start / SR) for w in find_words(y)] == [1, 5]


def test_words_do_not_lift_the_noise_floor():
    y = room(32, *((1 + 0.5 * i, buzz(0.35)) for i in range(60)))
    words = find_words(y)
    assert len(words) == 60
    assert words[-1].noise_db < -55


def test_rain_does_not_hide_the_end_of_a_word():
    """Noise that comes in gusts is above its own quietest moments nearly all the time."""
    gusts = 10 ** (np.random.default_rng(1).normal(0, 4, 200) / 20)  # one every 50 ms
    y = hiss(10, 0.003, seed=2) * np.repeat(gusts, 400)
    for at in (2, 4, 6, 8):
        y[at * SR : at * SR + 2400] += buzz(0.3)
    words = find_words(y.astype(np.float32))
    assert [round(w.word_start / SR) for w in words] == [2, 4, 6, 8]
    assert max(w.decided - w.word_start for w in words) < 0.75 * SR


def test_words_between_digital_silence_are_found():
    y = np.zeros(10 * SR, dtype=np.float32)
    for i in range(8):
        y[(1 + i) * SR : (1 + i) * SR + 2400] = buzz(0.3)
    words = find_words(y)
    assert len(words) == 8
    assert_bounds(words[5], 6, 6.3)


def test_a_hiss_after_digital_silence_is_no_word_and_hides_none():
    y = room(4, (1.5, buzz(0.3)), rms=0.003)
    y[: SR // 2] = 0
    words = find_words(y)
    assert len(words) == 1
    assert_bounds(words[0], 1.5, 1.8)


@pytest.mark.parametrize(
    "harm",
    [
        lambda y, t: 0.03 * y + 0.9,
        lambda y, t: y + 0.1 * np.sin(2 * np.pi * 50 * t),
        lambda y, t: np.clip(10 * y, -1, 1),
        lambda y, t: 0.01 * y,
        lambda y, t: -y,
    ],
    ids=["offset", "mains hum", "clipped", "very quiet", "upside down"],
)
def test_poor_recordings_give_the_same_words(harm: Callable):
    y = room(4, (1, buzz(0.3)), (2, buzz(0.4, f0=210)))
    words = find_words(harm(y, np.arange(len(y)) / SR).astype(np.float32))
    assert len(words) == 2
    assert_bounds(words[0], 1, 1.3)
    assert_bounds(words[1], 2, 2.4)
