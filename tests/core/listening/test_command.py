"""``python -m core.listening``: the lines that scripts read, to the letter."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

import core.listening.recogniser as recognising
from core.home import REPOSITORY
from core.listening.__main__ import in_words, main, results
from core.listening.recogniser import Answer

KEYS = ["file", "start", "end", "digit", "confidence"]


@pytest.fixture
def command(monkeypatch, tiny_model, fake, capsys):
    """Return the command with a quick recogniser: arguments -> exit code, lines, errors."""
    monkeypatch.setattr(recognising, "Recogniser", lambda saved: fake)

    def run(*arguments):
        code = main([*map(str, arguments), "--model", "tiny"])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return run


def test_each_word_is_one_json_object_with_exactly_these_fields(command, wav, speech):
    path = wav("three words.wav", speech)
    code, lines, err = command(path, "--json")
    assert (code, err) == (0, "")
    objects = [json.loads(line) for line in lines]
    assert len(objects) == 3
    for found in objects:
        assert list(found) == KEYS
        assert found["file"] == str(path)
        assert 0 <= found["start"] < found["end"] <= len(speech) / 8000
        assert found["confidence"] == 0.9
    assert [found["digit"] for found in objects] == [0, 1, 2]


def test_a_word_that_is_no_digit_has_a_null_and_the_confidence_of_the_rejection(
    command, wav, speech, fake, monkeypatch
):
    monkeypatch.setattr(
        fake, "recognise", lambda y: Answer(None, 0.66, (0.1,) * 10, 0.0), raising=False
    )
    code, lines, _ = command(wav("words.wav", speech), "--json")
    assert code == 0
    for line in lines:
        assert '"digit": null' in line
        assert json.loads(line)["confidence"] == 0.66


def test_a_file_without_a_word_is_one_object_whose_start_is_null(command, wav):
    path = wav("silence.wav", np.zeros(8000, np.float32))
    code, lines, _ = command(path, "--json")
    assert code == 0
    assert [json.loads(line) for line in lines] == [
        {"file": str(path), "start": None, "end": None, "digit": None, "confidence": None}
    ]


def test_an_unreadable_file_is_an_error_and_the_others_go_on_with_exit_code_one(
    command, wav, speech, tmp_path
):
    (tmp_path / "page.wav").write_bytes(b"<html>404</html>")
    good = wav("good.wav", speech)
    code, lines, err = command(
        tmp_path / "gone.wav", tmp_path / "page.wav", good, tmp_path, "--json"
    )
    assert code == 1
    assert err == ""
    objects = [json.loads(line) for line in lines]
    assert [list(found) for found in objects] == [
        ["file", "error"], ["file", "error"], KEYS, KEYS, KEYS, ["file", "error"],
    ]  # fmt: skip
    assert [objects[i]["file"] for i in (0, 1, 5)] == [
        str(tmp_path / "gone.wav"), str(tmp_path / "page.wav"), str(tmp_path),
    ]  # fmt: skip
    for i in (0, 1, 5):
        assert objects[i]["error"].endswith(".")


def test_the_model_is_loaded_once_for_many_files(monkeypatch, tiny_model, fake, wav, speech):
    loaded = []
    monkeypatch.setattr(recognising, "Recogniser", lambda saved: loaded.append(saved) or fake)
    files = [str(wav(f"{i}.wav", speech)) for i in range(5)]
    assert main([*files, "--json", "--model", "tiny"]) == 0
    assert [saved.key for saved in loaded] == ["tiny"]


def test_the_model_is_the_shipped_one_unless_another_is_named(
    monkeypatch, tiny_model, fake, tmp_path, wav, speech
):
    monkeypatch.setattr("core.learning.saved_models.SHIPPED_MODELS", tmp_path / "models")
    shutil.copytree(tiny_model, tmp_path / "models" / "shipped")
    loaded = []
    monkeypatch.setattr(recognising, "Recogniser", lambda saved: loaded.append(saved) or fake)
    assert main([str(wav("a.wav", speech))]) == 0
    assert loaded[0].shipped


def test_names_in_any_letters_come_back_as_they_were_given(command, wav, speech):
    path = wav("sieben – 七.wav", speech)
    code, lines, _ = command(path, "--json")
    assert code == 0
    assert {json.loads(line)["file"] for line in lines} == {str(path)}


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (
            {"file": "a.wav", "start": 0.414, "end": 0.83, "digit": 7, "confidence": 0.981},
            "a.wav: 0.41 to 0.83 s  7  (98 %)",
        ),
        (
            {"file": "a.wav", "start": 0.4, "end": 0.8, "digit": None, "confidence": 0.7},
            "a.wav: 0.40 to 0.80 s  not a digit  (70 %)",
        ),
        (
            {"file": "a.wav", "start": None, "end": None, "digit": None, "confidence": None},
            "a.wav: no word heard",
        ),
        ({"file": "a.wav", "error": "It is empty."}, "a.wav: It is empty."),
    ],
)
def test_without_json_each_object_is_a_line_for_a_person(result, line):
    assert in_words(result) == line


def test_without_json_the_lines_are_printed(command, wav, speech):
    code, lines, _ = command(wav("a.wav", speech))
    assert code == 0
    assert len(lines) == 3
    assert lines[0].endswith("(90 %)")


def test_a_model_that_is_not_here_is_one_sentence_and_exit_code_two(wav, speech, capsys):
    assert main([str(wav("a.wav", speech)), "--model", "nobody", "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "There is no model named 'nobody'" in err
    assert "Traceback" not in err


def test_without_a_file_the_usage_is_told(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--json"])
    assert end.value.code == 2
    assert "usage: python -m core.listening" in capsys.readouterr().err


def test_results_of_a_file_come_word_by_word(wav, speech, fake):
    assert [list(found) for found in results(str(wav("a.wav", speech)), fake)] == [KEYS] * 3


QUICK = """
import sys
import core.listening.recogniser as recognising
from core.listening.recogniser import Answer
class Quick:
    def __init__(self, saved): pass
    def recognise(self, y): return Answer(7, 0.9, (0.1,) * 10, 0.0)
