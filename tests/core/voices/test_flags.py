"""Flags: marks of everybody, taken back one by one, and honoured wherever the recording lies."""

import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from core.errors import LabError
from core.home import REPOSITORY
from core.learning.examples import load_examples
from core.learning.specs import RunSpec
from core.sound.audio import write_wav
from core.sound.datasets import open_dataset
from core.sound.layouts import scan
from core.sound.synthetic import ARCHIVE
from core.voices.flags import excluded, mark, marked, marks, marks_of, undo, without_excluded


@pytest.fixture
def recordings(tmp_path):
    """Return a folder of 20 recordings, each digit by two speakers."""
    root = tmp_path / "set"
    root.mkdir()
    for digit in range(10):
        for n, speaker in enumerate(("anna", "bo")):
            y = np.full(800, (digit * 2 + n + 1) / 64, np.float32)
            (root / f"{digit}_{speaker}_0.wav").write_bytes(write_wav(y))
    return root


def test_a_mark_is_kept_and_undone(recordings):
    catalogue = scan(recordings)
    one = mark(catalogue.recordings[3], "flag", "  **odd**\n<b> ", catalogue.title)
    assert (one.kind, one.reason, one.dataset) == ("flag", "**odd** <b>", "set")
    assert marks() == (one,)
    assert marked(catalogue) == {catalogue.recordings[3]: (one,)}
    undo(one.key)
    assert marks() == ()
    with pytest.raises(LabError, match="taken it back before"):
        undo(one.key)


def test_an_exclusion_takes_exactly_its_recording_out_and_a_flag_none(recordings):
    catalogue = scan(recordings)
    mark(catalogue.recordings[3], "exclude", "cut off", catalogue.title)
    mark(catalogue.recordings[5], "flag", "quiet", catalogue.title)
    assert excluded(catalogue).recordings == (catalogue.recordings[3],)
    kept = without_excluded(catalogue)
    assert len(kept) == 19
    assert catalogue.recordings[3] not in kept.recordings
    assert kept.title == catalogue.title


def test_undoing_ones_own_mark_leaves_that_of_somebody_else(recordings):
    catalogue = scan(recordings)
    mine = mark(catalogue.recordings[0], "exclude", "mine", "set")
    theirs = mark(catalogue.recordings[0], "exclude", "theirs", "set")
    undo(mine.key)
    assert marks() == (theirs,)
    assert len(excluded(catalogue)) == 1
    undo(theirs.key)
    assert without_excluded(catalogue) == catalogue


def test_the_same_recording_is_excluded_in_another_folder_and_in_a_zip(recordings, tmp_path):
    catalogue = scan(recordings)
    mark(catalogue.recordings[3], "exclude", "cut off", catalogue.title)
    shutil.copytree(recordings, tmp_path / "copy")
    with zipfile.ZipFile(tmp_path / "copy.zip", "w") as archive:
        for path in recordings.iterdir():
            archive.write(path, f"set-1.0/recordings/{path.name}")
    for root in (tmp_path / "copy", tmp_path / "copy.zip"):
        assert [r.name.rpartition("/")[2] for r in excluded(scan(root)).recordings] == [
            "1_bo_0.wav"
        ]


def test_another_recording_of_the_same_name_is_not_excluded(recordings):
    catalogue = scan(recordings)
    one = catalogue.recordings[3]
    mark(one, "exclude", "cut off", catalogue.title)
    (recordings / one.name).write_bytes(write_wav(np.zeros(800, np.float32)))
    assert len(excluded(scan(recordings))) == 0


def test_the_same_sound_under_another_name_is_not_excluded(recordings):
    one = scan(recordings).recordings[3]
    mark(one, "exclude", "a duplicate", "set")
    shutil.copy(recordings / one.name, recordings / "1_cy_0.wav")
    assert [r.name for r in excluded(scan(recordings)).recordings] == [one.name]


def test_only_recordings_of_a_marked_name_are_opened(recordings):
    catalogue = scan(recordings)
    mark(catalogue.recordings[3], "exclude", "cut off", catalogue.title)
    opened = []
    marked(catalogue, opened.append)
    assert opened == [1]


