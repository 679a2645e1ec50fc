"""The files in a zip that somebody uploaded, trusted with nothing.

In: the bytes of a zip. Out: names and contents, one at a time, or one sentence about why the whole
zip is refused. What the directory of the zip claims is checked before anything is unpacked, and
what comes out is counted while it is unpacked: neither is believed alone.
"""

import io
import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise

from core.broken_zips import BROKEN_ZIP
from core.errors import DataError
from core.voices.naming import shortened

MAX_ZIP_BYTES = 50 * 2**20
"""Size of an upload; what the app's own upload takes."""
MAX_DIRECTORY_BYTES = 4 * 2**20
"""Size of the list of files: read in one piece, and a hundred times as large once read."""
MAX_MEMBERS = 20_000
"""Files in a zip; a class of thirty with fifty takes of each digit has 15,030."""
MAX_MEMBER_BYTES = 4 * 2**20
"""Unpacked size of one file; a word of 2.5 s at 192 kHz in 24 bits and two channels has 3 MB."""
MAX_UNPACKED_BYTES = 200 * 2**20
"""Unpacked size of all of them."""
MAX_RATIO = 100
"""Unpacked over packed size of one file; 16-bit speech gives 1.1 to 2, and a bomb 1000."""

_BLOCK = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _Bounded(io.BytesIO):
    """Bytes of which only so many are read at once.

    zipfile reads a zip's list of files in one go, however long the zip says that it is.
    """

    def read(self, size: int | None = -1) -> bytes:
        rest = len(self.getbuffer()) - self.tell()
        wanted = rest if size is None or size < 0 else min(size, rest)
        if wanted > MAX_DIRECTORY_BYTES:
            raise DataError(
                f"The list of files in the zip has {wanted / 2**20:.0f} MB; at most "
                f"{MAX_DIRECTORY_BYTES >> 20} MB are read. Nothing was taken from it."
            )
        return super().read(size)


def files_in(data: bytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a zip that are wanted, each with its name and content.

    Everything that the zip claims is checked before the first file is yielded.

    Parameters
    ----------
    data : bytes
        The zip.
    wanted : callable
        Whether a name, with forward slashes, is wanted; others are not unpacked.

    Raises
    ------
    DataError
        If it is no zip, is damaged or encrypted, leads out of itself, holds links, overlapping or
        equally named files, or too many or too large ones. It may come after some files.
    """
    if len(data) > MAX_ZIP_BYTES:
        raise DataError(
            f"The zip has {len(data) / 2**20:.0f} MB; at most {MAX_ZIP_BYTES >> 20} MB are read. "
            "Import it in parts."
        )
    try:
        with zipfile.ZipFile(_Bounded(data)) as archive:
            members = _checked(archive, data, wanted)
            left = MAX_UNPACKED_BYTES
            for member in members:
                content = _unpacked(archive, member, left)
                left -= len(content)
                yield _name_of(member), content
    except (*BROKEN_ZIP, OSError) as error:
        raise DataError(
            f"The zip is damaged or none at all ({str(error)[:200] or type(error).__name__}). "
            "Export or copy it again."
        ) from error


def _checked(
    archive: zipfile.ZipFile, data: bytes, wanted: Callable[[str], bool]
) -> list[zipfile.ZipInfo]:
    """Return the wanted members, with everything checked that the directory claims of any."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise DataError(
            f"The zip holds {len(members)} files; at most {MAX_MEMBERS} are read. "
            "Import it in parts."
        )
    seen: set[str] = set()
    for member in members:
        _check_name(member)
        key = unicodedata.normalize("NFC", _name_of(member)).casefold()
        if key in seen:
            raise DataError(f"The zip holds two files named {_shown(member)}. Nothing was taken.")
        seen.add(key)
        _check_claims(member)
    _check_places(members, data, archive.start_dir)
    chosen = [m for m in members if not m.is_dir() and wanted(_name_of(m))]
    if sum(m.file_size for m in chosen) > MAX_UNPACKED_BYTES:
        raise DataError(
            f"The zip would unpack to more than {MAX_UNPACKED_BYTES >> 20} MB. "
            "Nothing was taken from it; import it in parts."
        )
    return chosen


def _name_of(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/")


def _shown(member: zipfile.ZipInfo) -> str:
    return shortened(member.orig_filename) or "nothing"


def _check_name(member: zipfile.ZipInfo) -> None:
    name = _name_of(member)
    leads_out = ".." in name.split("/") or name.startswith("/") or re.match("[A-Za-z]:", name)
    if leads_out or not name or "\0" in member.orig_filename:
        raise DataError(
            f"The zip holds a file named {_shown(member)}, which leads out of it; that is how a "
            "zip does harm. Nothing was taken from it; do not use it."
        )


def _check_claims(member: zipfile.ZipInfo) -> None:
    """Refuse what the directory says of one file."""
    if member.flag_bits & 0x2041:  # encrypted in one of the three ways there are
        raise DataError("The zip is encrypted. Unpack it with its password and zip it without.")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DataError(
            f"{_shown(member)} in the zip is a link or a device, not a file; that is how a zip "
            "does harm. Nothing was taken from it; do not use it."
        )
    if member.compress_type not in _METHODS:
        raise DataError(
            f"{_shown(member)} in the zip is packed in an unusual way (method "
            f"{member.compress_type}). Zip the files again, in the usual way (Deflate)."
        )
    if member.file_size > MAX_MEMBER_BYTES:
        raise DataError(
            f"{_shown(member)} in the zip unpacks to {member.file_size / 2**20:.0f} MB; at most "
            f"{MAX_MEMBER_BYTES >> 20} MB are read. Nothing was taken from it."
        )
    if member.file_size > MAX_RATIO * max(member.compress_size, 64):
        times = member.file_size / max(member.compress_size, 1)
        raise DataError(
            f"{_shown(member)} in the zip unpacks to {times:.0f} times its size; no recording "
            "does. Nothing was taken from it; do not use it."
        )


def _check_places(members: list[zipfile.ZipInfo], data: bytes, end: int) -> None:
    """Refuse files that share bytes: a few kB can stand for any number of large files."""
    places = []
    for member in members:
        start = member.header_offset
        if start < 0 or data[start : start + 4] != b"PK\x03\x04" or start + 30 > len(data):
            raise zipfile.BadZipFile("a file is not where the list says")
        n_name, n_extra = struct.unpack_from("<HH", data, start + 26)
        places.append((start, start + 30 + n_name + n_extra + member.compress_size))
    places.sort()
    for (_, before), (start, _) in pairwise([*places, (end, end)]):
        if before > start:
            raise DataError(
                "Files in the zip overlap each other; that is how a zip does harm. "
                "Nothing was taken from it; do not use it."
            )


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    """Return a file's content, counted while it is unpacked."""
    most = min(member.file_size, MAX_MEMBER_BYTES, left)
    blocks, n = [], 0
    with archive.open(member) as file:
        while block := file.read(_BLOCK):
            n += len(block)
            if n > most:
                raise zipfile.BadZipFile("a file is longer than the list says")
            blocks.append(block)
    if n != member.file_size:
        raise zipfile.BadZipFile("a file is shorter than the list says")
    return b"".join(blocks)
