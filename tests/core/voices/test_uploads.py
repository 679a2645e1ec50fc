"""Uploads: each file is a clip or a sentence, whatever it is called and whatever is in it."""

import io
import zipfile

import numpy as np
import pytest

from core.sound.audio import load_waveform, write_wav
from core.sound.datasets import open_dataset
from core.voices import uploads
from core.voices.uploads import clips_of, digit_in


@pytest.fixture(scope="module")
def seven() -> bytes:
    """A "seven" with a second of quiet around it, as a WAV."""
    recording = next(
        r for r in open_dataset("synthetic").recordings if r.digit == 7 and r.speaker == "judy-us"
    )
    noise = np.random.default_rng(0).standard_normal(4000) * 1e-3
    y = np.concatenate([noise, load_waveform(recording), noise])
    return write_wav(y.astype(np.float32))


def zipped(*members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "digit"),
    [
        ("7_anna_3.wav", 7),
        (r"C:\fakepath\7_anna_3.wav", 7),
        ("7.wav", 7),
        ("seven/0c40e715_nohash_0.wav", 7),
        ("Anna says SEVEN (2).m4a", 7),
        ("two_sevens/seven.wav", None),
        ("take 3.wav", None),
        ("77.wav", None),
        ("anna.wav", None),
        ("phone 1.wav", None),
        ("\u0663_anna.wav", None),
        ("", None),
    ],
)
def test_a_files_name_says_what_was_said_where_it_is_plain(name, digit):
    assert digit_in(name) == digit


def test_a_clip_is_cut_to_its_word_and_named(seven):
    (clip,) = clips_of([("7_anna_3.wav", seven)])
    assert (clip.name, clip.digit, clip.problem) == ("7_anna_3.wav", 7, "")
    assert clip.take is not None
    assert clip.take.problems == ()
    assert len(clip.take.y) < len(seven) / 2 - 4000  # the quiet is gone


def test_a_zip_stands_for_the_recordings_in_it(seven):
    data = zipped(
        ("voice/eight.wav", seven), ("__MACOSX/._eight.wav", b"x"), ("readme.txt", b"hello")
    )
    clips = clips_of([("all.zip", data), ("7.wav", seven)])
    assert [(c.name, c.digit) for c in clips] == [("eight.wav", 8), ("7.wav", 7)]


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"PK", b"PK\x03\x04" + bytes(100), b"RIFF" + bytes(200), bytes(5000)],
)
def test_what_is_no_recording_is_a_sentence_and_the_others_are_read(content, seven):
    bad, good = clips_of([("x.wav", content), ("7.wav", seven)])
    assert bad.take is None
    assert bad.problem
    assert "\n" not in bad.problem
    assert good.take is not None


def test_a_zip_that_leads_out_of_itself_is_refused_whole(seven):
    clips = clips_of([("a.zip", zipped(("7.wav", seven), ("../8.wav", seven)))])
    assert [c.take for c in clips] == [None]
    assert "leads out of it" in clips[0].problem


def test_a_zip_without_recordings_says_so():
    (clip,) = clips_of([("a.zip", zipped(("readme.txt", b"x")))])
    assert "holds no recording" in clip.problem


def test_a_hostile_name_is_one_short_line(seven):
    (clip,) = clips_of([("../../<b>x</b>\n" + "7" * 500 + ".wav", seven)])
    assert "\n" not in clip.name
    assert "/b>" in clip.name or "x" not in clip.name
    assert len(clip.name) <= 60


def test_only_so_many_clips_are_taken_at_once(seven, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_CLIPS", 2)
    clips = clips_of([(f"{i}.wav", seven) for i in range(9)])
    assert [c.take is not None for c in clips] == [True, True, False]
    assert "2 clips are taken at once" in clips[2].problem


def test_what_takes_too_long_is_left_for_later(seven, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_SECONDS", -1.0)
    (clip,) = clips_of([(f"{i}.wav", seven) for i in range(9)])
    assert "not read within" in clip.problem


def test_progress_counts_clips(seven):
    seen: list[int] = []
    clips_of([("7.wav", seven), ("8.wav", seven)], seen.append)
    assert seen == [1, 2]
