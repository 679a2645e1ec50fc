"""Layouts: what is in a folder or zip, told from names alone."""

import os
import sys
import zipfile
from pathlib import Path

import pytest

from core.errors import DataError
from core.sound.layouts import LAYOUTS, in_official_test, scan
from core.sound.recordings import DIGIT_WORDS, Recording


def bytes_of(recording):
    if recording.root.is_dir():
        return (recording.root / recording.name).read_bytes()
    with zipfile.ZipFile(recording.root) as archive:
        return archive.read(recording.name)


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def make_zip(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"x")
    return path


def rows(catalogue):
    return [(r.digit, r.speaker, r.take, r.word, r.name) for r in catalogue.recordings]


FSDD = ["7_jackson_32.wav", "0_theo_0.wav", "7_george_2.wav", "7_george_10.wav"]
FSDD_ROWS = [
    (0, "theo", 0, "zero", "0_theo_0.wav"),
    (7, "george", 2, "seven", "7_george_2.wav"),
    (7, "george", 10, "seven", "7_george_10.wav"),
    (7, "jackson", 32, "seven", "7_jackson_32.wav"),
]


@pytest.mark.parametrize(
    "around", ["", "recordings/", "free-spoken-digit-dataset-1.0.10/recordings/"]
)
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_fsdd_is_recognised_wherever_its_recordings_lie(tmp_path, around, kind):
    names = [around + name for name in FSDD] + ["README.md", "metadata.py"]
    root = (
        make(tmp_path / "data", *names)
        if kind == "folder"
        else make_zip(tmp_path / "data.zip", *names)
    )
    assert rows(scan(root)) == [(*row[:4], around + row[4]) for row in FSDD_ROWS]


def test_speech_commands_knows_digits_words_and_noise(tmp_path):
    make(
        tmp_path,
        "seven/0c40e715_nohash_0.wav",
        "seven/0c40e715_nohash_11.wav",
        "zero/ffffffff_nohash_2.wav",
        "bed/0c40e715_nohash_1.wav",
        "_background_noise_/white_noise.wav",
        "validation_list.txt",
        "LICENSE",
    )
    assert rows(scan(tmp_path)) == [
        (0, "ffffffff", 2, "zero", "zero/ffffffff_nohash_2.wav"),
        (7, "0c40e715", 0, "seven", "seven/0c40e715_nohash_0.wav"),
        (7, "0c40e715", 11, "seven", "seven/0c40e715_nohash_11.wav"),
        (None, "0c40e715", 1, "bed", "bed/0c40e715_nohash_1.wav"),
        (None, "_background_noise_", 0, "white_noise", "_background_noise_/white_noise.wav"),
    ]


def test_audiomnist_is_recognised(tmp_path):
    make(tmp_path, "01/7_01_12.wav", "60/0_60_49.wav", "audioMNIST_meta.txt")
    assert rows(scan(tmp_path)) == [
        (0, "60", 49, "zero", "60/0_60_49.wav"),
        (7, "01", 12, "seven", "01/7_01_12.wav"),
    ]


def test_the_synthetic_archive_is_recognised(tmp_path):
    path = make_zip(
        tmp_path / "recordings.zip",
        "digits/7_anna-us_3.flac",
        "digits/0_en_x_0.flac",
        "other/hello_anna-us_0.flac",
        "other/yes_en_x_1.flac",
        "noise/fan_synthetic_2.flac",
        "README.txt",
    )
    assert rows(scan(path)) == [
        (0, "en_x", 0, "zero", "digits/0_en_x_0.flac"),
        (7, "anna-us", 3, "seven", "digits/7_anna-us_3.flac"),
        (None, "synthetic", 2, "fan", "noise/fan_synthetic_2.flac"),
        (None, "anna-us", 0, "hello", "other/hello_anna-us_0.flac"),
        (None, "en_x", 1, "yes", "other/yes_en_x_1.flac"),
    ]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.label)
