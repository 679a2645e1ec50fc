"""Results kept on disk: arrays in one file each, found again by what they were computed from.

In: arrays and what they depend on. Out: the same arrays, memory-mapped, after a restart. Nothing
here is the only copy of anything: a file that is missing, damaged or cannot be written is computed
anew. The files are safetensors (a JSON header, then numbers), which hold no code.
"""

import contextlib
import hashlib
import json
import logging
import mmap
import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import LabError
from core.home import subfolder
from core.sound.recordings import Recording
from core.system import write_atomically

Arrays = dict[str, NDArray[Any]]

VERSION = 2
"""Part of every key: raise it when what a file means changes, and old ones are not found again."""

MOST_BYTES = 2 * 2**30
"""The cache's size: beyond, what was used longest ago is deleted."""

_CHECKED_BYTES = 2**20
"""Up to this size, every byte of a result is checked when it is opened (0.15 ms)."""

_BLOCKS, _BLOCK = 4, 4096
"""Of a larger one, so many blocks of so many bytes of each array, the first among them: a file that
was written or copied badly is found out, and the second start does not read all that it maps."""

_SUFFIX = ".safetensors"
_DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"), "F64": np.dtype("<f8"), "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"), "I32": np.dtype("<i4"), "I16": np.dtype("<i2"), "I8": np.dtype("i1"),
    "U8": np.dtype("u1"), "BOOL": np.dtype("?"),
}  # fmt: skip
_DAMAGED = (
    OSError, LabError, ValueError, LookupError, TypeError, AttributeError, OverflowError
)  # fmt: skip
"""What parsing a file that is not what it should be can raise."""
_LOG = logging.getLogger("spoken_digit_lab")


def key_of(kind: str, *parts: Any) -> str:
    """Return the name under which a result is kept.

    Parameters
    ----------
    kind : str
        What it is: ``"images"``, ``"map"``; lower-case letters, the beginning of the file's name.
    *parts
        Everything it depends on, as plain values (``asdict`` of a config, a fingerprint).
    """
    text = json.dumps([VERSION, kind, parts], sort_keys=True, default=str)
    return f"{kind}-{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


def fingerprint(recordings: Sequence[Recording]) -> str:
    """Return what changes when any of the recordings' files does: 32 hexadecimal digits.

    Path, size and time of change of every file, and of the zip as a whole for what lies in one;
    digit, speaker and take too. Nothing is read: 3,000 files take about ten milliseconds.
    """
    digest = hashlib.blake2b(digest_size=16)
    zips: dict[Path, str] = {}
    for r in recordings:
        if r.root not in zips:
            zips[r.root] = "" if r.root.is_dir() else _stamp(str(r.root))
        stamp = zips[r.root] or _stamp(f"{r.root}/{r.name}")
        line = f"{r.root}\0{r.name}\0{stamp}\0{r.digit}\0{r.speaker}\0{r.take}\0{r.word}\n"
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _stamp(path: str) -> str:
    try:
        found = os.stat(path)  # noqa: PTH116 - a Path for each of 3,000 costs more than the call
    except OSError:
        return "missing"
    return f"{found.st_size} {found.st_mtime_ns}"


def save(key: str, arrays: Mapping[str, NDArray[Any]], facts: Any = None) -> None:
    """Keep a result; a disk that is full or read-only keeps nothing, and that is no error.

    Parameters
    ----------
    key : str
        From ``key_of``.
    arrays : mapping of str to np.ndarray
        Numbers or truth values.
    facts : optional
        Plain values beside them, as JSON can hold them.
    """
    from safetensors.numpy import save as to_bytes

    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    told = {"facts": json.dumps(facts), "checksum": str(_checksum(contiguous))}
    try:
        folder = subfolder("cache")
        write_atomically(folder / f"{key}{_SUFFIX}", to_bytes(contiguous, told))
        thin(folder)
    except (OSError, LabError) as error:
        _LOG.warning("%s is not kept for the next start: %s", key, error)


def _checksum(arrays: Mapping[str, NDArray[Any]]) -> int:
    """Return a checksum of small results' every byte, of large ones' blocks."""
    checksum = 0
    whole = sum(array.nbytes for array in arrays.values()) <= _CHECKED_BYTES
    for name in sorted(arrays):
        data = arrays[name].reshape(-1).view(np.uint8).data
        if whole or len(data) <= _BLOCKS * _BLOCK:
            checksum = zlib.crc32(data, checksum)
            continue
        for start in range(0, len(data), -(-len(data) // _BLOCKS)):
            checksum = zlib.crc32(data[start : start + _BLOCK], checksum)
    return checksum


def load(key: str) -> tuple[Arrays, Any] | None:
    """Return what ``save`` kept, or None where it is not there or no longer whole.

    Returns
    -------
    arrays : dict of str to np.ndarray
        Read-only views of the file: what is not looked at is never read.
    facts : Any
        The plain values beside them.
    """
    try:
        path = subfolder("cache") / f"{key}{_SUFFIX}"
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        found = _parse(mapped)
    except FileNotFoundError:
        return None
    except (
        OSError,
        LabError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
    ) as error:
        _LOG.warning("The kept %s cannot be used and is computed anew: %s", key, error)
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # used just now: see thin
    return found


def _parse(mapped: mmap.mmap) -> tuple[Arrays, Any]:
    """Return the arrays and facts of a file; a ValueError or a relative where it is damaged."""
    start = 8 + int.from_bytes(mapped[:8], "little")
    if start > len(mapped):
        raise ValueError("it ends within its header")
    header = json.loads(mapped[8:start])
    told = header.pop("__metadata__")
    arrays: Arrays = {}
    end = start
    for name, entry in header.items():
        dtype, shape = _DTYPES[entry["dtype"]], tuple(entry["shape"])
        first, last = entry["data_offsets"]
        count = int(np.prod(shape, dtype=np.int64))
        if last - first != count * dtype.itemsize or start + last > len(mapped):
            raise ValueError("it is not as long as it should be")
        arrays[name] = np.frombuffer(mapped, dtype, count, start + first).reshape(shape)
        end = max(end, start + last)
    if end != len(mapped):
        raise ValueError("something follows its end")
    if _checksum(arrays) != int(told["checksum"]):
        raise ValueError("its numbers have changed")
    return arrays, json.loads(told["facts"])


def thin(folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Delete the files used longest ago until the rest take at most ``most_bytes``."""
    files = []
    for path in folder.glob(f"*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            files.append((path.stat().st_mtime, path.stat().st_size, path))
    size = sum(n for _, n, _ in files)
    for _, n, path in sorted(files)[:-1]:  # the newest stays, however large
        if size <= most_bytes:
            break
        with contextlib.suppress(OSError):  # in use on Windows
            path.unlink()
            size -= n
