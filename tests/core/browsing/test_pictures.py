"""Images of a whole data set: a network's, kept for the next start."""

import numpy as np
import pytest

import core.browsing.pictures as pictures
from core.browsing.pictures import pictures_of
from core.sound.audio import load_waveforms
from core.sound.images import LOG_MEL, SEED, to_images
from core.sound.layouts import scan


@pytest.fixture
def reads(monkeypatch):
    seen = []
    original = pictures.in_chunks
    monkeypatch.setattr(pictures, "in_chunks", lambda some: seen.append(1) or original(some))
    return seen


def test_they_are_what_a_network_sees_and_come_from_the_disk_next_time(small_set, reads):
    recordings = scan(small_set).recordings
    expected = to_images(load_waveforms(recordings), LOG_MEL)
    for _ in range(2):
        found = pictures_of(recordings, LOG_MEL)
        np.testing.assert_array_equal(found.images, expected)
        assert found.readable.all()
    assert len(reads) == 1


def test_another_setting_or_a_changed_file_is_computed_anew(small_set, reads):
    recordings = scan(small_set).recordings
    pictures_of(recordings, LOG_MEL)
    pictures_of(recordings, SEED)
    path = small_set / recordings[0].name
    data = path.read_bytes()
    path.write_bytes(data[:44] + data[-2:] * ((len(data) - 44) // 2))
    found = pictures_of(recordings, LOG_MEL)
    np.testing.assert_array_equal(found.images, to_images(load_waveforms(recordings), LOG_MEL))
    assert len(reads) == 3


def test_an_unreadable_recording_is_zeros_and_told(small_set):
    recordings = scan(small_set).recordings
    (small_set / recordings[4].name).write_bytes(b"no sound")
    found = pictures_of(recordings, LOG_MEL)
    assert np.flatnonzero(~found.readable).tolist() == [4]
    assert not found.images[4].any()
    assert found.images[5].any()


def test_progress_ends_with_everything(small_set, monkeypatch):
    monkeypatch.setattr("core.browsing.reading.CHUNK", 10)
    seen = []
    pictures_of(scan(small_set).recordings, LOG_MEL, seen.append)
    assert seen == [10 / 36, 20 / 36, 30 / 36, 1.0]


def test_no_recordings_have_no_images():
    assert pictures_of([], LOG_MEL).images.shape == (0, 40, 51, 1)
