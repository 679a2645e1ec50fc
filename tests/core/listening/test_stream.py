"""The listening path: one word, one answer, however the sound is cut into blocks."""

import numpy as np
import pytest

from core.listening.stream import WordStream
from core.sound.audio import resample


def words_of(blocks, recogniser, sr=8000):
    stream = WordStream(recogniser)
    words = [word for block in blocks for word in stream.feed(block, sr)]
    return words + stream.flush()


def in_blocks(y, size, seed=0):
    if size != "random":
        return [y[i : i + size] for i in range(0, len(y), size)]
    edges = np.sort(np.random.default_rng(seed).integers(0, len(y), 200))
    return np.split(y, edges)


def test_each_word_is_one_answer_at_its_place(speech, word_starts, spoken, fake):
    words = words_of([speech], fake)
    assert [word.number for word in words] == [1, 2, 3]
    assert [word.answer.digit for word in words] == [0, 1, 2]
    for word, at, y in zip(words, word_starts, spoken, strict=True):
        # the clips themselves begin and end with a little quiet
        assert word.start == pytest.approx(at / 8000, abs=0.2)
        assert word.end == pytest.approx((at + len(y)) / 8000, abs=0.25)
        assert word.start < word.end


def test_the_recogniser_is_given_the_samples_of_the_word_with_a_little_before_and_after(
    speech, fake
):
    words = words_of([speech], fake)
    for word, given in zip(words, fake.heard, strict=True):
        assert given.dtype == np.float32
        np.testing.assert_array_equal(given, word.y)
        at = int(np.correlate(speech, given, mode="valid").argmax())
        np.testing.assert_array_equal(speech[at : at + len(given)], given)
        assert at / 8000 < word.start
        assert word.end < (at + len(given)) / 8000 + 0.01


@pytest.mark.parametrize("size", [1, 160, 8000, "random"])
def test_the_size_of_blocks_does_not_change_words(size, speech, fake):
    whole = words_of([speech], fake)
    cut = words_of(in_blocks(speech, size), fake)
    assert len(cut) == len(whole) == 3
    for a, b in zip(cut, whole, strict=True):
        assert (a.start, a.end, a.endpoint_seconds) == (b.start, b.end, b.endpoint_seconds)
        assert (a.speech_db, a.noise_db) == (b.speech_db, b.noise_db)
        np.testing.assert_array_equal(a.y, b.y)


@pytest.mark.parametrize("size", [960, "random"])
def test_a_browsers_stereo_at_48_khz_gives_the_words_of_the_8_khz_recording(size, speech, fake):
    at_48k = resample(speech, 8000, 48_000)
    stereo = np.round(np.stack([at_48k] * 2, axis=1) * 32767).astype(np.int16)
    plain = words_of([speech], fake)
    live = words_of(in_blocks(stereo, size), fake, sr=48_000)
    assert len(live) == len(plain) == 3
    for a, b in zip(live, plain, strict=True):
        assert a.start == pytest.approx(b.start, abs=0.021)
        assert a.end == pytest.approx(b.end, abs=0.021)
        assert a.speech_db == pytest.approx(b.speech_db, abs=0.5)


def test_a_word_is_answered_while_the_stream_goes_on(speech, word_starts, spoken, fake):
    """The answer comes a fraction of a second after the word, not with the next one."""
    stream = WordStream(fake)
    for i in range(0, len(speech), 160):
        words = stream.feed(speech[i : i + 160], 8000)
        if words:
            break
    assert i < word_starts[1]
    after = i / 8000 - words[0].end
    assert words[0].endpoint_seconds == pytest.approx(after, abs=0.05)
    assert 0 < words[0].endpoint_seconds < 0.6


def test_the_end_of_the_stream_ends_the_last_word(speech, word_starts, spoken, fake):
    cut = speech[: word_starts[2] + len(spoken[2]) - 400]
    stream = WordStream(fake)
    before = stream.feed(cut, 8000)
    assert len(before) == 2
    assert [word.number for word in stream.flush()] == [3]
    assert stream.flush() == []


def test_what_a_page_shows_of_a_stream_follows_it(speech, word_starts, fake):
    stream = WordStream(fake)
    stream.feed(speech[: word_starts[0] - 800], 8000)
    assert not stream.hearing
    assert stream.level_db < -50
    assert stream.noise_db < -50
    loud, heard = -120.0, False
    for i in range(word_starts[0], word_starts[0] + 4000, 160):
        stream.feed(speech[i : i + 160], 8000)
        loud, heard = max(loud, stream.level_db), heard or stream.hearing
    assert loud > -35
    assert heard


def test_times_can_be_moved_and_kept_within_a_recording(speech, fake):
    word = words_of([speech], fake)[0]
    assert word.moved(-0.5).start == pytest.approx(word.start - 0.5)
    assert word.moved(-0.5).end == pytest.approx(word.end - 0.5)
    clipped = word.moved(-word.start - 0.05).within(0.1)
    assert (clipped.start, clipped.end) == (0.0, 0.1)
    assert clipped.answer == word.answer


def test_silence_and_nothing_are_no_words(fake):
    assert words_of([np.zeros(16_000, np.float32)], fake) == []
    assert words_of([], fake) == []
    assert words_of([np.zeros(0, np.float32)] * 3, fake) == []
    assert fake.heard == []


def test_samples_that_are_no_numbers_cost_no_later_word(speech, fake):
    broken = np.full(800, np.nan, np.float32)
    words = words_of([broken, speech], fake, sr=8000)
    assert len(words) == 3
    assert all(np.isfinite(y).all() for y in fake.heard)
