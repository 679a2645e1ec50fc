"""One id for the names and contents of all files in a folder: git's own tree id.

In: a folder, or names with their bytes. Out: 40 hexadecimal digits, to compare with a published
data set whatever archive it came in. Nothing but names and contents counts: every file is taken as
an ordinary one (mode 100644), since archives and other systems lose modes.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from core.errors import DataError


def blob_id(content: bytes) -> bytes:
    """Return git's id of a file's content (20 bytes)."""
    # git's hash is SHA-1; it compares here and protects nothing secret
    blob = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    blob.update(content)
    return blob.digest()


def tree_id(files: Iterable[tuple[str, bytes]]) -> str:
    """Return git's tree id of a flat folder.

    Parameters
    ----------
    files : iterable of (str, bytes)
        Each file's name, without folders, and its content; in any order, one at a time in memory.

    Returns
    -------
    id : str
        40 hexadecimal digits.

    Raises
    ------
    ValueError
        If a name occurs twice, is empty, or is no plain file name.

    References
    ----------
    .. [1] Pro Git, 2nd edition, "Git Internals - Git Objects": a tree is the list of
       ``mode SP name NUL id``, sorted by the bytes of the names.
    """
    entries: dict[bytes, bytes] = {}
    for name, content in files:
        key = os.fsencode(name) if os.name != "nt" else name.encode()
        if not name or name in (".", "..") or "/" in name or "\0" in name:
            raise ValueError(f"{name!r} is not the name of a file in a flat folder.")
        if key in entries:
            raise ValueError(f"{name!r} occurs twice; a folder holds each name once.")
        entries[key] = blob_id(content)
    body = b"".join(b"100644 " + key + b"\0" + entries[key] for key in sorted(entries))
    return hashlib.sha1(b"tree %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


def folder_tree_id(root: Path) -> str:
    """Return git's tree id of the files that lie directly in a folder.

    Hidden files (``.DS_Store``) and folders do not count.

    Parameters
    ----------
    root : Path
        A folder.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        with os.scandir(root) as entries:
            names = [e.name for e in entries if not e.name.startswith(".") and e.is_file()]
        return tree_id((name, (root / name).read_bytes()) for name in names)
    except OSError as error:
        raise DataError(
            f"The folder {root} cannot be read ({error.strerror or error}). "
            "Check that it is there and that you may read it."
        ) from error
