"""The transcript: what is taken along is what was heard."""

import csv
import io
import zipfile

import numpy as np

from core.listening.heard import HeardWord
from core.listening.recogniser import Answer
from core.listening.stream import Word
from core.listening.transcript import csv_of, said, zip_of
from core.sound.audio import SAMPLE_RATE, read_audio

Y = (0.3 * np.sin(np.arange(4000))).astype(np.float32)


def word(number: int, digit: int | None, model: str = "mine", stream: int = 1) -> HeardWord:
    answer = Answer(digit, 0.9, (0.1,) * 10, 0.003)
    found = Word(number, number, number + 0.5, answer, Y, 0.25, -20.0, -60.0)
    return HeardWord(found, 1.0e9, 1.0e9 + 0.03, model, stream=stream)


WORDS = (word(1, 7), word(2, None), word(3, 3, '=HYPERLINK("x")', stream=2))


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_a_line_a_word_with_its_time_and_confidence():
    assert said(WORDS) == "7 – 3"
    found = rows(csv_of(WORDS))
    assert [r["digit"] for r in found] == ["7", "not a digit", "3"]
    assert found[0]["time_utc"] == "2001-09-09T01:46:40.030+00:00"
    assert (found[0]["confidence"], found[0]["latency_ms"]) == ("0.9000", "280")
    assert found[2]["model"].startswith("'=")  # a name that no spreadsheet computes
    assert "file" not in found[0]
    # seconds begin anew with each stream, so it must be told
    assert [(r["stream"], r["start_seconds"]) for r in found] == [
        ("1", "1.00"), ("1", "2.00"), ("2", "3.00"),
    ]  # fmt: skip


def test_the_zip_holds_the_very_sound_of_each_word():
    with zipfile.ZipFile(io.BytesIO(zip_of(WORDS))) as archive:
        found = rows(archive.read("transcript.csv"))
        assert [r["file"] for r in found] == ["001_7.wav", "002_none.wav", "003_3.wav"]
        for row in found:
            y, sr = read_audio(archive.read(row["file"]))
            assert sr == SAMPLE_RATE
            np.testing.assert_allclose(y, Y, atol=2 / 32768)
