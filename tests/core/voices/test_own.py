"""Own voices: what is kept is a data set like any other, whoever else writes at the same time."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from filelock import FileLock

from core.errors import LabError
from core.home import REPOSITORY
from core.learning.splits import split_recordings
from core.sound.audio import load_waveform
from core.sound.datasets import available, open_dataset
from core.sound.layouts import scan
from core.voices import own
from core.voices.called import labels, names_ever, rename_speaker
from core.voices.exchange import export_voices
from core.voices.own import add_speaker, catalogue, find_speaker, keep, speakers, store
from core.voices.trash import delete_speaker, delete_takes, restore


def word(n=3200, seed=0):
    """Return a clip whose samples are exact in 16 bits."""
    return (np.random.default_rng(seed).integers(-9000, 9000, n) / 2**15).astype(np.float32)


def test_a_take_comes_back_as_it_was_under_the_name_of_its_speaker():
    anna = add_speaker("Anna **B** <script>")
    recording = keep(anna.folder, 7, word())
    assert (recording.digit, recording.speaker, recording.take) == (7, anna.folder, 0)
    np.testing.assert_array_equal(load_waveform(recording), word())
    assert keep(anna.folder, 7, word(seed=1)).take == 1
    assert keep(anna.folder, 3, word(seed=2)).take == 0
    assert [s.name for s in speakers()] == ["Anna **B** <script>"]
    assert find_speaker(anna.folder) == anna


def test_own_voices_are_a_data_set_that_is_browsed_and_trained_on_like_any_other():
    folders = [add_speaker(name).folder for name in ("Anna", "李明")]
    for folder in folders:
        for digit in range(10):
            for _ in range(4):
                keep(folder, digit, word(seed=digit))
    (store() / ".trash").mkdir()
    scanned = scan(store())
    assert scanned.recordings == catalogue().recordings == open_dataset(str(store())).recordings
    assert scanned.speakers == tuple(sorted(folders))
    split = split_recordings(scanned.recordings, f"speaker:{folders[0]}", 0.2, 0)
    assert len(split.unseen) == 40


def test_in_the_list_of_data_sets_own_voices_bear_the_names_that_were_typed():
    assert "own" not in available()
    for name in ("Łukasz <b>", "anna"):
        keep(add_speaker(name).folder, 7, word())
    assert "own" in available()
    found = open_dataset("own")
    assert found.speakers == ("anna", "Łukasz <b>")
    assert [r.speaker for r in found.recordings] == ["anna", "Łukasz <b>"]  # in order, as any
    np.testing.assert_array_equal(load_waveform(found.recordings[1]), word())


def test_a_folder_copied_by_hand_is_another_speaker():
    anna = add_speaker("Anna")
    keep(anna.folder, 7, word())
    copy = store() / "anna-abcdef"
    copy.mkdir()
    (copy / "7_anna-abcdef_0.wav").write_bytes(
        (next((store() / anna.folder).glob("7*"))).read_bytes()
    )
    (copy / own.ABOUT).write_bytes(own.about(replace(anna, made=anna.made + 1)))
    assert labels() == {anna.folder: "Anna", "anna-abcdef": "Anna (2)"}


def test_what_was_deleted_is_no_data_set_any_more():
    anna = add_speaker("Anna")
    keep(anna.folder, 7, word())
    deleted = delete_speaker(anna.folder)
    assert "own" not in available()
    restore(deleted.name)
    assert open_dataset("own").speakers == ("Anna",)


def test_a_speaker_is_renamed_and_keeps_every_take():
    anna, ben = add_speaker("Ana"), add_speaker("Ben")
    keep(anna.folder, 7, word())
    assert rename_speaker(anna.folder, " Anna ").name == "Anna"
    assert [(r.speaker, r.take) for r in open_dataset("own").recordings] == [("Anna", 0)]
    assert rename_speaker(anna.folder, "ANNA").name == "ANNA"  # one's own name is free
    with pytest.raises(LabError, match="Somebody else is called ben"):
        rename_speaker(anna.folder, "ben")
    with pytest.raises(LabError, match="no speaker"):
        rename_speaker("../" + ben.folder, "x")


def test_a_name_that_somebody_had_goes_to_nobody_else_and_stays_here():
    """Models that heard them know them by it."""
    anna, ben = add_speaker("Anna"), add_speaker("Ben")
    keep(anna.folder, 7, word())
    rename_speaker(anna.folder, "Anna B.")
    with pytest.raises(LabError, match=r"before.*such as anna \(2\)"):
        add_speaker("anna")
    with pytest.raises(LabError, match="before"):
        rename_speaker(ben.folder, "Anna")
    data = export_voices([anna.folder])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert json.loads(archive.read(f"{anna.folder}/{own.ABOUT}"))["name"] == "Anna B."
        assert b"former" not in archive.read(f"{anna.folder}/{own.ABOUT}")
    assert rename_speaker(anna.folder, "Anna").former == ("Anna B.",)  # back to one's own is free


def test_a_renamed_speaker_is_known_by_every_name_that_they_had():
    anna, ben = add_speaker("Ana"), add_speaker("Ben")
    rename_speaker(anna.folder, "Anna")
    rename_speaker(anna.folder, "Anna")
    rename_speaker(anna.folder, "Anna B.")
    assert find_speaker(anna.folder).former == ("Ana", "Anna")
    assert names_ever() == {"Anna B.": {"Ana", "Anna", "Anna B."}, "Ben": {"Ben"}}
    assert rename_speaker(anna.folder, "Ana").former == ("Anna", "Anna B.")  # one's own is free
    assert find_speaker(ben.folder).former == ()


def test_a_copy_that_was_told_apart_by_a_number_is_known_by_it_once_it_has_a_name():
    anna = add_speaker("Anna")
    (store() / "anna-abcdef").mkdir()
    (store() / "anna-abcdef" / own.ABOUT).write_bytes(own.about(replace(anna, made=anna.made + 1)))
    assert rename_speaker("anna-abcdef", "Bea").former == ("Anna (2)",)


def test_every_change_is_another_version():
    seen = [own.version()]
    anna = add_speaker("Anna")
    seen.append(own.version())
    keep(anna.folder, 7, word())
    seen.append(own.version())
    rename_speaker(anna.folder, "Bea")
    seen.append(own.version())
    delete_takes(catalogue().recordings)
    seen.append(own.version())
    assert len(set(seen)) == 5
    assert own.version() == seen[-1]


def test_without_own_voices_there_is_an_empty_catalogue_and_nothing_is_written(data_folder):
    assert len(catalogue()) == 0
    assert speakers() == ()
    assert list(data_folder.iterdir()) == []


def test_a_name_is_somebodys_only_once():
    add_speaker("Anna")
    with pytest.raises(LabError, match=r"There is a speaker Anna already.*such as ANNA \(2\)"):
        add_speaker("  ANNA ")
    assert len(speakers()) == 1


@pytest.mark.parametrize(
    "folder",
    ["", "..", "../../etc", "anna", "/etc", "CON", "x" * 300, "anna-00000g", "anna-000000"],
)
def test_what_is_no_speaker_here_is_refused_and_no_path(folder):
    assert find_speaker(folder) is None
    with pytest.raises(LabError, match="is not here any more"):
        keep(folder, 1, word())
    assert catalogue().recordings == ()


@pytest.mark.parametrize("n", [0, 399, 20_001])
def test_a_clip_of_no_words_length_is_refused(n):
    anna = add_speaker("Anna")
    with pytest.raises(LabError, match=r"0\.05 to 2\.5 s are kept"):
        keep(anna.folder, 1, np.zeros(n, np.float32))
    assert len(catalogue()) == 0


def test_a_digit_is_0_to_9():
    with pytest.raises(ValueError, match="expected 0 to 9"):
        keep("anna-000000", 10, word())


def test_what_else_lies_in_the_folder_is_no_recording(tmp_path):
    anna = add_speaker("Anna")
    keep(anna.folder, 1, word())
    (store() / "notes.txt").write_text("x")
    (store() / "stranger").mkdir()
    (store() / anna.folder / "2_other-000000_1.wav").write_bytes(b"x")
    (store() / anna.folder / f".3_{anna.folder}_0.wav.tmp").write_bytes(b"x")
    (tmp_path / "secret.wav").write_bytes(b"x")
    (store() / anna.folder / f"4_{anna.folder}_0.wav").symlink_to(tmp_path / "secret.wav")
    assert [r.digit for r in catalogue().recordings] == [1]


WRONG_FORMER = '{"name": "Anna", "made": 0, "former": 3}'


@pytest.mark.parametrize(
    "note", ["", "[]", "{", '{"name": 3}', '{"name": "", "made": 0}', "\0", WRONG_FORMER]
)
def test_a_damaged_note_costs_only_the_name(note):
    anna = add_speaker("Anna")
    keep(anna.folder, 1, word())
    (store() / anna.folder / "speaker.json").write_text(note)
    assert [s.name for s in speakers()] == [anna.folder]
    assert len(catalogue()) == 1


def test_a_folder_that_cannot_be_written_is_a_sentence(data_folder):
    (data_folder / "voices").write_text("in the way")
    with pytest.raises(LabError, match=r"Adding a speaker was not possible: .* SPOKEN_DIGITS_HOME"):
        add_speaker("Anna")
    assert speakers() == ()
    assert len(catalogue()) == 0


def test_a_full_disk_is_a_sentence_and_leaves_nothing(monkeypatch):
    anna = add_speaker("Anna")

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(own, "write_atomically", full)
    with pytest.raises(LabError, match="No space left on device"):
        keep(anna.folder, 1, word())
    assert len(catalogue()) == 0


def test_somebody_elses_long_change_is_waited_for_and_then_told(monkeypatch):
    anna = add_speaker("Anna")
    monkeypatch.setattr(own, "BUSY_SECONDS", 0.1)
    with FileLock(store() / ".lock"), pytest.raises(LabError, match="somebody else"):
        keep(anna.folder, 1, word())
    assert keep(anna.folder, 1, word()).take == 0


KEEPER = """
import os, sys, time, numpy as np
from pathlib import Path
from core.voices.own import keep
os.fsync = lambda descriptor: None
(Path(sys.argv[3]) / sys.argv[2]).touch()
while len(list(Path(sys.argv[3]).iterdir())) < 2:
    time.sleep(0.001)  # both begin together
