"""Own voices: the folder ``voices/`` of the data folder, which everyone on this server sees.

In: takes that a visitor likes. Out: recordings named as FSDD names them, so that the folder is a
data set like any other: ``voices/anna-3fa91c/7_anna-3fa91c_0.wav``. What the speaker is called
stands in ``speaker.json`` beside them and is never part of a path.
"""

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from core.errors import LabError
from core.home import data_folder
from core.sound.audio import SAMPLE_RATE, write_wav
from core.sound.recordings import DIGIT_WORDS, Catalogue, Recording
from core.system import write_atomically
from core.voices.arrivals import arrive, is_unsettled, settle
from core.voices.naming import (
    FOLDER_NAME,
    checked_name,
    folder_name,
    same_name,
    shortened,
    unused_name,
)  # fmt: skip

TITLE = "Own voices"
"""What the catalogue of own voices is called."""
SHORTEST_CLIP, LONGEST_CLIP = 0.05, 2.5
"""Length of a clip that is kept (s); FSDD's are 0.14 to 2.28 s long."""
BUSY_SECONDS = 30.0
"""How long to wait for somebody else's change (s); a take needs 0.1, a class's import seconds."""

CLIP_NAME = re.compile(rf"([0-9])_({FOLDER_NAME.pattern})_([0-9]{{1,6}})\.wav")
"""The file of a take: digit, folder, number of the take."""
ABOUT = "speaker.json"


@dataclass(frozen=True)
class Speaker:
    """Somebody who has recorded digits here."""

    folder: str
    """The folder's name; ``Recording.speaker`` of every take in it."""
    name: str
    """What the speaker is called: data, as it was typed."""
    made: float
    """When, in seconds since 1970."""
    former: tuple[str, ...] = ()
    """What the speaker was called before, the latest last: models may have heard them so."""


def store() -> Path:
    """Return where own voices lie; the folder need not exist yet."""
    return data_folder() / "voices"


@contextlib.contextmanager
def changing(doing: str) -> Iterator[Path]:
    """Hold the store's lock; yields the store, made if missing and with no change half done.

    Raises
    ------
    LabError
        If it cannot be written (``doing`` says what could not be done), or is changed by
        somebody else for very long.
    """
    root = store()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".lock").acquire(timeout=BUSY_SECONDS):
            settle(root)
            yield root
    except Timeout as error:
        raise LabError(
            f"{doing} was not possible: somebody else has been changing the own voices for "
            f"{BUSY_SECONDS:g} s. Try again."
        ) from error
    except OSError as error:
        raise LabError(
            f"{doing} was not possible: {root} cannot be written ({error.strerror or error}). "
            "Make it writable and free some space there, or set SPOKEN_DIGITS_HOME to a folder "
            "that is."
        ) from error


def speakers() -> tuple[Speaker, ...]:
    """Return everybody who has a folder here, in the order of their names."""
    _settle_if_needed()
    found = [read_about(folder) for folder in folders_in(store())]
    return tuple(sorted(found, key=lambda s: (s.name.casefold(), s.folder)))


def version() -> str:
    """Return what changes whenever a take or a speaker is added, renamed or deleted."""
    found = []
    for folder in sorted(folders_in(store())):
        with contextlib.suppress(OSError):
            # the time of change alone: two changes within one tick of the clock share it
            names = sorted(path.name for path in folder.iterdir())
            found.append((folder.name, folder.stat().st_mtime_ns, names))
    return hashlib.blake2b(repr(found).encode(), digest_size=12).hexdigest()


def find_speaker(folder: str) -> Speaker | None:
    """Return the speaker with that folder, or None; what is no such name never becomes a path."""
    if not FOLDER_NAME.fullmatch(folder) or not (store() / folder).is_dir():
        return None
    return read_about(store() / folder)


def folders_in(root: Path) -> list[Path]:
    """Return the speakers' folders directly below a folder; none where it cannot be read."""
    try:
        return [p for p in root.iterdir() if FOLDER_NAME.fullmatch(p.name) and p.is_dir()]
    except OSError:
        return []


def read_about(folder: Path) -> Speaker:
    """Return who a folder belongs to; without a readable note, its name says it."""
    try:
        note = json.loads((folder / ABOUT).read_text("utf-8"))
        name, made = checked_name(str(note["name"])), float(note["made"])
        former = tuple(checked_name(str(other)) for other in note.get("former", ()))
    except (OSError, ValueError, KeyError, TypeError, LabError):
        name, made, former = folder.name, 0.0, ()
    return Speaker(folder.name, name, made, former)


def under_another_name(speaker: Speaker, name: str, called: str) -> Speaker:
    """Return a speaker under another name, who remembers having been ``called`` otherwise."""
    before = dict.fromkeys((*speaker.former, called))  # as a set, in their order
    return replace(speaker, name=name, former=tuple(n for n in before if n != name))


