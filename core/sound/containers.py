"""What kind of file some bytes are, and a WAV reduced to the parts that matter.

In: an open binary file from anywhere, trusted with nothing. Out: a file that libsndfile may open.
Only kinds that are known by their first bytes go on: libsndfile tries two dozen formats and will
find "audio" in nearly anything, and its parser of a WAV's remarks has an open report of never
returning (libsndfile issue 1118), so a WAV's remarks are left out before it sees the file.
"""

import io
import struct
from typing import BinaryIO

from core.errors import AudioError

KINDS = "WAV, FLAC, OGG, MP3, AIFF, AU, CAF or W64"
"""The kinds of recording that are read, for sentences."""

_MAX_CHUNKS = 10_000
"""Chunks a WAV may have before it counts as damaged; real ones have three to twenty."""

_LARGEST = 0xFFFFFFFF - 4096
"""Bytes of samples that a WAV's header can state, with room for the header."""

_NOT_AUDIO = (
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1aE\xdf\xa3", "a WebM or Matroska file"),
    (b"version https://git-lfs", "a Git LFS pointer, not the recording itself"),
)


def kind_of(head: bytes) -> str | None:
    """Return the kind of recording that begins with these bytes.

    Parameters
    ----------
    head : bytes
        The first 64 bytes of a file, or all of a shorter one.

    Returns
    -------
    kind : str or None
        ``"WAV"``, ``"FLAC"`` and so on; None if it is no recording that is read here.
    """
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return "WAV"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "AIFF"
    for signature, kind in (
        (b"fLaC", "FLAC"),
        (b"OggS", "OGG"),
        (b".snd", "AU"),
        (b"caff", "CAF"),
        (b"riff\x2e\x91\xcf\x11", "W64"),
        (b"ID3", "MP3"),
    ):
        if head.startswith(signature):
            return kind
    # an MP3 without a tag: eleven set bits, then a layer, a bit rate and a sample rate that exist
    if (
        len(head) >= 4
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x06 != 0
        and head[1] & 0x18 != 0x08
        and head[2] & 0xF0 != 0xF0
        and head[2] & 0x0C != 0x0C
    ):
        return "MP3"
    return None


def describe_other(head: bytes) -> str:
    """Return in words what a file that is no recording seems to be ("a web page")."""
    for signature, words in _NOT_AUDIO:
        if head.startswith(signature):
            return words
    if head[4:8] == b"ftyp":
        return "an MP4 or M4A file"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        return "a web page"
    if text and all(byte >= 32 or byte in b"\t\r\n" for byte in head):
        return "a text"
    return "something else"


class _Spliced(io.RawIOBase):
    """A read-only file made of a few bytes and then a piece of another file.

    It never raises on a seek: libsndfile calls it from C, where an exception has nowhere to go.
    """

    def __init__(self, head: bytes, file: BinaryIO, start: int, length: int) -> None:
        super().__init__()
        self._head, self._file, self._start = head, file, start
        self._size = len(head) + length
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = min(max(origin + offset, 0), self._size)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._size - self._at)
        done = 0
        if self._at < len(self._head):
            piece = self._head[self._at : self._at + wanted]
            buffer[: len(piece)] = piece
            done = len(piece)
        if done < wanted:
            self._file.seek(self._start + self._at + done - len(self._head))
            piece = self._file.read(wanted - done)
            buffer[done : done + len(piece)] = piece
            done += len(piece)
        self._at += done
        return done


def whole(file: BinaryIO) -> io.RawIOBase:
    """Return all of an open file, as libsndfile can be given it."""
    return _Spliced(b"", file, 0, file.seek(0, io.SEEK_END))


def plain_wav(file: BinaryIO, name: str) -> io.RawIOBase:
    """Return the same WAV with nothing in it but its format and its samples.

    Parameters
    ----------
    file : BinaryIO
        An open RIFF, RIFX or RF64 file; nothing but the chunk headers is read.
    name : str
        What to call it in an error.

    Returns
    -------
    plain : io.RawIOBase
        A seekable view of the file. Where the recorder never wrote the length of the samples
        (0 or 2**32 - 1, a recording that was streamed or broken off), all that follows counts.

    Raises
    ------
    AudioError
        If the format or the samples are missing, or the chunks make no sense.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    form = file.read(4)
    order = ">" if form == b"RIFX" else "<"
    kept: dict[bytes, bytes] = {}
    data: tuple[int, int] | None = None
    long_length: int | None = None
    at = 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > size:
            break
        file.seek(at)
        chunk, length = struct.unpack(f"{order}4sI", file.read(8))
        at += 8
        if chunk == b"data":
            if form == b"RF64" and length == 0xFFFFFFFF and long_length is not None:
                length = long_length
            if length == 0 and not _chunk_at(file, at, size, order):
                length = size - at
            data = (at, min(length, size - at))  # 2**32 - 1 means "to the end" too
            if b"fmt " in kept:
                break
        elif chunk in (b"fmt ", b"fact") and length <= 1024:
            kept[chunk] = file.read(length)
        elif chunk == b"ds64" and length >= 16:
            long_length = int.from_bytes(file.read(16)[8:], "little")
        at += length + length % 2
    missing = "format" if b"fmt " not in kept else "samples" if data is None else ""
    if missing or data is None:
        raise AudioError(
            f"{name} begins like a WAV, but the part with its {missing} is missing: the file is "
            "damaged. Record or copy it again."
        )
    start, length = data
    length = min(length, _LARGEST)
    body = b"WAVE"
    for chunk in (b"fmt ", b"fact"):
        if chunk in kept:
            content = kept[chunk] + b"\0" * (len(kept[chunk]) % 2)
            body += chunk + struct.pack(f"{order}I", len(kept[chunk])) + content
    body += b"data" + struct.pack(f"{order}I", length)
    magic = b"RIFX" if order == ">" else b"RIFF"
    head = magic + struct.pack(f"{order}I", len(body) + length) + body
    return _Spliced(head, file, start, length)


def _chunk_at(file: BinaryIO, at: int, size: int, order: str) -> bool:
    """Return whether another chunk begins here, or the file ends: no samples were left out."""
    file.seek(at)
    header = file.read(8)
    if len(header) < 8:
        return at == size
    chunk, length = struct.unpack(f"{order}4sI", header)
    return all(32 <= byte < 127 for byte in chunk) and at + 8 + length <= size
