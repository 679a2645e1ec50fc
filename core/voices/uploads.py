"""Uploads: files and zips from anybody, each as a clip that may be kept or says why it may not.

In: names and bytes. Out: clips in the order in which they came, cut to their words. What a file is
called says at most what was said in it; a speaker's name in it is ignored: somebody has been named.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from core.errors import AudioError, DataError
from core.sound.audio import SAMPLE_RATE
from core.sound.recordings import DIGIT_WORDS
from core.voices.decoding import decode_details
from core.voices.naming import shortened
from core.voices.takes import Take, cut_take
from core.voices.zips import files_in

MOST_CLIPS = 300
"""Clips taken from uploads at once; nobody listens to more in one go."""
MOST_SECONDS = 60.0
"""Time for all of them (s): a real clip takes 20 ms, and what was made to hang ten seconds."""
SHOWN = 5.0
"""What is shown of a clip (s); twice what may be kept."""
AUDIO = ("wav", "flac", "ogg", "mp3", "aiff", "aif")
"""What files that hold sound are called at the end; what they are, their content says."""


@dataclass(frozen=True, eq=False)
class Clip:
    """One file of an upload."""

    name: str
    """Of the file: data, short enough for a line."""
    digit: int | None
    """What was said, as far as the name tells."""
    take: Take | None
    """None where it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""


def digit_in(name: str) -> int | None:
    """Return the digit that a file's name says was said; None if it says none, or two.

    A word counts wherever it stands (``seven/0c40_nohash_0.wav``), a figure at the beginning only
    (``7_anna_3.wav``): elsewhere it counts takes.
    """
    words = set(re.split(r"[^a-z]+", name.lower())) & set(DIGIT_WORDS)
    if words:
        return DIGIT_WORDS.index(words.pop()) if len(words) == 1 else None
    match = re.match(r"([0-9])(?![0-9])", name.replace("\\", "/").rpartition("/")[2])
    return int(match[1]) if match else None


def clips_of(
    files: Iterable[tuple[str, bytes]], progress: Callable[[int], None] | None = None
) -> list[Clip]:
    """Return the clips in uploaded files; a zip among them stands for the recordings in it.

    Parameters
    ----------
    files : iterable of (str, bytes)
        Names and contents, both from anybody.
    progress : callable, optional
        Called with the number of clips so far.

    Returns
    -------
    clips : list of Clip
        At most ``MOST_CLIPS``; of what is beyond, and of what came after ``MOST_SECONDS``, one
        clip says that it was not read.
    """
    found: list[Clip] = []
    end = time.monotonic() + MOST_SECONDS
    for name, content in _unpacked(files, found):
        left_out = ""
        if len(found) >= MOST_CLIPS:
            left_out = f"This and what follows was not read: {MOST_CLIPS} clips are taken at once."
        elif time.monotonic() > end:
            left_out = f"This and what follows was not read within {MOST_SECONDS:.0f} s."
        if left_out:
            found.append(Clip(shortened(name), None, None, f"{left_out} Upload the rest later."))
            break
        found.append(_clip(name, content))
        if progress is not None:
            progress(len(found))
    return found


def _unpacked(files: Iterable[tuple[str, bytes]], found: list[Clip]) -> Iterator[tuple[str, bytes]]:
    """Yield files, those in zips too; a zip that is refused is told in ``found``."""
    for name, content in files:
        if not content.startswith(b"PK"):
            yield name, content
            continue
        n = 0
        try:
            for inside, data in files_in(content, _is_audio):
                n += 1
                yield inside, data
        except DataError as error:
            found.append(Clip(shortened(name), None, None, str(error)))
        else:
            if not n:
                problem = f"The zip holds no recording ({', '.join(AUDIO)})."
                found.append(Clip(shortened(name), None, None, problem))


def _is_audio(name: str) -> bool:
    parts = name.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and name.lower().rpartition(".")[2] in AUDIO


def _clip(name: str, content: bytes) -> Clip:
    shown = shortened(name.replace("\\", "/").rpartition("/")[2])
    try:
        take = cut_take(decode_details(content, ""))  # whoever shows the clip names it
    except AudioError as error:
        return Clip(shown, digit_in(name), None, str(error))
    # what is too long to be kept is shown in part: hundreds of clips wait in the server's memory
    return Clip(shown, digit_in(name), replace(take, y=take.y[: round(SHOWN * SAMPLE_RATE)]))
