"""The cache: gives back what was kept, and nothing at all where anything has changed."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from core.browsing import store
from core.sound.layouts import scan


def some_arrays():
    rng = np.random.default_rng(0)
    return {
        "a": rng.standard_normal((3, 4)).astype(np.float32),
        "b": np.arange(5, dtype=np.int64),
        "c": np.array([True, False, True]),
        "d": np.zeros((0, 2), np.uint8),
        "e": np.int8([[-1, 2]]),
    }


def kept_file(data_folder: Path) -> Path:
    (path,) = (data_folder / "cache").iterdir()
    return path


def test_what_is_kept_comes_back(data_folder):
    store.save("x-1", some_arrays(), {"n": 1, "names": ["Zoë"]})
    arrays, facts = store.load("x-1")
    assert facts == {"n": 1, "names": ["Zoë"]}
    assert arrays.keys() == some_arrays().keys()
    for name, array in some_arrays().items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


def test_kept_arrays_cannot_be_changed(data_folder):
    store.save("x-1", some_arrays())
    arrays, _ = store.load("x-1")
    with pytest.raises(ValueError, match="read-only"):
        arrays["a"][0] = 1


def test_what_was_never_kept_is_none(data_folder):
    assert store.load("x-1") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:5],
        lambda data: data[:40],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data[:-3] + bytes([data[-3] ^ 1]) + data[-2:],
        lambda data: b"\xff" * len(data),
        lambda data: b"\0" * len(data),
        lambda data: data.replace(b'"F32"', b'"X32"'),
        lambda data: data.replace(b'"shape"', b'"shame"'),
        lambda data: data.replace(b"[3,4]", b'["3"'),
        lambda data: (2).to_bytes(8, "little") + b"[]",
    ],
)
def test_a_damaged_file_is_as_good_as_none(data_folder, damage, caplog):
    store.save("x-1", some_arrays())
    path = kept_file(data_folder)
    path.write_bytes(damage(path.read_bytes()))
    assert store.load("x-1") is None
    assert "computed anew" in caplog.text
    store.save("x-1", some_arrays())
    assert store.load("x-1") is not None


def test_every_single_flipped_byte_is_noticed_or_harmless(data_folder):
    store.save("x-1", some_arrays(), {"n": 1})
    path = kept_file(data_folder)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x15]) + whole[at + 1 :])
        store.load("x-1")  # no error of any kind


def test_a_data_folder_that_cannot_be_written_keeps_nothing(monkeypatch, tmp_path, caplog):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / "file"))
    store.save("x-1", some_arrays())
    assert store.load("x-1") is None
    assert "not kept" in caplog.text


def test_a_key_changes_with_everything_it_depends_on():
    keys = [
        store.key_of("images", "a", {"n": 1}),
        store.key_of("images", "a", {"n": 2}),
        store.key_of("images", "b", {"n": 1}),
        store.key_of("maps", "a", {"n": 1}),
    ]
    assert len(set(keys)) == 4
    assert store.key_of("images", "a", {"n": 1, "m": 2}) == store.key_of(
        "images", "a", {"m": 2, "n": 1}
    )


def test_a_fingerprint_changes_with_any_file(small_set):
    recordings = scan(small_set).recordings
    before = store.fingerprint(recordings)
    assert store.fingerprint(scan(small_set).recordings) == before
    assert store.fingerprint(recordings[1:]) != before
    assert store.fingerprint(recordings[::-1]) != before
    path = small_set / recordings[5].name
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    changed = store.fingerprint(recordings)
    assert changed != before
    path.unlink()
    assert store.fingerprint(recordings) not in (before, changed)


def test_what_was_used_longest_ago_goes_first(data_folder):
    for i in range(4):
        store.save(f"x-{i}", {"a": np.zeros(1000, np.uint8)})
    folder = data_folder / "cache"
    for i in range(4):
        os.utime(folder / f"x-{i}.safetensors", (time.time() - 100 + i,) * 2)
    assert store.load("x-0") is not None  # used again
    size = (folder / "x-0.safetensors").stat().st_size
    store.thin(folder, 2 * size)
    assert sorted(p.name[:3] for p in folder.iterdir()) == ["x-0", "x-3"]


def test_the_newest_stays_however_large(data_folder):
    store.save("x-0", {"a": np.zeros(1000, np.uint8)})
    store.thin(data_folder / "cache", 10)
    assert store.load("x-0") is not None


def test_a_large_result_is_checked_in_part(data_folder):
    array = np.random.default_rng(0).integers(0, 255, 3 * 2**20, np.uint8)
    store.save("big-1", {"array": array})
    found = store.load("big-1")
    assert found is not None
    assert np.array_equal(found[0]["array"], array)
    (path,) = data_folder.rglob("big-1*")
    data = bytearray(path.read_bytes())
    data[-3 * 2**20 :] = bytes(3 * 2**20)  # as a file system leaves a file that it never wrote
    path.write_bytes(bytes(data))
    assert store.load("big-1") is None