recognising.Recogniser = Quick
from core.listening.__main__ import main
sys.exit(main(sys.argv[1:] + ["--model", "tiny"]))
"""


def test_whoever_stops_reading_ends_the_command_quietly(tiny_model, wav, speech):
    """As ``python -m core.listening *.wav | head -1`` does."""
    files = [str(wav(f"{i}.wav", speech)) for i in range(4)]
    with subprocess.Popen(
        [sys.executable, "-c", QUICK, *files * 20],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait() == 0
    assert err == ""


@pytest.mark.skipif(os.name == "nt", reason="names on Windows are always text")
@pytest.mark.parametrize("json_wanted", [True, False])
def test_a_name_in_no_encoding_is_heard_like_any_other(tiny_model, wav, speech, json_wanted):
    folder = wav("a.wav", speech).parent
    name = os.fsencode(folder) + b"/sieben \xe9.wav"
    os.replace(folder / "a.wav", name)  # noqa: PTH105 - a Path cannot hold bytes
    done = subprocess.run(
        [sys.executable, "-c", QUICK, name, *(["--json"] if json_wanted else [])],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    if json_wanted:
        assert os.fsencode(json.loads(lines[0])["file"]) == name


def test_the_real_command_hears_real_words_with_a_real_model(tiny_model, wav, speech, tmp_path):
    words, silence = wav("words.wav", speech), wav("silence.wav", np.zeros(9000, np.float32))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "core.listening"),
            *(str(words), str(tmp_path / "gone.wav"), str(silence), "--model", "tiny", "--json"),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert [found["file"] for found in objects] == [str(words)] * 3 + [
        str(tmp_path / "gone.wav"),
        str(silence),
    ]
    for found in objects[:3]:
        assert found["digit"] in (None, *range(10))
        assert 0 < found["confidence"] <= 1
    assert "error" in objects[3]
    assert objects[4]["start"] is None