def check_free(name: str, others: Sequence[Speaker]) -> None:
    """Refuse a name that another speaker had before: models that heard them would know both."""
    if any(same_name(name, former) for other in others for former in other.former):
        free = unused_name(name, {n for other in others for n in (other.name, *other.former)})
        raise LabError(
            f"Somebody here was called {name} before, and models may know them by it. Choose "
            f"another name, such as {free}."
        )


def add_speaker(name: str) -> Speaker:
    """Return a new speaker.

    Parameters
    ----------
    name : str
        As somebody typed it: any script, any signs; up to 60 characters.

    Raises
    ------
    LabError
        If it is empty, too long or somebody's already, or the data folder cannot be written.
    """
    name = checked_name(name)
    with changing("Adding a speaker") as root:
        others = [read_about(folder) for folder in folders_in(root)]
        for other in others:
            if same_name(name, other.name):
                free = unused_name(name, {n for s in others for n in (s.name, *s.former)})
                raise LabError(
                    f"There is a speaker {other.name} already. If that is you, add to it; if not, "
                    f"choose another name, such as {free}."
                )
        check_free(name, others)
        speaker = Speaker(new_folder(root, name), name, time.time())
        arrive(root, [(speaker.folder, {ABOUT: about(speaker)})])
    return speaker


def new_folder(root: Path, name: str) -> str:
    """Return a folder name that nobody has, not in the trash either."""
    while True:
        folder = folder_name(name)
        if not (root / folder).exists() and not any(root.glob(f".trash/*/{folder}")):
            return folder


def about(speaker: Speaker) -> bytes:
    """Return the note that says what a speaker is called, and was called before."""
    note: dict[str, Any] = {"name": speaker.name, "made": speaker.made}
    if speaker.former:
        note["former"] = speaker.former
    return (json.dumps(note, ensure_ascii=False) + "\n").encode()


def clips(folder: Path) -> list[tuple[int, int, Path]]:
    """Return digit, number and file of each take in a speaker's folder, sorted."""
    found = []
    for path in folder.iterdir():
        match = CLIP_NAME.fullmatch(path.name)
        if match and match[2] == folder.name and path.is_file() and not path.is_symlink():
            found.append((int(match[1]), int(match[3]), path))
    return sorted(found)


def keep(speaker: str, digit: int, y: np.ndarray) -> Recording:
    """Keep a take as the speaker's next one of a digit.

    Parameters
    ----------
    speaker : str
        ``Speaker.folder``.
    digit : int
        What was said, 0 to 9.
    y : np.ndarray [shape=(n,)], float32
        The take, at 8 kHz; ``Take.y``.

    Raises
    ------
    LabError
        If the speaker has gone, the take is of no usable length, or it cannot be written.
    """
    if digit not in range(10):
        raise ValueError(f"digit={digit}: expected 0 to 9.")
    check_length(y)
    wav = write_wav(y)
    with changing("Keeping the take") as root:
        if not FOLDER_NAME.fullmatch(speaker) or not (root / speaker).is_dir():
            raise LabError(
                f"The speaker {shortened(speaker)} is not here any more; somebody deleted it. "
                "Restore it, or add it again."
            )
        number = _next_number(root, speaker, digit)
        name = f"{digit}_{speaker}_{number}.wav"
        write_atomically(root / speaker / name, wav)
    return Recording(digit, speaker, number, root, f"{speaker}/{name}", DIGIT_WORDS[digit])


def check_length(y: np.ndarray) -> None:
    """Refuse what is no clip of one word."""
    seconds = len(y) / SAMPLE_RATE
    if not SHORTEST_CLIP <= seconds <= LONGEST_CLIP:
        raise LabError(
            f"The clip is {seconds:.2f} s long; {SHORTEST_CLIP:g} to {LONGEST_CLIP:g} s are kept. "
            "Record one digit, cut to its word."
        )


def _next_number(root: Path, speaker: str, digit: int) -> int:
    """Return a number that no take of this digit has had, so that what is deleted can return."""
    numbers = [-1]
    for folder in (root / speaker, *root.glob(f".trash/*/{speaker}")):
        numbers += [number for of, number, _ in clips(folder) if of == digit]
    return max(numbers) + 1


def catalogue() -> Catalogue:
    """Return all own recordings, in the order of ``core.sound.layouts.scan``; perhaps none."""
    _settle_if_needed()
    root = store()
    found = [
        Recording(d, folder.name, number, root, f"{folder.name}/{path.name}", DIGIT_WORDS[d])
        for folder in folders_in(root)
        for d, number, path in clips(folder)
    ]
    found.sort(key=lambda r: (r.digit, r.speaker, r.take))
    return Catalogue(TITLE, tuple(found))


def _settle_if_needed() -> None:
    """Finish an import that was cut off; where that is not possible, others see the old state."""
    if is_unsettled(store()):
        with contextlib.suppress(LabError), changing("Finishing an import"):
            pass
