"""Opening: the second time from the cache, and never with a name that is no longer there."""

import os
import time

import numpy as np
import pytest

import core.browsing.opening as opening
from core.browsing.opening import open_index
from core.errors import DataError
from core.sound.audio import write_wav


@pytest.fixture
def scans(monkeypatch):
    """Count how often a data set is really looked through."""
    seen = []

    def counted(*arguments):
        seen.append(arguments[0])
        return original(*arguments)

    original = opening.open_dataset
    monkeypatch.setattr(opening, "open_dataset", counted)
    return seen


def age(root, seconds=10.0):
    """Make a folder look as if it had not been changed for a while."""
    then = time.time() - seconds
    for folder in [root, *(p for p in root.rglob("*") if p.is_dir())]:
        os.utime(folder, (then, then))


def test_the_second_opening_looks_through_nothing(small_set, scans):
    age(small_set)
    first = open_index(str(small_set))
    second = open_index(str(small_set))
    assert len(scans) == 1
    assert first.recordings() == second.recordings()
    assert first.title == second.title


@pytest.mark.parametrize("change", ["add", "remove", "rename"])
def test_a_changed_folder_is_looked_through_anew(small_set, scans, change):
    inner = small_set.parent / "outer" / "recordings"
    inner.parent.mkdir()
    small_set.rename(inner)
    age(inner.parent)
    open_index(str(inner.parent))
    path = inner / "1_anna_3.wav"
    if change == "add":
        (inner / "1_cleo_0.wav").write_bytes(write_wav(np.ones(100)))
    elif change == "remove":
        path.unlink()
    else:
        path.rename(inner / "1_anna_77.wav")
    again = open_index(str(inner.parent))
    assert len(scans) == 2
    assert {r.name for r in again.recordings()} == {f"recordings/{p.name}" for p in inner.iterdir()}


def test_a_folder_changed_just_now_is_not_trusted(small_set, scans):
    """Its next change could leave the same time of change."""
    now = time.time() + 1
    os.utime(small_set, (now, now))
    open_index(str(small_set))
    open_index(str(small_set))
    assert len(scans) == 2


def test_a_damaged_index_is_made_anew(small_set, scans, data_folder):
    age(small_set)
    open_index(str(small_set))
    (path,) = (data_folder / "cache").iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    assert len(open_index(str(small_set))) == 36
    assert len(scans) == 2
    open_index(str(small_set))
    assert len(scans) == 2


def test_a_folder_that_has_gone_is_a_sentence(small_set, scans):
    age(small_set)
    open_index(str(small_set))
    small_set.rename(small_set.parent / "elsewhere")
    with pytest.raises(DataError, match="neither a data set"):
        open_index(str(small_set))


def test_the_embedded_voices_open_from_the_cache_too(scans):
    first = open_index("synthetic")
    assert open_index("synthetic").recordings() == first.recordings()
    assert len(scans) == 1


def test_quotation_marks_change_nothing(small_set, scans):
    age(small_set)
    open_index(str(small_set))
    assert len(open_index(f' "{small_set}" ')) == 36
    assert len(scans) == 1


def test_the_first_opening_tells_how_far_it_is(small_set):
    seen = []
    open_index(str(small_set), seen.append)
    assert seen == [36]
