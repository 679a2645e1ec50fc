"""Data sets: the table, what is on this machine, and what a visitor names."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core.errors import DataError
from core.home import REPOSITORY
from core.sound import fsdd, generated
from core.sound.datasets import DATASETS, available, default_dataset, open_dataset

SIX = (*fsdd.SPEAKERS_2019, "george", "lucas")


def write(folder: Path, speakers=SIX) -> Path:
    folder.mkdir(parents=True)
    for digit in range(10):
        for speaker in speakers:
            (folder / f"{digit}_{speaker}_0.wav").write_bytes(b"x")
    return folder


@pytest.fixture(autouse=True)
def no_copy_is_named(monkeypatch):
    monkeypatch.delenv(fsdd.VARIABLE, raising=False)


@pytest.fixture
def embedded(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "recordings.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("digits/7_anna-us_3.flac", b"x")
        archive.writestr("noise/fan_synthetic_0.flac", b"x")
        archive.writestr("about.json", b"{}")
    monkeypatch.setattr(generated, "ARCHIVE", path)
    return path


@pytest.mark.parametrize("key", DATASETS)
def test_every_data_set_says_what_it_is_and_whose(key):
    dataset = DATASETS[key]
    assert dataset.key == key
    for words in (
        dataset.label,
        dataset.summary,
        dataset.source,
        dataset.licence,
        dataset.citation,
        dataset.limits,
        dataset.missing(),
    ):
        assert words.strip()
        assert "\n" not in words


@pytest.mark.parametrize("key", DATASETS)
def test_a_data_set_that_is_not_here_says_how_to_get_it(key, monkeypatch, tmp_path):
    monkeypatch.setattr(generated, "ARCHIVE", tmp_path / "gone.zip")
    with pytest.raises(DataError, match=r"Download|Make it|Record"):
        open_dataset(key)


def test_synthetic_voices_are_called_synthetic():
    assert "Synthetic voices" in DATASETS["synthetic"].label


def test_a_fresh_machine_has_the_embedded_voices_and_begins_with_them(embedded):
    assert available() == ("synthetic",)
    assert default_dataset() == "synthetic"
    catalogue = open_dataset("synthetic")
    assert [(r.digit, r.word) for r in catalogue.recordings] == [(7, "seven"), (None, "fan")]
    assert catalogue.title == DATASETS["synthetic"].label


def test_real_recordings_come_first_once_they_are_here(embedded):
    write(fsdd.downloaded_folder())
    assert available() == ("synthetic", "fsdd", "fsdd-2019")
    assert default_dataset() == "fsdd"
    assert open_dataset("fsdd").speakers == tuple(sorted(SIX))


def test_the_2019_edition_is_its_four_speakers(embedded):
    write(fsdd.downloaded_folder())
    catalogue = open_dataset("fsdd-2019")
    assert catalogue.speakers == fsdd.SPEAKERS_2019
    assert len(catalogue) == 40
    assert catalogue.title == DATASETS["fsdd-2019"].label


def test_a_copy_of_four_speakers_offers_the_2019_edition_only(embedded, tmp_path, monkeypatch):
    monkeypatch.setenv(fsdd.VARIABLE, str(write(tmp_path / "four", fsdd.SPEAKERS_2019)))
    assert available() == ("synthetic", "fsdd-2019")
    assert default_dataset() == "fsdd-2019"
    with pytest.raises(DataError, match="four"):
        open_dataset("fsdd")


@pytest.mark.parametrize("quotes", ["{}", ' "{}" ', "'{}'", "{}/"])
def test_a_visitors_own_folder_is_opened(tmp_path, quotes):
    folder = write(tmp_path / "my digits")
    catalogue = open_dataset(quotes.format(folder))
    assert catalogue.title == "my digits"
    assert len(catalogue) == 60


def test_home_is_understood_in_a_path(tmp_path, monkeypatch):
    write(tmp_path / "digits")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert len(open_dataset("~/digits")) == 60


def test_progress_is_passed_on(tmp_path):
    seen: list[int] = []
    open_dataset(str(write(tmp_path / "r")), seen.append)
    assert seen == [60]


@pytest.mark.parametrize("wanted", ["", "  ", '""', "mnist", "/no/such/folder", "a\0b", "x" * 5000])
def test_what_is_neither_a_data_set_nor_a_path_is_a_sentence(wanted):
    with pytest.raises(DataError) as refused:
        open_dataset(wanted)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert "\0" not in sentence
    assert len(sentence) < 500


def test_a_single_recording_is_no_data_set(tmp_path):
    file = tmp_path / "7_a_0.wav"
    file.write_bytes(b"RIFF")
    with pytest.raises(DataError, match="neither a folder nor a complete zip"):
        open_dataset(str(file))


def test_listing_data_sets_loads_nothing_heavy():
    heavy = ("keras", "jax", "librosa", "numpy", "soundfile", "pooch", "requests", "streamlit")
    code = (
        "import sys, core.sound.datasets as d; d.available(); "
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.fsdd
def test_both_editions_have_their_size(fsdd_folder, monkeypatch):
    monkeypatch.setenv(fsdd.VARIABLE, str(fsdd_folder))
    assert len(open_dataset("fsdd")) == 3000
    assert len(open_dataset("fsdd-2019")) == 2000
    assert default_dataset() == "fsdd"