for n in range(25):
    keep(sys.argv[1], 5, np.full(800, (int(sys.argv[2]) * 100 + n) / 2**15, np.float32))
"""


def test_two_processes_keep_takes_of_one_speaker_and_none_is_lost(tmp_path):
    anna = add_speaker("Anna")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", KEEPER, anna.folder, str(k), str(tmp_path)], cwd=REPOSITORY
        )
        for k in (1, 2)
    ]
    assert [p.wait() for p in started] == [0, 0]
    found = catalogue().recordings
    assert [r.take for r in found] == list(range(50))
    values = sorted(round(float(load_waveform(r)[0]) * 2**15) for r in found)
    assert values == [*range(100, 125), *range(200, 225)]


KILLED = """
import os, sys, numpy as np
from pathlib import Path
from core.voices.own import keep
Path.replace = lambda *a: os.kill(os.getpid(), 9)  # the last step of an atomic write
keep(sys.argv[1], 5, np.ones(800, np.float32))
"""


def test_a_process_killed_while_it_keeps_a_take_leaves_the_old_state():
    anna = add_speaker("Anna")
    keep(anna.folder, 5, word())
    run = subprocess.run([sys.executable, "-c", KILLED, anna.folder], cwd=REPOSITORY, check=False)
    assert run.returncode == -9
    assert [r.take for r in catalogue().recordings] == [0]
    assert scan(store()).recordings == catalogue().recordings
    assert keep(anna.folder, 5, word()).take == 1


def test_the_note_says_what_was_typed():
    anna = add_speaker("Anna 🎤")
    note = json.loads((store() / anna.folder / "speaker.json").read_text("utf-8"))
    assert note == {"name": "Anna 🎤", "made": anna.made}
