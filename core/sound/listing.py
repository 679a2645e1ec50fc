"""The names of the files below a folder or in a zip.

In: a root that a user names. Out: names below it for ``core.sound.layouts``. A name is data: it is
never followed outside the root, whatever it says.
"""

import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from core.broken_zips import BROKEN_ZIP
from core.errors import DataError

_DEPTH = 4
"""Folders below the root that are looked into; GitHub's archive of FSDD needs two."""


def _usable(name: str) -> bool:
    """Return whether no part of a path is hidden, a Mac's shadow, or impossible to show."""
    parts = name.split("/")
    if any(part.startswith(".") or part == "__MACOSX" for part in parts) or len(parts) > _DEPTH + 1:
        return False
    try:  # a name in another encoding comes as lone surrogates, which no page can show
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _names_in_folder(root: Path) -> Iterator[str]:
    """Yield the files below a folder; links are not followed: they may lead anywhere."""
    waiting = [("", str(root))]
    while waiting:
        prefix, folder = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = prefix + entry.name
                if not _usable(name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((name + "/", entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield name


def _names_in_zip(root: Path) -> Iterator[str]:
    """Yield the files in a zip.

    Raises
    ------
    DataError
        If a name leads out of the zip, or a file is encrypted.
    """
    seen: set[str] = set()
    with zipfile.ZipFile(root) as archive:
        for member in archive.infolist():
            name = member.filename
            parts = name.replace("\\", "/").split("/")
            if ".." in parts or parts[0] == "" or re.match("[A-Za-z]:", name):
                raise DataError(
                    f"{root.name} holds a file named {name!r}, which leads out of the archive; "
                    "that is how an archive does harm. Do not use it."
                )
            if member.is_dir() or not _usable(name) or name in seen:
                continue
            if member.flag_bits & 0x1:
                raise DataError(
                    f"{root.name} is encrypted. Unpack it with its password and give the folder."
                )
            seen.add(name)
            yield name


def names_in(root: Path) -> Iterator[str]:
    """Yield the files below a folder or in a zip, with forward slashes, in no special order.

    Hidden files, links, and what lies more than four folders deep are left out.

    Parameters
    ----------
    root : Path
        A folder or a zip.

    Raises
    ------
    DataError
        If it is neither, cannot be read, is encrypted, or is a zip that leads out of itself.
    """
    try:
        if root.is_dir():
            yield from _names_in_folder(root)
        else:
            yield from _names_in_zip(root)
    except BROKEN_ZIP as error:
        raise DataError(
            f"{root} is neither a folder nor a complete zip archive ({error}). "
            "Give the folder of the recordings, or download or copy the archive again."
        ) from error
    except OSError as error:
        raise DataError(
            f"{root} cannot be read ({error.strerror or error}). "
            "Check that it is there and that you may read it."
        ) from error
