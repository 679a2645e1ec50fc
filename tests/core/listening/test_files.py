"""Hearing a recording: every word once, at its place in the original."""

import dataclasses

import numpy as np
import pytest

from core.errors import AudioError
from core.listening import files
from core.listening.files import hear, hear_file
from core.sound.audio import resample, write_wav


def test_every_word_is_heard_at_its_time_in_the_original(speech, word_starts, spoken, fake):
    words = hear(speech, 8000, fake)
    assert len(words) == 3
    for word, at, y in zip(words, word_starts, spoken, strict=True):
        assert word.start == pytest.approx(at / 8000, abs=0.2)
        assert word.end == pytest.approx((at + len(y)) / 8000, abs=0.25)


@pytest.mark.parametrize("quiet", [0.0, 0.3, 2.0])
def test_quiet_before_a_word_moves_its_times_by_as_much(quiet, speech, fake):
    noise = 1e-3 * np.random.default_rng(1).standard_normal(round(quiet * 8000))
    plain = hear(speech, 8000, fake)
    later = hear(np.concatenate([noise.astype(np.float32), speech]), 8000, fake)
    assert len(later) == 3
    for a, b in zip(later, plain, strict=True):
        assert a.start == pytest.approx(b.start + quiet, abs=0.03)
        assert a.end == pytest.approx(b.end + quiet, abs=0.03)


@pytest.mark.parametrize("sr", [8000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_rate_and_channels_change_no_time(sr, channels, speech, fake):
    y = resample(speech, 8000, sr)
    y = y if channels == 1 else np.stack([y] * channels, axis=1)
    plain = hear(speech, 8000, fake)
    words = hear(y, sr, fake)
    assert len(words) == 3
    for a, b in zip(words, plain, strict=True):
        assert a.start == pytest.approx(b.start, abs=0.021)
        assert a.end == pytest.approx(b.end, abs=0.021)


def test_a_clip_cut_tightly_around_its_word_is_one_word_within_the_clip(spoken, fake):
    for y in spoken:
        loud = np.flatnonzero(np.abs(y) > 0.1 * np.abs(y).max())
        tight = y[loud[0] : loud[-1] + 1]
        (word,) = hear(tight, 8000, fake)
        assert 0 <= word.start < word.end <= len(tight) / 8000
        assert word.end - word.start > 0.5 * len(tight) / 8000


def test_what_is_put_around_a_clip_is_kept_from_the_recogniser(spoken, fake):
    for y in spoken:
        loud = np.flatnonzero(np.abs(y) > 0.1 * np.abs(y).max())
        tight = y[loud[0] : loud[-1] + 1]
        (word,) = hear(tight, 8000, fake)
        assert len(word.y) <= len(tight)
        views = np.lib.stride_tricks.sliding_window_view(tight, len(word.y))
        assert np.abs(views - word.y).max(axis=1).min() < 1e-6


@pytest.mark.parametrize(("digit", "n_words"), [(None, 3), (6, 4)])
def test_what_an_edge_leaves_of_a_word_counts_only_as_a_digit(digit, n_words, speech, spoken, fake):
    class First(type(fake)):
        def recognise(self, y):
            answer = super().recognise(y)
            return dataclasses.replace(answer, digit=digit) if len(self.heard) == 1 else answer

    end = spoken[1][-1600:]  # 0.2 s
    words = hear(np.concatenate([end, speech]), 8000, First())
    assert [w.number for w in words] == [*range(1, n_words + 1)]
    assert words[-1].start > 2
    (alone,) = hear(end, 8000, First())  # all there is
    assert alone.answer.digit is digit


@pytest.mark.parametrize("block", [160, 1234, 10**6])
def test_how_much_is_given_at_once_changes_nothing(block, speech, fake, monkeypatch):
    plain = hear(speech, 8000, fake)
    monkeypatch.setattr(files, "BLOCK", block)
    cut = hear(speech, 8000, fake)
    assert [(w.start, w.end) for w in cut] == [(w.start, w.end) for w in plain]


def test_the_same_file_is_heard_the_same_way_twice(speech, fake):
    first, again = (hear(speech, 8000, fake) for _ in range(2))
    assert [(w.start, w.end) for w in first] == [(w.start, w.end) for w in again]
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a.y, b.y)


@pytest.mark.parametrize("n", [0, 1, 100, 8000])
def test_silence_of_any_length_is_no_word(n, fake):
    assert hear(np.zeros(n, np.float32), 8000, fake) == []


def test_a_path_and_its_bytes_are_heard_alike(speech, fake, wav):
    path = wav("three words.wav", speech)
    from_path = hear_file(path, fake)
    from_bytes = hear_file(write_wav(speech), fake)
    assert len(from_path) == 3
    assert [w.start for w in from_path] == [w.start for w in from_bytes]


@pytest.mark.parametrize("content", [b"", b"RIFF", b"<html>404</html>", b"\x00" * 1000])
def test_what_is_no_recording_is_one_sentence(content, tmp_path, fake):
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(AudioError) as problem:
        hear_file(tmp_path / "x.wav", fake)
    assert "\n" not in str(problem.value)


def test_a_file_of_many_hours_is_refused(fake, monkeypatch, wav):
    monkeypatch.setattr(files, "MAX_SECONDS", 1.0)
    with pytest.raises(AudioError):
        hear_file(wav("long.wav", np.zeros(9000, np.float32)), fake)
