"""The data folder: where it is, and a sentence where it cannot be."""

import errno
from pathlib import Path

import pytest

from core.errors import LabError
from core.home import REPOSITORY, SHIPPED_MODELS, data_folder, subfolder


def test_the_data_folder_is_the_one_that_the_environment_names(monkeypatch, tmp_path):
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / "my data"))
    assert data_folder() == tmp_path / "my data"


def test_naming_the_data_folder_does_not_make_it(monkeypatch, tmp_path):
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / "my data"))
    data_folder()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_a_choice_it_lies_beside_the_dashboard(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("SPOKEN_DIGITS_HOME")
    else:
        monkeypatch.setenv("SPOKEN_DIGITS_HOME", value)
    assert data_folder() == REPOSITORY / "data"
    assert (REPOSITORY / "dashboard.py").is_file()
    assert SHIPPED_MODELS == REPOSITORY / "models"


def test_a_tilde_is_the_visitors_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", "~/digits")
    assert data_folder() == tmp_path / "digits"


def test_a_relative_folder_does_not_move_with_the_process(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", "digits")
    assert data_folder() == tmp_path / "digits"


def test_a_subfolder_is_made_and_found_again(data_folder):
    first = subfolder("runs")
    (first / "x").touch()
    assert first == subfolder("runs") == data_folder / "runs"
    assert (first / "x").exists()


def test_a_subfolder_of_a_folder_that_is_not_there_yet_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / "a" / "b"))
    assert subfolder("models").is_dir()


def test_a_data_folder_that_is_read_only_is_one_sentence_with_the_remedy(monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(LabError, match=r"Permission denied.*set SPOKEN_DIGITS_HOME") as problem:
        subfolder("runs")
    assert "\n" not in str(problem.value)


def test_a_file_in_the_way_of_the_data_folder_is_one_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / "file"))
    with pytest.raises(LabError, match="cannot be written"):
        subfolder("runs")
    assert (tmp_path / "file").is_file()


def test_a_home_of_nobody_is_one_sentence(monkeypatch):
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", "~nobody-of-this-name/digits")
    with pytest.raises(LabError, match="SPOKEN_DIGITS_HOME"):
        data_folder()
