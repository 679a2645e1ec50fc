"""Speakers that arrive together: all of them, or none, whatever ends the server in between.

In: speakers and their clips, from an import. Out: they stand in the store. They are written into a
hidden folder; its one rename to ``.arrived-...`` is the moment of arrival. What a crash leaves
before it is thrown away, what it leaves after it is moved into place when the store is next used.
"""

import contextlib
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from core.voices.naming import FOLDER_NAME

FEW = 20
"""Files that are put on the disk for good one by one; each may take 30 ms, so that of thousands the
whole disk is asked once."""

PREPARED, ARRIVED = ".import-", ".arrived-"


def arrive(root: Path, folders: Sequence[tuple[str, dict[str, bytes]]]) -> None:
    """Put speakers' folders into the store; its lock is held.

    Parameters
    ----------
    root : Path
        The store.
    folders : sequence of (str, dict of str to bytes)
        Names of folders that do not exist yet, each with its files.

    Raises
    ------
    OSError
        If something cannot be written: then nothing has arrived.
    """
    prepared = root / f"{PREPARED}{secrets.token_hex(6)}"
    few = sum(len(files) for _, files in folders) <= FEW
    try:
        prepared.mkdir()
        for folder, files in folders:
            (prepared / folder).mkdir()
            for name, content in files.items():
                with (prepared / folder / name).open("wb") as file:
                    file.write(content)
                    file.flush()
                    if few:
                        os.fsync(file.fileno())
        if not few and hasattr(os, "sync"):
            os.sync()
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
