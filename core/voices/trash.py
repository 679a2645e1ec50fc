"""Deleting own recordings, with a way back for a week.

In: recordings or a speaker to delete. Out: they lie in a hidden folder of the store until a stated
time; then, or when somebody asks for it, they are gone for good.
"""

import contextlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import LabError
from core.sound.recordings import Recording
from core.system import write_json
from core.voices.naming import FOLDER_NAME, shortened, unused_name
from core.voices.own import (
    ABOUT,
    CLIP_NAME,
    about,
    changing,
    clips,
    folders_in,
    read_about,
    store,
    under_another_name,
)  # fmt: skip

KEPT_SECONDS = 7 * 86400.0
"""How long what was deleted can be restored."""

_NAME = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Deleted:
    """Something deleted that can still be restored."""

    name: str
    """What ``restore`` and ``erase`` ask for."""
    what: str
    """In words ("anna, 32 takes"); what people are called is data."""
    until: float
    """When it goes for good, in seconds since 1970."""


def delete_speaker(folder: str) -> Deleted:
    """Delete a speaker with every take; ``restore`` brings them back.

    Raises
    ------
    LabError
        If there is no such speaker (any more), or the store cannot be written.
    """
    with changing("Deleting the speaker") as root:
        path = root / folder
        if not FOLDER_NAME.fullmatch(folder) or not path.is_dir():
            raise LabError(
                f"There is no speaker {shortened(folder)} to delete; it has gone before."
            )
        deleted = _new(root, f"{read_about(path).name}, {_takes(len(clips(path)))}")
        path.rename(root / ".trash" / deleted.name / folder)
    return deleted


def delete_takes(recordings: Iterable[Recording]) -> Deleted:
    """Delete own recordings; ``restore`` brings them back.

    Raises
    ------
    LabError
        If none of them is an own recording that is still there.
    """
    with changing("Deleting the takes") as root:
        paths = [p for r in recordings if (p := _own_clip(root, r)) is not None]
        if not paths:
            raise LabError("None of these takes is there any more; somebody deleted them before.")
        names = sorted({read_about(p.parent).name for p in paths})
        deleted = _new(root, f"{', '.join(names)}, {_takes(len(paths))}")
        for path in paths:
            folder = root / ".trash" / deleted.name / path.parent.name
            if not folder.is_dir():
                folder.mkdir()
                (folder / ABOUT).write_bytes(about(read_about(path.parent)))
            path.rename(folder / path.name)
    return deleted


def _takes(n: int) -> str:
    return f"{n} take" + "s" * (n != 1)


def _own_clip(root: Path, recording: Recording) -> Path | None:
    """Return the file of an own recording; None for any other, whatever its name says."""
    folder, _, name = recording.name.partition("/")
    match = CLIP_NAME.fullmatch(name)
    if recording.root != root or not match or match[2] != folder:
        return None
    path = root / folder / name
    return path if path.is_file() else None


def _new(root: Path, what: str) -> Deleted:
    """Return a new folder in the trash."""
    _empty_old(root)
    new = Deleted(secrets.token_hex(6), what, time.time() + KEPT_SECONDS)
    folder = root / ".trash" / new.name
    folder.mkdir(parents=True)
    write_json(folder / "note.json", {"what": new.what, "until": new.until})
    return new


def deleted() -> tuple[Deleted, ...]:
    """Return what can be restored, the latest first."""
    now = time.time()
    return tuple(d for d in _in_trash(store()) if d.until > now)


def _in_trash(root: Path) -> list[Deleted]:
    found = []
    for note in root.glob(".trash/*/note.json"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            values = json.loads(note.read_text("utf-8"))
            found.append(Deleted(note.parent.name, str(values["what"]), float(values["until"])))
    return sorted(found, key=lambda d: -d.until)


def empty() -> None:
    """Let go for good what has lain here for too long.

    Raises
    ------
    LabError
        If the store cannot be written.
    """
    if any(d.until <= time.time() for d in _in_trash(store())):
        with changing("Emptying the trash") as root:
            _empty_old(root)


def _empty_old(root: Path) -> None:
    """Delete for good what has lain here for too long."""
    now = time.time()
    for old in _in_trash(root):
        if old.until <= now:
            shutil.rmtree(root / ".trash" / old.name, ignore_errors=True)


def restore(name: str) -> None:
    """Bring back what was deleted.

    A speaker whose name somebody else has taken meanwhile comes back as "name (2)"; a take whose
    speaker has been deleted since comes back with a new folder of the speaker.

    Parameters
    ----------
    name : str
        ``Deleted.name``.

    Raises
    ------
    LabError
        If its time is over, or the store cannot be written.
    """
    with changing("Restoring") as root:
        trashed = _find(root, name)
        for folder in folders_in(trashed):
            _restore_folder(root, folder)
        shutil.rmtree(trashed)


def _restore_folder(root: Path, folder: Path) -> None:
    """Move a folder of the trash back, into the one that stands in its place if there is one."""
    target = root / folder.name
    if target.is_dir():
        for _, _, path in clips(folder):
            path.rename(target / path.name)  # no number is given twice, so nothing is overwritten
        return
    speaker = read_about(folder)
    taken = {read_about(other).name for other in folders_in(root)}
    renamed = under_another_name(speaker, unused_name(speaker.name, taken), speaker.name)
    (folder / ABOUT).write_bytes(about(renamed))
    folder.rename(target)


def erase(name: str) -> None:
    """Delete something for good now: nothing of it stays on this machine."""
    with changing("Erasing") as root:
        shutil.rmtree(_find(root, name))


def _find(root: Path, name: str) -> Path:
    _empty_old(root)
    path = root / ".trash" / name
    if not _NAME.fullmatch(name) or not path.is_dir():
        raise LabError(
            f"This cannot be restored any more; deleted recordings are kept for "
            f"{KEPT_SECONDS / 86400:.0f} days, or until they are erased."
        )
    return path