def test_each_layouts_own_example_is_recognised_as_itself(tmp_path, layout):
    assert next(a for a in LAYOUTS if a.pattern.fullmatch(layout.example)) is layout
    make(tmp_path, layout.example)
    assert rows(scan(tmp_path))[0][0] == 7


@pytest.mark.parametrize(
    "speaker",
    ["a_b", "_", "5", "<script>alert(1)<script>", "Zoë", "名前", "a b", "..", "x_0", "%2e%2e"],
)
def test_a_speaker_may_be_called_anything(tmp_path, speaker):
    root = make(tmp_path / "d", f"3_{speaker}_4.wav")
    (recording,) = scan(root).recordings
    assert (recording.digit, recording.speaker, recording.take) == (3, speaker, 4)
    assert bytes_of(recording) == b"x"


def test_suffixes_in_capitals_and_flac_count(tmp_path):
    make(tmp_path, "1_a_0.WAV", "2_a_0.flac", "3_a_0.txt", "4_a_0.wav.bak", "5_a_0wav")
    assert [r.digit for r in scan(tmp_path).recordings] == [1, 2]


@pytest.mark.parametrize(
    "name",
    ["10_a_0.wav", "x_a_0.wav", "7_a.wav", "7__0.wav", "7_a_x.wav", "٣_a_0.wav", "7_a_٣.wav"],
)
def test_names_that_are_nearly_right_do_not_count(tmp_path, name):
    make(tmp_path, "1_a_0.wav", name)
    assert len(scan(tmp_path)) == 1


def test_hidden_files_and_a_macs_shadows_do_not_count(tmp_path):
    names = ["recordings/1_a_0.wav", "__MACOSX/recordings/2_a_0.wav", "recordings/._1_a_0.wav"]
    names += [".git/3_a_0.wav", "recordings/.4_a_0.wav"]
    assert len(scan(make_zip(tmp_path / "a.zip", *names))) == 1
    assert len(scan(make(tmp_path / "a", *names))) == 1


def test_the_layout_of_most_digits_wins(tmp_path):
    make(tmp_path, *FSDD, "seven/0c40e715_nohash_0.wav")
    make(tmp_path, *[f"bed/0c40e715_nohash_{i}.wav" for i in range(10)])
    assert rows(scan(tmp_path)) == FSDD_ROWS


def test_title_and_root(tmp_path):
    root = make(tmp_path / "mine", *FSDD)
    assert scan(root).title == "mine"
    assert scan(root, "Theirs").title == "Theirs"
    assert all(r.root == root for r in scan(root).recordings)


def test_a_relative_root_is_made_absolute(tmp_path, monkeypatch):
    make(tmp_path / "mine", *FSDD)
    monkeypatch.chdir(tmp_path)
    recordings = scan(Path("mine")).recordings
    monkeypatch.chdir("/")
    assert bytes_of(recordings[0]) == b"x"


def test_progress_counts_every_thousand_files_and_ends_with_all(tmp_path):
    path = make_zip(tmp_path / "a.zip", *[f"{i % 10}_a_{i}.wav" for i in range(2500)])
    seen: list[int] = []
    scan(path, progress=seen.append)
    assert seen == [1000, 2000, 2500]


# --- never outside the root -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../1_a_0.wav",
        "recordings/../../1_a_0.wav",
        "/1_a_0.wav",
        "..\\1_a_0.wav",
        "C:\\1_a_0.wav",
        "c:/1_a_0.wav",
        "\\\\server\\share\\1_a_0.wav",
    ],
)
def test_a_zip_that_leads_out_of_itself_is_refused(tmp_path, name):
    path = make_zip(tmp_path / "a.zip", "2_a_0.wav", name)
    with pytest.raises(DataError, match="leads out"):
        scan(path)


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs rights there")
def test_links_in_a_folder_are_not_followed(tmp_path):
    outside = make(tmp_path / "outside", "1_a_0.wav", "2_a_0.wav")
    inside = make(tmp_path / "inside", "3_a_0.wav")
    (inside / "recordings").symlink_to(outside)
    (inside / "4_a_0.wav").symlink_to(outside / "1_a_0.wav")
    (inside / "loop").symlink_to(inside)
    assert [r.digit for r in scan(inside).recordings] == [3]


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs rights there")
def test_the_root_itself_may_be_a_link(tmp_path):
    make(tmp_path / "real", *FSDD)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert len(scan(tmp_path / "link")) == 4


