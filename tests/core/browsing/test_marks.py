"""Marks in an index: the same recordings as in its catalogue, and nothing else is opened."""

import shutil

import numpy as np
import pytest

from core.browsing import marks as module
from core.browsing.index import Index
from core.browsing.marks import marked_places
from core.sound.audio import write_wav
from core.sound.layouts import scan
from core.voices.flags import content_hash, mark, marked, marks


@pytest.fixture
def folder(tmp_path):
    """Twelve recordings in two folders, some with the same name, some with the same samples."""
    for i, part in enumerate(("a", "b")):
        (tmp_path / "set" / part).mkdir(parents=True)
        for digit in (1, 7):
            for take in (1, 11, 111):
                y = np.full(800, 0.001 * (digit + take + i), np.float32)
                (tmp_path / "set" / part / f"{digit}_é_{take}.wav").write_bytes(write_wav(y))
    shutil.copy(tmp_path / "set/a/7_é_11.wav", tmp_path / "set/b/7_é_11.wav")
    return tmp_path / "set"


def test_an_index_has_the_marks_of_its_catalogue(folder):
    catalogue = scan(folder)
    index = Index.of(catalogue)
    for recording in catalogue.recordings[::3]:
        mark(recording, "flag", "odd", "set")
        mark(recording, "exclude", "very odd", "set")
    found = {index.recording(i): m for i, m in marked_places(index, marks()).items()}
    assert found == marked(catalogue)
    assert len(found) >= 4


def test_a_copy_of_a_marked_recording_is_marked_too_and_a_namesake_is_not(folder):
    catalogue = scan(folder)
    twin = next(r for r in catalogue.recordings if r.name == "a/7_é_11.wav")
    mark(twin, "exclude", "two words", "set")
    index = Index.of(catalogue)
    names = [index.recording(i).name for i in marked_places(index, marks())]
    assert names == ["a/7_é_11.wav", "b/7_é_11.wav"]


def test_only_recordings_of_a_marked_name_are_opened(folder, monkeypatch):
    catalogue = scan(folder)
    mark(catalogue.recordings[0], "flag", "odd", "set")
    opened = []

    def counted(recording):
        opened.append(recording.name)
        return content_hash(recording)

    monkeypatch.setattr(module, "content_hash", counted)
    marked_places(Index.of(catalogue), marks())
    assert {name.rpartition("/")[2] for name in opened} == {"1_é_1.wav"}
    assert marked_places(Index.of(catalogue), ()) == {}
