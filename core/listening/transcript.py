"""What was heard, to be taken along: a table, and with it the sound of each word if wanted.

In: the words of a listener. Out: the bytes of a CSV or of a zip.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

from core.listening.heard import HeardWord
from core.listening.recogniser import Answer
from core.sound.audio import write_wav

COLUMNS = (
    *("number", "time_utc", "stream", "start_seconds", "end_seconds"),
    *("digit", "confidence", "latency_ms"),
    *("model", "other_digit", "other_confidence", "other_model"),
)
NO_DIGIT = "not a digit"
TABLE = "transcript.csv"


def said(words: Sequence[HeardWord]) -> str:
    """Return the digits in order, as they are shown and copied; a dash is no digit."""
    return " ".join("–" if w.word.answer.digit is None else str(w.word.answer.digit) for w in words)


def csv_of(words: Sequence[HeardWord], with_files: bool = False) -> bytes:
    """Return a line a word, with a header, in UTF-8.

    The seconds are those of the word's stream: each start of the microphone begins another.

    Parameters
    ----------
    words : sequence of HeardWord
    with_files : bool
        Whether a last column names each word's file in ``zip_of``.
    """
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([*COLUMNS, *(["file"] if with_files else [])])
    for each in words:
        word = each.word
        time = datetime.fromtimestamp(each.answered, UTC).isoformat(timespec="milliseconds")
        row = [
            *(word.number, time, each.stream, f"{word.start:.2f}", f"{word.end:.2f}"),
            *_answer(word.answer),
            round(1000 * each.latency_seconds),
            _cell(each.model),
            *(_answer(each.beside) if each.beside else ("", "")),
            _cell(each.beside_model),
        ]
        table.writerow([*row, *([file_of(each)] if with_files else [])])
    return text.getvalue().encode()


def zip_of(words: Sequence[HeardWord]) -> bytes:
    """Return a zip of the table and an 8 kHz WAV a word, the very samples that were recognised."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TABLE, csv_of(words, with_files=True))
        for each in words:
            archive.writestr(file_of(each), write_wav(each.word.y))
    return packed.getvalue()


def file_of(word: HeardWord) -> str:
    """Return the name of a word's file: its number and what it was heard as."""
    digit = word.word.answer.digit
    return f"{word.word.number:03d}_{'none' if digit is None else digit}.wav"


def _answer(answer: Answer) -> tuple[str, str]:
    digit = NO_DIGIT if answer.digit is None else str(answer.digit)
    return digit, f"{answer.confidence:.4f}"


def _cell(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
