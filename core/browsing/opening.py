"""Opening a data set: its index from the cache where nothing has changed, else a new scan.

In: a key of ``DATASETS`` or a path. Out: an ``Index``. Whether names were added, removed or renamed
shows in the time of change of each folder; a file overwritten in place keeps its name, so the index
stays right, and ``store.fingerprint`` notices it where samples matter.
"""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

from core.browsing import store
from core.browsing.index import Index
from core.sound.datasets import DATASETS, open_dataset

_COARSE, _FINE = 2.5, 0.1
"""Seconds within which a second change may leave the same time of change: FAT counts in steps of
2 s, other systems in milliseconds."""

Stamps = dict[str, list[int]]


def open_index(key_or_path: str, progress: Callable[[int], None] | None = None) -> Index:
    """Return the index of a data set; the second time without looking through its files.

    Parameters
    ----------
    key_or_path : str
        As ``core.sound.datasets.open_dataset``.
    progress : callable, optional
        Called with the number of files seen so far; not at all where the cache serves.

    Raises
    ------
    DataError
        As ``open_dataset``.
    """
    key = store.key_of("index", key_or_path.strip().strip("\"'"), str(_root_of(key_or_path)))
    found = store.load(key)
    if found is not None:
        arrays, facts = found
        try:
            if all(_stamp(Path(path)) == then for path, then in facts["stamps"].items()):
                return Index.from_arrays(arrays, facts["index"])
        except (KeyError, TypeError, AttributeError, ValueError):
            pass  # kept by another version of this file: looked through anew
    began = time.time()
    index = Index.of(open_dataset(key_or_path, progress))
    stamps = _stamps(index)
    if stamps and all(_settled(mtime_ns, began) for _, mtime_ns in stamps.values()):
        columns, values = index.to_arrays()
        store.save(key, columns, {"stamps": stamps, "index": values})
    return index


def _root_of(key_or_path: str) -> Path | None:
    """Return the folder or zip that a key stands for now: FSDD may be found elsewhere tomorrow."""
    dataset = DATASETS.get(key_or_path.strip().strip("\"'"))
    return dataset.find() if dataset else None


def _stamp(path: Path) -> list[int]:
    """Return size and time of change in ns; a folder's size says nothing and is left out."""
    try:
        found = path.stat()
    except OSError:
        return []
    return [0 if stat.S_ISDIR(found.st_mode) else found.st_size, found.st_mtime_ns]


def _stamps(index: Index) -> Stamps:
    """Return the stamp of each root and of every folder below it that recordings could stand in."""
    stamps: Stamps = {}
    for root in index.roots:
        stamps[str(root)] = _stamp(root)
        if not root.is_dir():
            continue
        waiting = [(str(root), 0)]
        while waiting:
            folder, depth = waiting.pop()
            stamps[folder] = _stamp(Path(folder))
            with os.scandir(folder) as entries:
                waiting += [
                    (entry.path, depth + 1)
                    for entry in entries
                    if depth < 4 and entry.is_dir(follow_symlinks=False)
                ]
    return stamps


def _settled(mtime_ns: int, began: float) -> bool:
    """Return whether a change after the scan would show as another time of change."""
    step = _COARSE if mtime_ns % 10**7 == 0 else _FINE
    return mtime_ns / 1e9 < began - step
