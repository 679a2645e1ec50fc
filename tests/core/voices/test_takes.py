"""Takes: a spoken digit is cut out of its silence, and what is wrong is said with numbers."""

import numpy as np
import pytest

from core.sound.audio import load_waveforms
from core.sound.datasets import open_dataset
from core.voices.decoding import Upload
from core.voices.takes import EDGE_SECONDS, LONGEST_WORD, cut_take


@pytest.fixture(scope="module")
def spoken():
    """One take of each digit by three voices: {(digit, speaker): y}."""
    recordings = [
        r
        for r in open_dataset("synthetic").recordings
        if r.speaker in ("judy-us", "mike-us", "belinda-es") and r.take == 0
    ]
    return {
        (r.digit, r.speaker): y for r, y in zip(recordings, load_waveforms(recordings), strict=True)
    }


def in_a_room(y, before=0.6, after=0.8, noise_db=-65.0):
    """Return a clip as a microphone in a quiet room takes it."""
    y = np.concatenate([np.zeros(round(before * 8000)), y, np.zeros(round(after * 8000))])
    noise = np.random.default_rng(0).standard_normal(len(y)) * 10 ** (noise_db / 20)
    return (y + noise).astype(np.float32)


def take_of(y, clipped=0):
    return cut_take(Upload(np.asarray(y, np.float32), 8000, clipped))


def test_every_digit_is_cut_out_of_its_silence(spoken):
    for (digit, speaker), y in spoken.items():
        take = take_of(in_a_room(y))
        assert take.problems == (), (digit, speaker)
        where = np.arange(len(take.y)) + take.start - 4800
        kept = y[where[(where >= 0) & (where < len(y))]]
        assert np.sum(kept**2) > 0.97 * np.sum(y**2), (digit, speaker)
        outside = np.sum(where < 0) + np.sum(where >= len(y))
        assert outside <= 2.4 * EDGE_SECONDS * 8000, (digit, speaker)


def test_a_take_that_is_cut_already_stays_nearly_as_it_is(spoken):
    for y in list(spoken.values())[::5]:
        once = take_of(in_a_room(y))
        twice = take_of(once.y)
        assert twice.problems == ()
        assert len(once.y) - len(twice.y) <= 2 * EDGE_SECONDS * 8000


def test_the_samples_of_a_take_are_those_of_the_recording(spoken):
    y = in_a_room(spoken[7, "judy-us"])
    take = take_of(y)
    np.testing.assert_array_equal(take.y, y[take.start : take.start + len(take.y)])
    assert take.word_seconds == pytest.approx(len(take.y) / 8000 - 2 * EDGE_SECONDS, abs=1e-6)


def test_a_word_at_the_very_edge_is_kept_whole(spoken):
    y = spoken[4, "mike-us"]
    take = take_of(y)
    assert take.start == 0 or take.start < 0.1 * 8000
    assert take.start + len(take.y) <= len(y)
    assert take.problems == ()


def problem(take):
    assert len(take.problems) == 1
    return take.problems[0]


def test_two_words_are_told_with_their_times(spoken):
    y = np.concatenate([in_a_room(spoken[4, "judy-us"]), in_a_room(spoken[2, "judy-us"])])
    take = take_of(y)
    assert problem(take).startswith("2 words were heard, at 0.7, 2.4 s")
    assert take.word_seconds > 1.4  # both of them are shown


def test_a_drawn_out_word_is_too_long(spoken):
    vowel = np.tile(spoken[2, "mike-us"][1500:2300], 18)
    take = take_of(in_a_room(vowel))
    assert f"a digit is at most {LONGEST_WORD:g} s long" in problem(take)
    assert f"lasts {take.word_seconds:.2f} s" in problem(take)
    assert take.word_seconds > LONGEST_WORD


def test_a_word_of_which_the_start_is_missing_is_too_short(spoken):
    vowel = spoken[2, "mike-us"][1500:2150]
    assert "a digit is at least 0.1 s long" in problem(take_of(in_a_room(vowel)))


def test_a_quiet_word_is_too_quiet_and_the_same_one_louder_is_not(spoken):
    y = in_a_room(spoken[5, "judy-us"], noise_db=-200)
    level = take_of(y).speech_db
    quiet = take_of(y * 10 ** ((-58 - level) / 20))
    assert "too quiet: 58 dB below full scale, 50 are the most" in problem(quiet)
    assert take_of(y * 10 ** ((-48 - level) / 20)).problems == ()


def test_cut_off_samples_are_counted(spoken):
    take = take_of(in_a_room(spoken[5, "judy-us"]), clipped=37)
    assert problem(take).startswith("37 samples are cut off")


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (np.zeros(0), "Nothing was heard: the loudest moment of 0.0 s is 120 dB below"),
        (np.zeros(16000), "Nothing was heard: the loudest moment of 2.0 s is 120 dB below"),
        (np.full(16000, 0.001), "is 60 dB below full scale"),
        (np.random.default_rng(0).normal(0, 0.1, 16000), "No word was heard in 2.0 s"),
        (np.eye(1, 8000, 3000)[0] * 0.9, "No word was heard in 1.0 s"),
    ],
)
def test_where_no_word_is_there_is_a_reason_and_nothing_to_keep(y, words):
    take = take_of(y)
    assert words in problem(take)
    assert len(take.y) == 0
    assert take.speech_db is None


def test_noise_before_and_after_a_word_is_not_kept_with_it(spoken):
    y = in_a_room(spoken[9, "mike-us"], noise_db=-45)
    take = take_of(y)
    assert take.problems == ()
    assert len(take.y) < len(spoken[9, "mike-us"]) + 2 * EDGE_SECONDS * 8000
