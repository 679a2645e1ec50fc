"""Own voices as one zip, and back: a class merges thirty into one data set.

In: speakers of the store; a zip from anybody. Out: a zip that ``core.sound.layouts`` reads too; new
speakers in the store: all that a zip holds, or, if anything in it is wrong, none.
"""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from core.errors import AudioError, DataError, LabError
from core.sound.audio import write_wav
from core.voices.arrivals import arrive
from core.voices.decoding import decode_upload
from core.voices.naming import FOLDER_NAME, same_name, shortened, unused_name
from core.voices.own import (
    ABOUT,
    LONGEST_CLIP,
    Speaker,
    about,
    changing,
    check_length,
    clips,
    folders_in,
    new_folder,
    read_about,
    store,
)
from core.voices.zips import MAX_ZIP_BYTES, files_in

_CLIP = re.compile(
    r"(?P<digit>[0-9])_(?P<speaker>.+)_(?P<take>[0-9]{1,6})\.(?:wav|flac|ogg|mp3|aiff?)",
    re.IGNORECASE,
)
"""A take in a zip, named as FSDD names its recordings."""


@dataclass(frozen=True)
class Imported:
    """What came of a zip."""

    speakers: tuple[Speaker, ...]
    """Those who are new; a name that was taken has a number now."""
    n_clips: int
    """Takes that are new."""
    here_already: tuple[str, ...]
    """Names of those of whom every take was here, under the same name; nothing was added."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Names in the zip that somebody else had here, each with the one that was given instead."""


def export_voices(folders: Iterable[str] | None = None) -> bytes:
    """Return speakers and all their takes as one zip; what they were called before stays here.

    Parameters
    ----------
    folders : iterable of str, optional
        ``Speaker.folder`` of each; by default everybody.

    Raises
    ------
    LabError
        If there is nothing to export, or more than an import takes.
    """
    root = store()
    everybody = sorted(folders_in(root))
    chosen = None if folders is None else set(folders)
    buffer, n = io.BytesIO(), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in everybody:
            if chosen is not None and folder.name not in chosen:
                continue
            archive.writestr(
                f"{folder.name}/{ABOUT}", about(replace(read_about(folder), former=()))
            )
            for path, content in _contents(folder):
                archive.writestr(f"{folder.name}/{path.name}", content)
                n += 1
    if not n:
        raise LabError("There is no own recording to export. Record some first.")
    if len(buffer.getvalue()) > MAX_ZIP_BYTES:
        raise LabError(
            f"{n} takes make a zip of {len(buffer.getvalue()) / 2**20:.0f} MB; at most "
            f"{MAX_ZIP_BYTES >> 20} MB can be imported again. Export some of the speakers, then "
            "the others."
        )
    return buffer.getvalue()


def _contents(folder: Path) -> list[tuple[Path, bytes]]:
    """Return each take's file and bytes, without those that somebody is just deleting."""
    found = []
    for _, _, path in clips(folder) if folder.is_dir() else []:
        try:
            found.append((path, path.read_bytes()))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise LabError(f"{path} cannot be read ({error.strerror or error}).") from error
    return found


@dataclass
class _Arriving:
    """A speaker in a zip: what it is called there, and its takes by digit and number."""

    label: str
    takes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def add(self, digit: int, number: int, wav: bytes) -> None:
        """Add a take; where the number is taken (``1`` and ``01``), under the next free one."""
        while (digit, number) in self.takes:
            number += 1
        self.takes[digit, number] = wav


def _is_wanted(name: str) -> bool:
    path = PurePosixPath(name)
    if any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
        return False
    return path.name == ABOUT or _CLIP.fullmatch(path.name) is not None


