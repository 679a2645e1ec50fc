"""Reading a whole data set: as the careful reader reads it, and whole though one file is not."""

import io
import zipfile

import numpy as np
import pytest
import soundfile as sf

from core.browsing.reading import in_chunks, read_clips
from core.sound.audio import load_waveforms
from core.sound.layouts import scan
from tests.core.browsing.sounds import noise, tone


def written(y, sr=8000, kind="WAV", subtype="PCM_16"):
    buffer = io.BytesIO()
    sf.write(buffer, y, sr, format=kind, subtype=subtype)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("sr", "kind", "subtype", "channels"),
    [
        (8000, "WAV", "PCM_16", 1),
        (8000, "WAV", "PCM_16", 2),
        (8000, "WAV", "PCM_24", 1),
        (8000, "WAV", "PCM_U8", 1),
        (8000, "WAV", "FLOAT", 1),
        (16000, "WAV", "PCM_16", 1),
        (8000, "WAVEX", "PCM_16", 1),
        (8000, "FLAC", "PCM_16", 1),
    ],
)
def test_every_kind_of_file_is_read_as_the_careful_reader_reads_it(
    tmp_path, sr, kind, subtype, channels
):
    y = np.stack([noise(0.3, seed=c) for c in range(channels)], axis=1)
    (tmp_path / "1_a_0.wav").write_bytes(written(y, sr, kind, subtype))
    recordings = scan(tmp_path).recordings
    (found,) = read_clips(recordings).waveforms
    (expected,) = load_waveforms(recordings)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


def test_a_zip_is_read_as_its_folder(small_set, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in small_set.iterdir():
            archive.write(path, path.name)
    from_zip = read_clips(scan(tmp_path / "a.zip").recordings)
    from_folder = read_clips(scan(small_set).recordings)
    assert len(from_zip.waveforms) == 36
    for a, b in zip(from_zip.waveforms, from_folder.waveforms, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:44],
        lambda data: b"<html>not found</html>",
        lambda data: data[:40] + b"\0\0\0\0",
        lambda data: b"\0" * len(data),
    ],
    ids=["empty", "header only", "web page", "no samples", "zeros"],
)
def test_one_bad_file_is_told_and_hides_no_other(small_set, damage):
    path = small_set / "1_anna_2.wav"
    path.write_bytes(damage(path.read_bytes()))
    recordings = scan(small_set).recordings
    bad = next(i for i, r in enumerate(recordings) if r.name == path.name)
    clips = read_clips(recordings)
    assert [*clips.problems] == [bad]
    assert path.name in clips.problems[bad]
    assert len(clips.waveforms[bad]) == 0
    assert clips.readable.sum() == 35 and not clips.readable[bad]
    assert all(len(y) for i, y in enumerate(clips.waveforms) if i != bad)


def test_a_header_that_promises_too_much_is_not_believed(tmp_path):
    data = bytearray(written(tone(440)))
    data[40:44] = (2**31).to_bytes(4, "little")
    (tmp_path / "1_a_0.wav").write_bytes(data)
    (y,) = read_clips(scan(tmp_path).recordings).waveforms
    np.testing.assert_array_equal(y, load_waveforms(scan(tmp_path).recordings)[0])


def test_a_recording_of_hours_is_a_problem_and_not_memory(tmp_path):
    (tmp_path / "1_a_0.wav").write_bytes(written(np.zeros(8000 * 5)))
    clips = read_clips(scan(tmp_path).recordings, max_seconds=2.0)
    assert "at most 2 s" in clips.problems[0]


def test_a_file_that_has_gone_is_a_problem(small_set):
    recordings = scan(small_set).recordings
    (small_set / recordings[3].name).unlink()
    assert [*read_clips(recordings).problems] == [3]


def test_chunks_are_the_whole(small_set, monkeypatch):
    monkeypatch.setattr("core.browsing.reading.CHUNK", 7)
    recordings = scan(small_set).recordings
    places, lengths = [], []
    for place, clips in in_chunks(recordings):
        places += [*range(place.start, place.stop)]
        lengths += [len(y) for y in clips.waveforms]
    assert places == [*range(36)]
    assert lengths == [len(y) for y in read_clips(recordings).waveforms]


@pytest.mark.fsdd
def test_fsdd_is_plain_and_read_exactly(fsdd_folder):
    recordings = scan(fsdd_folder).recordings[::10]
    for found, expected in zip(
        read_clips(recordings).waveforms, load_waveforms(recordings), strict=True
    ):
        np.testing.assert_array_equal(found, expected)
