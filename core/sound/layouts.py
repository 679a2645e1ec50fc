"""The recordings in a folder or a zip, recognised by how they are named.

In: a folder or zip that a user has, or that the app downloaded. Out: a ``Catalogue``.
Nothing is opened or unpacked: only names are read. A name is data; it is never followed outside
the root.
"""

import os
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import DataError
from core.sound.recordings import DIGIT_WORDS, Catalogue, Recording

_DEPTH = 4
"""Folders below the root that are looked into; GitHub's archive of FSDD needs two."""

_PROGRESS_EVERY = 1000
"""Files between two calls of ``progress``."""

_AUDIO = r"\.(?:wav|flac|ogg|mp3|aiff?)"
_DIGIT_OF = {word: digit for digit, word in enumerate(DIGIT_WORDS)}

Parsed = tuple[int | None, str, int, str]
"""Digit, speaker, take, word."""


@dataclass(frozen=True)
class Layout:
    """A way of naming recordings."""

    label: str
    example: str
    """A path in this layout."""
    pattern: re.Pattern[str]
    """What the whole path below the root must look like."""
    parse: Callable[[re.Match[str]], Parsed]


def _digit_file(found: re.Match[str]) -> Parsed:
    digit = int(found["digit"])
    return digit, found["speaker"], int(found["take"]), DIGIT_WORDS[digit]


def _synthetic(found: re.Match[str]) -> Parsed:
    if found["digit"]:
        return _digit_file(found)
    if found["noise"]:
        return None, "synthetic", int(found["noise_take"]), found["noise"]
    return None, found["other_speaker"], int(found["other_take"]), found["other"]


def _speech_commands(found: re.Match[str]) -> Parsed:
    if found["background"]:
        return None, "_background_noise_", 0, found["background"]
    word = found["word"]
    return _DIGIT_OF.get(word), found["speaker"], int(found["take"]), word


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:.*/)?{pattern}{_AUDIO}", re.IGNORECASE | re.DOTALL)


# [0-9], not \d: "٣" is a digit to Python too. At most nine of them: an index, not a bomb.
_DIGIT_NAME = r"(?P<digit>[0-9])_(?P<speaker>[^/]+)_(?P<take>[0-9]{1,9})"

LAYOUTS = (
    Layout(
        "Synthetic voices",
        "digits/7_anna-us_3.flac",
        _compiled(
            rf"(?:digits/{_DIGIT_NAME}"
            r"|noise/(?P<noise>[^/]+)_synthetic_(?P<noise_take>[0-9]{1,9})"
            r"|other/(?P<other>[^/_]+)_(?P<other_speaker>[^/]+)_(?P<other_take>[0-9]{1,9}))"
        ),
        _synthetic,
    ),
    Layout(
        "AudioMNIST",
        "01/7_01_12.wav",
        _compiled(
            r"(?P<folder>[0-9]{2})/(?P<digit>[0-9])_(?P<speaker>(?P=folder))_(?P<take>[0-9]{1,9})"
        ),
        _digit_file,
    ),
    Layout(
        "Speech Commands",
        "seven/0c40e715_nohash_0.wav",
        _compiled(
            r"(?:_background_noise_/(?P<background>[^/]+)"
            r"|(?P<word>[^/]+)/(?P<speaker>[0-9a-f]+)_nohash_(?P<take>[0-9]{1,9}))"
        ),
        _speech_commands,
    ),
    Layout(
        "Free Spoken Digit Dataset",
        "recordings/7_jackson_32.wav",
        _compiled(_DIGIT_NAME),
        _digit_file,
    ),
)
"""The layouts that are understood; where a path fits two of them, the earlier one has it."""


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


def _names(root: Path) -> Iterator[str]:
    try:
        if root.is_dir():
            yield from _names_in_folder(root)
        else:
            yield from _names_in_zip(root)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise DataError(
            f"{root} is neither a folder nor a complete zip archive ({error}). "
            "Give the folder of the recordings, or download or copy the archive again."
        ) from error
    except OSError as error:
        raise DataError(
            f"{root} cannot be read ({error.strerror or error}). "
            "Check that it is there and that you may read it."
        ) from error


def _recognise(
    root: Path, names: Iterable[str], progress: Callable[[int], None] | None
) -> tuple[list[list[Recording]], list[str]]:
    """Return the recordings of each layout, and the first few names whatever they are."""
    found: list[list[Recording]] = [[] for _ in LAYOUTS]
    first: list[str] = []
    n = 0
    for n, name in enumerate(names, start=1):
        if len(first) < 3:
            first.append(name)
        for layout, recordings in zip(LAYOUTS, found, strict=True):
            if match := layout.pattern.fullmatch(name):
                digit, speaker, take, word = layout.parse(match)
                recordings.append(Recording(digit, speaker, take, root, name, word))
                break
        if progress is not None and n % _PROGRESS_EVERY == 0:
            progress(n)
    if progress is not None:
        progress(n)
    return found, first


def scan(
    root: Path, title: str | None = None, progress: Callable[[int], None] | None = None
) -> Catalogue:
    """Return the recordings in a folder or a zip, in the layout that most of them have.

    Parameters
    ----------
    root : Path
        A folder or a zip, possibly with a folder or two around the recordings.
    title : str, optional
        What to call the catalogue; by default the root's name.
    progress : callable, optional
        Called with the number of files seen so far, every thousand and at the end.

    Returns
    -------
    catalogue : Catalogue
        Sorted by digit (other words last), word, speaker and take.

    Raises
    ------
    DataError
        If it cannot be read, holds no recording in a known layout, or is a zip that leads out of
        itself.
    """
    root = Path(root).expanduser().absolute()
    found, first = _recognise(root, _names(root), progress)
    recordings = max(found, key=lambda some: sum(r.digit is not None for r in some))
    if not any(r.digit is not None for r in recordings):
        seen = f"found {', '.join(repr(name) for name in first)}" if first else "it is empty"
        known = "; ".join(f"{layout.label}: {layout.example}" for layout in LAYOUTS)
        raise DataError(
            f"{root} holds no spoken digits in a layout that is understood ({seen}). "
            f"Understood are {known}."
        )
    recordings.sort(
        key=lambda r: (10 if r.digit is None else r.digit, r.word, r.speaker, r.take, r.name)
    )
    return Catalogue(title or root.name, tuple(recordings))


def in_official_test(recording: Recording) -> bool:
    """Return whether FSDD's own split tests on this recording: each speaker's takes 0 to 4.

    References
    ----------
    .. [1] FSDD, README, "Usage": "all recordings numbered 0-4" are the test set.
    """
    return recording.digit is not None and recording.take <= 4