def test_training_leaves_out_what_is_excluded_and_says_how_many():
    spec = RunSpec()
    whole = load_examples(spec)
    assert whole.excluded == 0
    catalogue = open_dataset("synthetic")
    out = [r for r in catalogue.recordings if r.digit is not None][:3]
    for recording in out:
        mark(recording, "exclude", "odd", catalogue.title)
    mark(catalogue.recordings[50], "flag", "odd", catalogue.title)
    left = load_examples(spec)
    assert left.excluded == 3
    assert len(left.recordings) == len(whole.recordings) - 3
    assert not set(out) & set(left.recordings)
    assert ARCHIVE.is_file()


@pytest.mark.parametrize(
    ("reason", "words"), [("", "is empty"), ("\n\0", "is empty"), ("x" * 201, "201 characters")]
)
def test_a_reason_is_asked_for(recordings, reason, words):
    with pytest.raises(LabError, match=words):
        mark(scan(recordings).recordings[0], "flag", reason, "set")
    assert marks() == ()


def test_there_are_two_kinds_of_marks(recordings):
    with pytest.raises(ValueError, match="expected 'flag' or 'exclude'"):
        mark(scan(recordings).recordings[0], "delete", "odd", "set")


def test_a_recording_that_has_gone_is_a_sentence_to_mark_and_passed_over_to_train(recordings):
    catalogue = scan(recordings)
    mark(catalogue.recordings[0], "exclude", "odd", "set")
    for path in recordings.iterdir():
        path.unlink()
    with pytest.raises(LabError, match="cannot be read"):
        mark(catalogue.recordings[0], "flag", "odd", "set")
    assert len(excluded(catalogue)) == 0


def test_a_damaged_log_costs_its_damaged_lines_only(recordings, data_folder):
    catalogue = scan(recordings)
    one = mark(catalogue.recordings[0], "exclude", "odd", "set")
    log = data_folder / "flags" / "log.jsonl"
    from core import logs

    for record in ({}, {"action": "mark"}, {"action": "undo"}, {"action": "mark", "kind": "x"}):
        logs.append(log, record)
    log.write_bytes(log.read_bytes() + b"\0\xfftorn")
    two = mark(catalogue.recordings[1], "exclude", "odd", "set")
    assert marks() == (one, two)


def test_a_data_folder_that_cannot_be_written_is_a_sentence(recordings, data_folder):
    (data_folder / "flags").write_text("in the way")
    with pytest.raises(LabError, match="The mark was not kept"):
        mark(scan(recordings).recordings[0], "flag", "odd", "set")


MARKER = """
import os, sys
from pathlib import Path
from core.sound.layouts import scan
from core.voices.flags import mark, undo
os.fsync = lambda descriptor: None
for recording in scan(Path(sys.argv[1])).recordings:
    undo(mark(recording, "flag", "undone", "set").key)
    mark(recording, "exclude", "kept", "set")
"""


def test_two_processes_mark_at_once_and_no_mark_is_lost(recordings):
    started = [
        subprocess.Popen([sys.executable, "-c", MARKER, str(recordings)], cwd=REPOSITORY)
        for _ in range(2)
    ]
    assert [p.wait() for p in started] == [0, 0]
    assert len(marks()) == 40
    assert {m.reason for m in marks()} == {"kept"}


def test_one_recordings_marks_are_found_without_looking_at_the_others(recordings):
    catalogue = scan(recordings)
    first, second = catalogue.recordings[:2]
    one, two = (mark(first, kind, "odd", "set") for kind in ("flag", "exclude"))
    assert marks_of(first) == (one, two)
    assert marks_of(second) == ()
    undo(one.key)
    assert marks_of(first) == (two,)
    (first.root / first.name).write_bytes(write_wav(np.zeros(900, np.float32)))
    assert marks_of(first) == ()  # another recording under the same name
    (first.root / first.name).unlink()
    assert marks_of(first) == ()


def test_where_no_data_folder_can_be_there_are_no_marks(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("a file, where a folder was expected")
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / "file" / "data"))
    assert marks() == ()
