"""Speakers that arrive together: all of them, or none, whatever ends the server in between.

In: speakers and their clips, from an import. Out: they stand in the store. They are written into a
hidden folder; its one rename to ``.arrived-...`` is the moment of arrival. What a crash leaves
before it is thrown away, what it leaves after it is moved into place when the store is next used.
"""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from core.voices.naming import FOLDER_NAME

PREPARED, ARRIVED = ".import-", ".arrived-"


def arrive(root: Path, folders: Iterable[tuple[str, dict[str, bytes]]]) -> None:
    """Put speakers' folders into the store; its lock is held.

    Parameters
    ----------
    root : Path
        The store.
    folders : iterable of (str, dict of str to bytes)
        Names of folders that do not exist yet, each with its files.

    Raises
    ------
    OSError
        If something cannot be written: then nothing has arrived.
    """
    prepared = root / f"{PREPARED}{secrets.token_hex(6)}"
    try:
        prepared.mkdir()
        for folder, files in folders:
            (prepared / folder).mkdir()
            for name, content in files.items():
                (prepared / folder / name).write_bytes(content)
        if hasattr(os, "sync"):
            os.sync()  # once for all: a sync of each of thousands of files would hold others up
        arrived = prepared.rename(root / prepared.name.replace(PREPARED, ARRIVED))
    except BaseException:
        shutil.rmtree(prepared, ignore_errors=True)
        raise
    _move_into_place(arrived)


def settle(root: Path) -> None:
    """Finish or undo what an earlier process left half done; the store's lock is held."""
    for path in root.glob(f"{ARRIVED}*"):
        _move_into_place(path)
    for path in root.glob(f"{PREPARED}*"):
        shutil.rmtree(path, ignore_errors=True)


def is_unsettled(root: Path) -> bool:
    """Return whether speakers have arrived that are not in their places yet."""
    return any(root.glob(f"{ARRIVED}*"))


def _move_into_place(arrived: Path) -> None:
    for folder in sorted(arrived.iterdir()):
        if FOLDER_NAME.fullmatch(folder.name) and not (arrived.parent / folder.name).exists():
            folder.rename(arrived.parent / folder.name)
    with contextlib.suppress(OSError):
        shutil.rmtree(arrived)
