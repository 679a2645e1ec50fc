"""An append-only log that survives any crash: one checked line a record.

In: plain values from runs, flags and quizzes. Out: every record whose line is whole.
A line is the CRC-32 of its JSON in eight hex digits, a space, the JSON. What a crash or a full
disk has torn or flipped is skipped, never fatal.
"""

import json
import os
import zlib
from pathlib import Path
from typing import Any

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