def test_folders_far_below_are_not_searched(tmp_path):
    make(tmp_path, "1_a_0.wav", "a/b/c/d/2_a_0.wav", "a/b/c/d/e/3_a_0.wav")
    assert [r.digit for r in scan(tmp_path).recordings] == [1, 2]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows such names")
def test_names_that_no_page_can_show_are_left_out(tmp_path):
    make(tmp_path, "1_a_0.wav")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/2_\xff_0.wav")).write_bytes(b"x")
    assert len(scan(tmp_path)) == 1


def test_a_zip_made_with_backslashes_is_understood(tmp_path):
    path = make_zip(tmp_path / "a.zip", "mine\\recordings\\7_a_0.wav")
    (recording,) = scan(path).recordings
    assert (recording.digit, recording.speaker) == (7, "a")
    assert bytes_of(recording) == b"x"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_in_a_zip_counts_once(tmp_path):
    assert len(scan(make_zip(tmp_path / "a.zip", "7_a_0.wav", "7_a_0.wav"))) == 1


# --- nothing that is understood -------------------------------------------------------------------


def test_a_wrong_folder_says_what_it_found_and_what_is_understood(tmp_path):
    make(tmp_path, "holiday.jpg", "letter.txt")
    with pytest.raises(DataError) as refused:
        scan(tmp_path)
    sentence = str(refused.value)
    assert "holiday.jpg" in sentence
    assert "letter.txt" in sentence
    for layout in LAYOUTS:
        assert layout.label in sentence
        assert layout.example in sentence


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_an_empty_root_says_so(tmp_path, kind):
    root = make_zip(tmp_path / "a.zip") if kind == "zip" else tmp_path
    with pytest.raises(DataError, match="it is empty"):
        scan(root)


@pytest.mark.parametrize("name", ["bed/0c40e715_nohash_0.wav", "noise/fan_synthetic_0.flac"])
def test_words_without_any_digit_are_not_enough(tmp_path, name):
    make(tmp_path, name)
    with pytest.raises(DataError, match="no spoken digits"):
        scan(tmp_path)


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.95])
def test_a_zip_cut_short_is_refused(tmp_path, kept):
    path = make_zip(tmp_path / "a.zip", *FSDD)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(DataError, match="neither a folder nor a complete zip"):
        scan(path)


def test_what_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        scan(tmp_path / "gone")


def test_an_encrypted_zip_is_refused(tmp_path):
    path = make_zip(tmp_path / "a.zip", "7_a_0.wav")
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag "encrypted" in the directory
    path.write_bytes(bytes(data))
    with pytest.raises(DataError, match="encrypted"):
        scan(path)


# --- the official split ---------------------------------------------------------------------------


@pytest.mark.parametrize(("take", "test"), [(0, True), (4, True), (5, False), (49, False)])
def test_takes_0_to_4_are_the_official_test(take, test):
    recording = Recording(7, "theo", take, Path("/x"), "7_theo_0.wav", "seven")
    assert in_official_test(recording) is test


@pytest.mark.fsdd
def test_fsdd_has_6_speakers_10_digits_50_takes_and_300_test_recordings(fsdd_folder):
    catalogue = scan(fsdd_folder)
    assert len(catalogue) == 3000
    assert catalogue.speakers == ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
    assert catalogue.digits == tuple(range(10))
    assert {r.take for r in catalogue.recordings} == set(range(50))
    assert all(r.word == DIGIT_WORDS[r.digit] for r in catalogue.recordings)
    assert len(catalogue.where(in_official_test)) == 300
