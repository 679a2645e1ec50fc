"""Finding FSDD on a machine, and telling its editions apart."""

import zipfile
from pathlib import Path

import pytest

from core.errors import DataError
from core.sound import fsdd
from core.sound.fsdd import downloaded_folder, find_fsdd, find_full, verify_fsdd, why_missing
from core.sound.tree_id import tree_id

FOUR = {f"{d}_{s}_0.wav": f"{d}{s}".encode() for d in range(3) for s in fsdd.SPEAKERS_2019}
SIX = {**FOUR, **{f"{d}_{s}_0.wav": b"x" for d in range(3) for s in ("george", "lucas")}}


def write(folder: Path, files=SIX) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def pack(path: Path, files=SIX, top="free-spoken-digit-dataset-1.0.10/recordings/") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("free-spoken-digit-dataset-1.0.10/README.md", "x")
        for name, content in files.items():
            archive.writestr(top + name, content)
    return path


@pytest.fixture(autouse=True)
def no_copy_is_named(monkeypatch):
    monkeypatch.delenv(fsdd.VARIABLE, raising=False)


@pytest.fixture
def small_editions(monkeypatch):
    """Let a dozen small files stand for each edition."""
    monkeypatch.setattr(fsdd, "TREE", tree_id(SIX.items()))
    monkeypatch.setattr(fsdd, "TREE_2019", tree_id(FOUR.items()))


def test_nothing_is_found_on_a_fresh_machine():
    assert find_fsdd() is None
    assert find_full() is None
    assert "Download it on the Browse page" in why_missing()


def test_the_download_is_found_in_the_data_folder(data_folder):
    assert downloaded_folder() == data_folder / "datasets" / "fsdd-1.0.10" / "recordings"
    write(downloaded_folder())
    assert find_fsdd() == find_full() == downloaded_folder()


def test_an_empty_download_folder_is_not_a_copy():
    downloaded_folder().mkdir(parents=True)
    assert find_fsdd() is None


@pytest.mark.parametrize("given", ["recordings", "parent", "zip", "flat zip", "blanks around"])
def test_a_named_copy_is_found_before_the_download(tmp_path, monkeypatch, given):
    write(downloaded_folder())
    folder = write(tmp_path / "mine" / "recordings")
    named, found = {
        "recordings": (folder, folder),
        "parent": (folder.parent, folder),
        "zip": (pack(tmp_path / "a.zip"), tmp_path / "a.zip"),
        "flat zip": (pack(tmp_path / "b.zip", top=""), tmp_path / "b.zip"),
        "blanks around": (f"  {folder} ", folder),
    }[given]
    monkeypatch.setenv(fsdd.VARIABLE, str(named))
    assert find_fsdd() == find_full() == found


@pytest.mark.parametrize("wrong", ["gone", "empty", "text"])
def test_a_wrongly_named_copy_is_passed_over_and_named_where_nothing_else_is(
    tmp_path, monkeypatch, wrong
):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("no zip")
    monkeypatch.setenv(fsdd.VARIABLE, str(tmp_path / wrong))
    assert find_fsdd() is None
    assert str(tmp_path / wrong) in why_missing()
    write(downloaded_folder())
    assert find_fsdd() == downloaded_folder()


def test_four_speakers_are_not_the_full_edition(tmp_path, monkeypatch):
    four = write(tmp_path / "four", FOUR)
    monkeypatch.setenv(fsdd.VARIABLE, str(four))
    assert find_fsdd() == four
    assert find_full() is None
    write(downloaded_folder())
    assert find_full() == downloaded_folder()


@pytest.mark.usefixtures("small_editions")
def test_editions_are_told_apart_by_content(tmp_path):
    assert verify_fsdd(write(tmp_path / "a" / "recordings")) == "fsdd"
    assert verify_fsdd(tmp_path / "a") == "fsdd"
    assert verify_fsdd(write(tmp_path / "b", FOUR)) == "fsdd-2019"
    assert verify_fsdd(pack(tmp_path / "a.zip")) == "fsdd"
    assert verify_fsdd(pack(tmp_path / "b.zip", FOUR, top="")) == "fsdd-2019"


@pytest.mark.usefixtures("small_editions")
@pytest.mark.parametrize("kind", ["folder", "zip"])
@pytest.mark.parametrize("change", ["missing", "added", "changed"])
def test_anything_else_is_neither_edition_and_no_error(tmp_path, change, kind):
    files = dict(SIX)
    if change == "missing":
        del files["0_theo_0.wav"]
    elif change == "added":
        files["0_me_0.wav"] = b"x"
    else:
        files["0_theo_0.wav"] = b"other"
    root = write(tmp_path / "r", files) if kind == "folder" else pack(tmp_path / "r.zip", files)
    assert verify_fsdd(root) is None


@pytest.mark.usefixtures("small_editions")
def test_files_that_are_no_recordings_do_not_count(tmp_path):
    folder = write(tmp_path / "r", {**SIX, ".DS_Store": b"x", "notes.txt": b"x"})
    assert verify_fsdd(folder) == "fsdd"


@pytest.mark.usefixtures("small_editions")
def test_the_same_recording_in_two_folders_of_a_zip_is_neither_edition(tmp_path):
    path = pack(tmp_path / "r.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("backup/0_theo_0.wav", b"0theo")
    assert verify_fsdd(path) is None


@pytest.mark.parametrize("kind", ["gone", "text"])
def test_what_cannot_be_read_is_a_sentence(tmp_path, kind):
    (tmp_path / "text").write_text("no zip")
    with pytest.raises(DataError, match="cannot be read"):
        verify_fsdd(tmp_path / kind)


@pytest.mark.fsdd
def test_the_real_recordings_are_the_full_edition(fsdd_folder):
    assert verify_fsdd(fsdd_folder) == "fsdd"


def test_who_speaks_is_what_the_metadata_says():
    people = {p.name: p for p in fsdd.PEOPLE}
    assert set(people) == {*fsdd.SPEAKERS_2019, "george", "lucas"}
    assert {p.sex for p in fsdd.PEOPLE} == {"man"}
    americans = {name for name, p in people.items() if p.accent.startswith("USA")}
    assert americans == {"jackson", "theo"}
