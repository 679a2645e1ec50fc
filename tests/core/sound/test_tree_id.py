"""Tree ids: the ones that git itself computes, and the published ones of FSDD."""

import os
import shutil
import subprocess

import pytest

from core.errors import DataError
from core.sound.tree_id import folder_tree_id, tree_id

# names whose order by letters differs from their order by bytes, or that contain blanks
FILES = {
    "b.wav": b"RIFF",
    "B.wav": b"",
    "a_10.wav": b"\0\1\2" * 1000,
    "a_1.wav": b"seven",
    "a-1.wav": b"seven",
    "a b.wav": b"\xff",
    "é.wav": b"accent",
    "zz": b"last",
}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_id_is_gits_own(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()

    def git(*words, data=b""):
        run = subprocess.run(
            ["git", "-c", "core.autocrlf=false", *words],
            cwd=tmp_path,
            input=data,
            capture_output=True,
            check=True,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        )
        return run.stdout.decode().strip()

    git("init", "-q")
    listing = b""
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
        blob = git("hash-object", "-w", "--no-filters", "--stdin", data=content)
        listing += f"100644 blob {blob}\t{name}".encode() + b"\0"
    expected = git("mktree", "-z", data=listing)
    assert tree_id(FILES.items()) == expected
    assert folder_tree_id(folder) == expected


def test_an_empty_folder_has_gits_well_known_id(tmp_path):
    assert tree_id([]) == folder_tree_id(tmp_path) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def test_the_order_in_which_files_come_does_not_matter():
    assert tree_id(FILES.items()) == tree_id(reversed(FILES.items()))


@pytest.mark.parametrize("change", ["content", "name", "missing", "added", "swapped"])
def test_any_change_changes_the_id(change):
    changed = dict(FILES)
    match change:
        case "content":
            changed["a_1.wav"] = b"sevem"
        case "name":
            changed["a_2.wav"] = changed.pop("a_1.wav")
        case "missing":
            del changed["zz"]
        case "added":
            changed["new"] = b""
        case "swapped":
            changed["b.wav"], changed["B.wav"] = changed["B.wav"], changed["b.wav"]
    assert tree_id(changed.items()) != tree_id(FILES.items())


def test_modes_hidden_files_and_folders_do_not_count(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"a")
    before = folder_tree_id(tmp_path)
    (tmp_path / "a.wav").chmod(0o755)
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "sub").mkdir()
    assert folder_tree_id(tmp_path) == before == tree_id([("a.wav", b"a")])


@pytest.mark.parametrize("name", ["", ".", "..", "a/b.wav", "a\0b"])
def test_what_is_no_plain_name_is_refused(name):
    with pytest.raises(ValueError, match="flat folder"):
        tree_id([(name, b"")])


def test_the_same_name_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        tree_id([("a", b"1"), ("a", b"2")])


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        folder_tree_id(tmp_path / "gone")


@pytest.mark.fsdd
def test_both_editions_of_fsdd_have_their_published_ids(fsdd_folder):
    assert folder_tree_id(fsdd_folder) == "f5377fa58d517b63b3075998142f3878db1f30ef"
    four = {"jackson", "nicolas", "theo", "yweweler"}
    files = [f for f in fsdd_folder.iterdir() if f.name.split("_")[1] in four]
    assert len(files) == 2000
    assert (
        tree_id((f.name, f.read_bytes()) for f in files)
        == "79811732e828f8123b6ab666a4cca9201049821d"
    )
