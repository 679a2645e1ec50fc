"""The recordings in a folder or a zip, recognised by how they are named.

In: a folder or zip that a user has, or that the app downloaded. Out: a ``Catalogue``.
Nothing is opened or unpacked: only names are read.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import DataError
from core.sound.listing import names_in
from core.sound.recordings import DIGIT_WORDS, Catalogue, Recording

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
        path = name.replace("\\", "/")  # some Windows programs write zips with backslashes
        for layout, recordings in zip(LAYOUTS, found, strict=True):
            if match := layout.pattern.fullmatch(path):
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
    found, first = _recognise(root, names_in(root), progress)
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
    .. [1] FSDD, README, "Usage": 0-4 (inclusive) are the test, 5-49 the training set.
    """
    return recording.digit is not None and recording.take <= 4
