"""An append-only log that survives any crash: one checked line a record.

In: plain values from runs, flags and quizzes. Out: every record whose line is whole.
A line is the CRC-32 of its JSON in eight hex digits, a space, the JSON. What a crash or a full
disk has torn or flipped is skipped, never fatal.
"""

import json
import os
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

Record = dict[str, Any]


def append(path: Path, record: Record, sync: bool = False) -> None:
    """Append one record.

    Parameters
    ----------
    path : Path
        The log; made if missing.
    record : dict
        Plain values; NaN and infinity are written as JSON's null by the caller.
    sync : bool
        Whether it must be on the disk when this returns.
    """
    text = json.dumps(record, separators=(",", ":"), allow_nan=False).encode()
    line = b"%08x %s\n" % (zlib.crc32(text), text)
    with path.open("ab") as file:
        if file.tell() and not _ends_whole(path):
            line = b"\n" + line  # close a torn line, so that it spoils no other
        file.write(line)
        file.flush()
        if sync:
            os.fsync(file.fileno())


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def read(path: Path) -> list[Record]:
    """Return every whole record, in order; a missing file has none."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    return [record for line in lines if (record := _checked(line)) is not None]


LONG = 500_000
"""Bytes from which on a log is followed instead of being read whole."""
MOST_FOLLOWED = 4
"""Long logs whose records stay in memory: the runs that somebody looks at just now."""


@dataclass
class _Followed:
    """How far a long log has been read."""

    file: int
    """Its inode: another file under the same name is read anew."""
    last: bytes
    """The last bytes that were read; where others stand there now, it is read anew."""
    offset: int
    records: list[Record]


_followed: OrderedDict[Path, _Followed] = OrderedDict()
_following = threading.Lock()
"""Held by whoever reads or changes ``_followed``: several pages follow one run at a time."""


def follow(path: Path) -> list[Record]:
    """Return every whole record, as ``read`` does; of a long log only what is new is parsed.

    A page looks at a run at work several times a second, and its log only grows.

    Raises
    ------
    OSError
        If it cannot be read; a missing file has no records.
    """
    try:
        there = path.stat()
    except FileNotFoundError:
        return []
    if there.st_size < LONG:
        return read(path)
    with _following, path.open("rb") as file:
        known = _followed.get(path)
        if known is not None and not _is_same(known, there.st_ino, file):
            known = None
        if known is None:
            known = _followed[path] = _Followed(there.st_ino, b"", 0, [])
        _followed.move_to_end(path)
        while len(_followed) > MOST_FOLLOWED:
            _followed.popitem(last=False)
        file.seek(known.offset)
        new = file.read()
        whole = new[: new.rfind(b"\n") + 1]  # a torn end is read again, once it may be whole
        known.records += [r for line in whole.split(b"\n") if (r := _checked(line)) is not None]
        known.offset += len(whole)
        known.last = (known.last + whole)[-200:]
        rest = _checked(new[len(whole) :])  # whole but for its newline, it counts already
        return known.records + ([rest] if rest is not None else [])


def _is_same(known: _Followed, inode: int, file: BinaryIO) -> bool:
    file.seek(max(0, known.offset - len(known.last)))
    return known.file == inode and file.read(len(known.last)) == known.last


def _checked(line: bytes) -> Record | None:
    """Return the record of a line, or None if the line is not whole."""
    checksum, _, text = line.partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(text):
            return None
        record = json.loads(text)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
