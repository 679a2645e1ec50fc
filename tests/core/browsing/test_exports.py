"""Exports: a zip that opens here and everywhere, the same every time."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

import core.browsing.exports as exports
from core.browsing.exports import COLUMNS, export_zip, safe_name
from core.errors import DataError
from core.sound.audio import load_waveform, load_waveforms
from core.sound.layouts import scan
from core.sound.recordings import Recording
from tests.core.browsing.sounds import tone


def table_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("recordings.csv").decode("utf-8-sig")
    return [*csv.DictReader(io.StringIO(text))]


def test_an_export_opens_as_the_data_set_it_was(small_set, tmp_path):
    recordings = scan(small_set).recordings
    (tmp_path / "export.zip").write_bytes(export_zip(recordings, "CC0"))
    again = scan(tmp_path / "export.zip").recordings
    assert [(r.digit, r.speaker, r.take) for r in again] == [
        (r.digit, r.speaker, r.take) for r in recordings
    ]
    for a, b in zip(load_waveforms(again), load_waveforms(recordings), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_table_says_what_each_file_is(small_set):
    recordings = scan(small_set).recordings[:2]
    data = export_zip(recordings, lambda r: f"by {r.speaker}")
    rows = table_of(data)
    assert tuple(rows[0]) == COLUMNS
    assert rows[0] == {
        "path": "recordings/0_anna_0.wav",
        "digit": "0",
        "word": "zero",
        "speaker": "anna",
        "take": "0",
        "seconds": f"{len(load_waveform(recordings[0])) / 8000:.6f}",
        "licence": "by anna",
    }
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {row["path"] for row in rows} | {"recordings.csv"} == {*archive.namelist()}


def test_the_same_selection_gives_the_same_bytes(small_set):
    recordings = scan(small_set).recordings
    assert export_zip(recordings, "x") == export_zip(recordings, "x")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("anna", "anna"),
        ("../../etc", "etc"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("a/b\\c:d*?", "a-b-c-d"),
        ("Zoë 名前", "Zoë-名前"),
        ("a_b", "a-b"),
        ("<script>", "script"),
        ("a\0b\nc", "a-b-c"),
        ("x" * 500, "x" * 60),
        ("con.", "con"),
    ],
)
def test_a_name_is_safe_on_every_system(text, name):
    assert safe_name(text) == name


def test_speakers_who_look_alike_in_a_file_system_keep_their_own_files(folder_of):
    root = folder_of({"1_a_0": tone(300), "2_a_0": tone(500)})
    original = scan(root).recordings
    named = [
        Recording(1, speaker, 0, root, original[0].name, "one")
        for speaker in ("Anna", "anna", "an_na", "an/na")
    ]
    rows = table_of(export_zip(named, "x"))
    paths = [row["path"] for row in rows]
    assert len({path.casefold() for path in paths}) == 4
    assert [row["speaker"] for row in rows] == ["Anna", "anna", "an_na", "an/na"]
    assert all(".." not in path and path.count("/") == 1 for path in paths)


@pytest.mark.parametrize("speaker", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_name_becomes_a_formula_in_a_spreadsheet(folder_of, speaker):
    root = folder_of({"1_a_0": tone(300)})
    rows = table_of(export_zip([Recording(1, speaker, 0, root, "1_a_0.wav", "one")], "x"))
    assert rows[0]["speaker"] == f"'{speaker}"


def test_other_words_are_exported_by_their_word(folder_of):
    root = folder_of({"1_a_0": tone(300)})
    rows = table_of(export_zip([Recording(None, "a", 3, root, "1_a_0.wav", "bed")], "x"))
    assert (rows[0]["path"], rows[0]["digit"]) == ("recordings/bed_a_3.wav", "")


def test_an_unreadable_recording_is_left_out(small_set):
    recordings = scan(small_set).recordings[:3]
    (small_set / recordings[1].name).write_bytes(b"")
    assert [row["take"] for row in table_of(export_zip(recordings, "x"))] == ["0", "2"]


def test_what_cannot_be_exported_is_a_sentence(small_set, monkeypatch):
    with pytest.raises(DataError, match="Nothing is selected"):
        export_zip([], "x")
    recordings = scan(small_set).recordings
    gone = [Recording(1, "a", 0, Path("/nowhere"), "1_a_0.wav", "one")]
    with pytest.raises(DataError, match="can be read"):
        export_zip(gone, "x")
    monkeypatch.setattr(exports, "MOST_CLIPS", 10)
    with pytest.raises(DataError, match="36 recordings are selected; at most 10"):
        export_zip(recordings, "x")