def import_voices(data: bytes, progress: Callable[[int], None] | None = None) -> Imported:
    """Add the speakers of a zip to the own voices.

    Parameters
    ----------
    data : bytes
        A zip of recordings named as FSDD names them, such as ``export_voices`` makes.
    progress : callable, optional
        Called with the number of takes decoded so far.

    Returns
    -------
    imported : Imported
        Nobody is overwritten or added to: who is called like somebody here becomes "name (2)".

    Raises
    ------
    DataError
        If the zip is refused (see ``core.voices.zips``) or holds no recording.
    AudioError
        If one of its recordings cannot be read or is no single word; it is named.
    LabError
        If the store cannot be written.
    """
    arriving = _read(data, progress)
    if not arriving:
        raise DataError(
            "The zip holds no recording named as this app and FSDD name them (7_anna_3.wav). "
            "To add other recordings, upload them and say what was said."
        )
    with changing("The import") as root:
        here = [(read_about(folder), folder) for folder in folders_in(root)]
        taken = {speaker.name for speaker, _ in here}
        new: list[tuple[Speaker, dict[str, bytes]]] = []
        known: list[str] = []
        renamed: list[tuple[str, str]] = []
        for key, one in arriving.items():
            if _is_here(one, here):
                known.append(one.label)
                continue
            name = unused_name(one.label, taken)
            taken.add(name)
            renamed += [(one.label, name)] if name != one.label else []
            speaker = Speaker(_free_folder(root, key, name, new), name, time.time())
            files = {f"{d}_{speaker.folder}_{n}.wav": wav for (d, n), wav in one.takes.items()}
            new.append((speaker, {ABOUT: about(speaker), **files}))
        if new:
            arrive(root, [(speaker.folder, files) for speaker, files in new])
    return Imported(
        tuple(speaker for speaker, _ in new),
        sum(len(files) - 1 for _, files in new),
        tuple(known),
        tuple(renamed),
    )


def _read(data: bytes, progress: Callable[[int], None] | None) -> dict[str, _Arriving]:
    """Return the speakers in a zip, every take of them decoded."""
    notes: dict[str, str] = {}
    found: list[tuple[str, str, int, int, bytes]] = []
    for name, content in files_in(data, _is_wanted):
        folder, file = str(PurePosixPath(name).parent), PurePosixPath(name).name
        match = _CLIP.fullmatch(file)
        if match is None:
            notes[folder] = _label_in(content)
            continue
        wav = _checked_clip(content, file)
        found.append((folder, match["speaker"], int(match["digit"]), int(match["take"]), wav))
        if progress is not None:
            progress(len(found))
    arriving: dict[str, _Arriving] = {}
    for folder, spoken_by, digit, number, wav in found:
        label = notes.get(folder) or shortened(spoken_by) or "Voice"
        # a folder with a note is one speaker; elsewhere the files' names say who speaks
        key = folder if notes.get(folder) else spoken_by
        arriving.setdefault(key, _Arriving(label)).add(digit, number, wav)
    return arriving


def _label_in(note: bytes) -> str:
    """Return what a note calls its speaker; empty if it does not."""
    try:
        return shortened(str(json.loads(note.decode())["name"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _checked_clip(content: bytes, file: str) -> bytes:
    """Return a take as it is kept: decoded by a process that may be lost, and written anew."""
    y = decode_upload(content, file)
    try:
        check_length(y)
    except LabError as error:
        raise AudioError(
            f"{shortened(file)} in the zip is {len(y) / 8000:.2f} s long; a take is one word of at "
            f"most {LONGEST_CLIP:g} s. Nothing was imported. Upload it as a recording: then its "
            "word is cut out."
        ) from error
    return write_wav(y)


def _is_here(one: _Arriving, here: list[tuple[Speaker, Path]]) -> bool:
    """Return whether somebody of that name has all these takes already."""
    for speaker, folder in here:
        if same_name(speaker.name, one.label):
            kept = {content for _, content in _contents(folder)}
            if kept.issuperset(one.takes.values()):
                return True
    return False


def _free_folder(
    root: Path, key: str, name: str, new: list[tuple[Speaker, dict[str, bytes]]]
) -> str:
    """Return the folder that a speaker had elsewhere if it is free here, else a new one."""
    given = {speaker.folder for speaker, _ in new}
    in_use = given | {path.name for path in (*root.iterdir(), *root.glob(".trash/*/*"))}
    had = PurePosixPath(key).name
    if FOLDER_NAME.fullmatch(had) and had not in in_use:
        return had
    while (folder := new_folder(root, name)) in given:
        pass
    return folder
