"""A selection to take along: a zip of WAVs in FSDD's layout, with a table of what they are.

In: recordings. Out: the bytes of a zip that this app, and any spreadsheet, can open. The same
selection gives the same bytes.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence

from core.browsing.reading import in_chunks
from core.errors import DataError
from core.sound.audio import SAMPLE_RATE, write_wav
from core.sound.recordings import Recording

MOST_CLIPS = 10_000
"""Clips in one zip: about 100 MB, which a server holds in memory while it is downloaded."""

COLUMNS = ("path", "digit", "word", "speaker", "take", "seconds", "licence")

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can state: the time of the export would make every zip another one."""


def safe_name(text: str) -> str:
    """Return a text as a part of a file's name that every system takes.

    Letters and digits of any script, ``-`` and ``.`` inside stay; all else becomes ``-``. No
    underscore: FSDD's names are cut there.
    """
    kept = re.sub(r"[^\w.-]|_", "-", text, flags=re.UNICODE).strip("-.")
    return kept[:60].strip("-.") or "unnamed"


def _cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def export_zip(
    recordings: Sequence[Recording],
    licence: str | Callable[[Recording], str],
    progress: Callable[[float], None] | None = None,
) -> bytes:
    """Return a zip with one 8 kHz 16-bit WAV a recording and ``recordings.csv``.

    Parameters
    ----------
    recordings : sequence of Recording
    licence : str or callable
        Under which each may be used: one for all, or asked for each.
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    zip : bytes
        ``recordings/{digit}_{speaker}_{take}.wav`` (the word instead of the digit where it is
        none) and the table. Names are made safe, the table holds them as they are. Two recordings
        of the same name get a ``-2`` behind the speaker.

    Raises
    ------
    DataError
        If nothing or too much is selected, or none of it can be read.
    """
    if not recordings:
        raise DataError("Nothing is selected. Choose recordings first.")
    if len(recordings) > MOST_CLIPS:
        raise DataError(
            f"{len(recordings)} recordings are selected; at most {MOST_CLIPS} go into one zip. "
            "Choose fewer digits or speakers."
        )
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    buffer = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(buffer, "w") as archive:
        for place, clips in in_chunks(recordings):
            for recording, y in zip(recordings[place], clips.waveforms, strict=True):
                if not len(y):
                    continue  # unreadable: the quality table says why
                path = _path(recording, taken)
                _add(archive, path, write_wav(y))
                said = licence if isinstance(licence, str) else licence(recording)
                digit = "" if recording.digit is None else recording.digit
                seconds = f"{len(y) / SAMPLE_RATE:.6f}"
                words = (_cell(recording.word), _cell(recording.speaker))
                rows.writerow((path, digit, *words, recording.take, seconds, _cell(said)))
            if progress is not None:
                progress(place.stop / len(recordings))
        if not taken:
            raise DataError(
                f"None of the {len(recordings)} recordings selected can be read. "
                "Choose the data set again, so that it is looked through anew."
            )
        # utf-8-sig: without the mark, Excel reads names in the system's own encoding
        _add(archive, "recordings.csv", table.getvalue().encode("utf-8-sig"))
    return buffer.getvalue()


def _path(recording: Recording, taken: set[str]) -> str:
    """Return a name that is free whatever the system thinks of capitals, and take it."""
    what = safe_name(recording.word) if recording.digit is None else str(recording.digit)
    speaker = safe_name(recording.speaker)
    n = 1
    while True:
        suffix = "" if n == 1 else f"-{n}"
        path = f"recordings/{what}_{speaker}{suffix}_{recording.take}.wav"
        if path.casefold() not in taken:
            taken.add(path.casefold())
            return path
        n += 1


def _add(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    """Add a file whose entry says the same wherever and whenever it is written."""
    entry = zipfile.ZipInfo(path, _DATE)
    entry.create_system = 3  # Unix, also where Windows writes it
    entry.external_attr = 0o644 << 16
    # not compressed: speech hardly shrinks, and zlib's versions write different bytes
    archive.writestr(entry, data)
