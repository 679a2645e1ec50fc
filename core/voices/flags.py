"""Flags and exclusions: what people say of any recording, own or not.

In: a recording and a reason, from a page. Out: marks that everyone on this server sees; a catalogue
without the excluded recordings, for training. They stand in an append-only log of the data folder,
so an undo undoes exactly one mark and what others said of the same recording stays.
"""

import hashlib
import secrets
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from core.errors import LabError
from core.home import data_folder
from core.sound.audio import MAX_MEMBER_BYTES
from core.sound.recordings import Catalogue, Recording
from core.voices.keeping import keep, kept
from core.voices.naming import cleaned

Kind = Literal["flag", "exclude"]
"""``flag``: to be looked at; ``exclude``: not to be trained on either."""

LONGEST_REASON = 200
"""Characters of a reason."""


@dataclass(frozen=True)
class Mark:
    """What somebody said of a recording."""

    key: str
    """Twelve random hex digits, by which it is undone."""
    kind: Kind
    reason: str
    """In somebody's own words; data, one line."""
    dataset: str
    """The data set's title, as it was called then."""
    file: str
    """The recording's file name, without folders."""
    sha256: str
    """Of the file's bytes. A recording is known by its file's name and content wherever the data
    set lies and whether it is a folder or a zip: FSDD as one's own folder, or its 2019 edition,
    is the same recordings."""
    time: float
    """When, in seconds since 1970."""


def _log() -> Path:
    return data_folder() / "flags" / "log.jsonl"


def file_name(recording: Recording) -> str:
    """Return the name of a recording's file, without folders."""
    return recording.name.replace("\\", "/").rpartition("/")[2]


def content_hash(recording: Recording) -> str:
    """Return the SHA-256 of a recording's bytes, in 64 hex digits.

    Raises
    ------
    LabError
        If it cannot be read.
    """
    try:
        if recording.root.is_dir():
            content = (recording.root / recording.name).read_bytes()
        else:
            with zipfile.ZipFile(recording.root) as archive:
                size = archive.getinfo(recording.name).file_size
                if size > MAX_MEMBER_BYTES:
                    raise OSError(f"it unpacks to {size / 2**20:.0f} MB")
                content = archive.read(recording.name)
    except (OSError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise LabError(
            f"The recording {recording.name} cannot be read from {recording.root} ({error}). "
            "Choose the data set again, so that it is looked through anew."
        ) from error
    return hashlib.sha256(content).hexdigest()


def mark(recording: Recording, kind: Kind, reason: str, dataset: str) -> Mark:
    """Flag or exclude a recording.

    Parameters
    ----------
    recording : Recording
        Of any data set.
    kind : {"flag", "exclude"}
    reason : str
        Why, in one line of up to 200 characters.
    dataset : str
        ``Catalogue.title``.

    Returns
    -------
    mark : Mark
        On the disk; ``undo`` takes it back.

    Raises
    ------
    LabError
        If the reason is empty or too long, the recording cannot be read, or the mark cannot be
        written.
    """
    if kind not in ("flag", "exclude"):
        raise ValueError(f"kind={kind!r}: expected 'flag' or 'exclude'.")
    reason = cleaned(reason)
    if not reason:
        raise LabError("The reason is empty. Say in a few words what is wrong with it.")
    if len(reason) > LONGEST_REASON:
        raise LabError(
            f"The reason has {len(reason)} characters; at most {LONGEST_REASON} are kept. "
            "Shorten it."
        )
    sha256 = content_hash(recording)
    new = Mark(
        secrets.token_hex(6),
        kind,
        reason,
        cleaned(dataset),
        file_name(recording),
        sha256,
        time.time(),
    )
    keep(_log(), {"action": "mark", **asdict(new)}, "The mark")
    return new


def undo(key: str) -> None:
    """Take one mark back; other marks of the same recording stay.

    Raises
    ------
    LabError
        If there is no such mark (any more), or the undo cannot be written.
    """
    if all(one.key != key for one in marks()):
        raise LabError("This mark is not there any more; somebody has taken it back before.")
    keep(_log(), {"action": "undo", "key": key, "time": time.time()}, "The mark")


def marks() -> tuple[Mark, ...]:
    """Return the marks in force, in the order in which they were made."""
    found: dict[str, Mark] = {}
    for record in kept(_log(), "The flags"):
        if record.get("action") == "undo":
            found.pop(str(record.get("key")), None)
        elif record.get("action") == "mark":
            values = {name: record.get(name) for name in Mark.__dataclass_fields__}
            if values["kind"] in ("flag", "exclude") and None not in values.values():
                found[str(values["key"])] = Mark(**values)  # type: ignore[arg-type]
    return tuple(found.values())


def marks_of(recording: Recording) -> tuple[Mark, ...]:
    """Return the marks of one recording, in the order in which they were made."""
    candidates = [one for one in marks() if one.file == file_name(recording)]
    if not candidates:
        return ()
    try:
        sha256 = content_hash(recording)
    except LabError:
        return ()  # what cannot be read is told by whoever needs its samples
    return tuple(one for one in candidates if one.sha256 == sha256)


def marked(
    catalogue: Catalogue, progress: Callable[[int], None] | None = None
) -> dict[Recording, tuple[Mark, ...]]:
    """Return the recordings of a catalogue that have marks, each with all of its marks.

    Only recordings of a marked name are opened, so that few marks cost little in a large set.

    Parameters
    ----------
    catalogue : Catalogue
    progress : callable, optional
        Called with the number of recordings opened so far.
    """
    by_file: dict[str, list[Mark]] = defaultdict(list)
    for one in marks():
        by_file[one.file].append(one)
    found: dict[Recording, tuple[Mark, ...]] = {}
    opened = 0
    for recording in catalogue.recordings if by_file else ():
        candidates = by_file.get(file_name(recording))
        if not candidates:
            continue
        opened += 1
        if progress is not None:
            progress(opened)
        try:
            sha256 = content_hash(recording)
        except LabError:
            continue  # what cannot be read is told by whoever needs its samples
        if theirs := tuple(one for one in candidates if one.sha256 == sha256):
            found[recording] = theirs
    return found


def excluded(catalogue: Catalogue) -> Catalogue:
    """Return the recordings of a catalogue that somebody has excluded."""
    theirs = marked(catalogue)
    return catalogue.where(lambda r: any(m.kind == "exclude" for m in theirs.get(r, ())))


def without_excluded(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue without what is excluded, for training."""
    out = set(excluded(catalogue).recordings)
    return catalogue.where(lambda r: r not in out) if out else catalogue
