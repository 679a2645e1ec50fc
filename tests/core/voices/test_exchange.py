"""Export and import: what goes out comes back the same, and nothing is ever half there."""

import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import soundfile as sf

from core.errors import AudioError, DataError, LabError
from core.home import REPOSITORY
from core.sound.audio import load_waveform, write_wav
from core.sound.layouts import scan
from core.voices import arrivals, exchange
from core.voices.exchange import export_voices, import_voices
from core.voices.own import add_speaker, catalogue, keep, speakers, store
from core.voices.trash import delete_speaker, restore


def word(seed=0, n=1600):
    return (np.random.default_rng(seed).integers(-9000, 9000, n) / 2**15).astype(np.float32)


def zipped(*members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def somebody(name, digits=(0, 7), seed=0):
    speaker = add_speaker(name)
    for digit in digits:
        keep(speaker.folder, digit, word(seed + digit))
    return speaker


def elsewhere(monkeypatch, tmp_path, name="elsewhere"):
    """Go on with another data folder, as on another computer."""
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / name))


def waveforms():
    return {
        (r.digit, r.take, r.speaker): load_waveform(r).tobytes() for r in catalogue().recordings
    }


def test_voices_come_back_the_same_on_another_computer(monkeypatch, tmp_path):
    somebody("Anna 🎤 <b>")
    somebody("李明", seed=50)
    before, names = waveforms(), [s.name for s in speakers()]
    data = export_voices()
    elsewhere(monkeypatch, tmp_path)
    counts = []
    imported = import_voices(data, counts.append)
    assert imported.n_clips == 4
    assert counts == [1, 2, 3, 4]
    assert waveforms() == before
    assert [s.name for s in speakers()] == names == sorted(s.name for s in imported.speakers)
    assert export_voices() is not None


def test_an_export_is_a_data_set_by_itself(tmp_path):
    anna = somebody("Anna")
    (tmp_path / "class.zip").write_bytes(export_voices())
    assert [(r.digit, r.speaker) for r in scan(tmp_path / "class.zip").recordings] == [
        (0, anna.folder),
        (7, anna.folder),
    ]


def test_one_speaker_can_be_exported_alone():
    anna, _ = somebody("Anna"), somebody("Bo", seed=50)
    names = zipfile.ZipFile(io.BytesIO(export_voices([anna.folder, "../.."]))).namelist()
    assert {name.split("/")[0] for name in names} == {anna.folder}
    with pytest.raises(LabError, match="no own recording"):
        export_voices([])


def test_a_class_of_thirty_becomes_one_data_set(monkeypatch, tmp_path):
    zips = []
    for n in range(30):
        elsewhere(monkeypatch, tmp_path, f"pupil {n}")
        somebody(("Anna", "Bo", f"Pupil {n}")[n % 3], digits=(n % 10,), seed=n)
        zips.append(export_voices())
    elsewhere(monkeypatch, tmp_path, "teacher")
    for data in zips:
        import_voices(data)
    assert len(speakers()) == len(catalogue()) == len({s.name for s in speakers()}) == 30
    assert {"Anna", "Anna (2)", "Anna (10)", "Bo (10)", "Pupil 29"} <= {s.name for s in speakers()}


def test_the_same_zip_twice_adds_nothing():
    somebody("Anna")
    data = export_voices()
    again = import_voices(data)
    assert again == exchange.Imported((), 0, ("Anna",))
    assert len(catalogue()) == 2


def test_who_is_called_like_somebody_here_becomes_a_new_speaker(monkeypatch, tmp_path):
    somebody("Anna", seed=9)
    data = export_voices()
    elsewhere(monkeypatch, tmp_path)
    anna = somebody("Anna")
    before = {k: v for k, v in waveforms().items() if k[2] == anna.folder}
    (other,) = import_voices(data).speakers
    assert other.name == "Anna (2)"
    assert {k: v for k, v in waveforms().items() if k[2] == anna.folder} == before
    assert len(catalogue()) == 4


def test_a_folder_that_is_here_or_in_the_trash_is_not_used_again():
    anna = somebody("Anna")
    data = export_voices()
    extra = zipped(
        (f"{anna.folder}/speaker.json", json.dumps({"name": "Eve", "made": 0})),
        (f"{anna.folder}/1_{anna.folder}_0.wav", write_wav(word(3))),
    )
    (eve,) = import_voices(extra).speakers
    assert eve.folder != anna.folder
    deleted = delete_speaker(anna.folder)
    (again,) = import_voices(data).speakers
    assert again.folder != anna.folder
    restore(deleted.name)
    assert [s.name for s in speakers()] == ["Anna", "Anna (2)", "Eve"]
    assert len(catalogue()) == 5


def test_recordings_named_as_fsdd_names_them_are_imported_without_notes():
    flac = io.BytesIO()
    sf.write(flac, np.repeat(word(), 6), 48000, format="FLAC")
    imported = import_voices(
        zipped(
            ("set/recordings/7_**x** <script>_3.wav", write_wav(word(1))),
            ("set/recordings/7_jackson_1.wav", write_wav(word(2))),
            ("set/recordings/7_jackson_01.FLAC", flac.getvalue()),
            ("set/other/3_jackson_0.wav", write_wav(word(3))),
            ("set/README.md", "about"),
            ("__MACOSX/set/recordings/7_jackson_1.wav", b"shadow"),
            ("set/.DS_Store", b"shadow"),
            ("inner.zip", zipped(("1_a_0.wav", b"x"))),
        )
    )
    assert [s.name for s in imported.speakers] == ["**x** <script>", "jackson"]
    found = sorted((r.digit, r.take) for r in catalogue().recordings)
    assert found == [(3, 0), (7, 1), (7, 2), (7, 3)]


TYPED = ["**x** <script>", "../../etc", "CON", "🎤", "x" * 300, "", "a\nb\0\u202e", "01", "digits"]


@pytest.mark.parametrize("name", TYPED)
def test_a_name_in_a_note_is_shown_and_never_a_path(name, data_folder):
    note = json.dumps({"name": name, "made": 0})
    clip = ("folder/7_voice_0.wav", write_wav(word()))
    (speaker,) = import_voices(zipped(("folder/speaker.json", note), clip)).speakers
    assert 0 < len(speaker.name) <= 60
    assert speaker.name.isprintable()
    assert speakers() == (speaker,)
    assert {p.name for p in data_folder.iterdir()} == {"voices"}
    assert {p.name for p in store().iterdir()} == {".lock", speaker.folder}


@pytest.mark.parametrize(
    "note", [b"", b"\xff", b"[" * 100_000, b'{"name": {}}', b"3", b'{"made": 1}']
)
def test_a_damaged_note_costs_only_the_name(note):
    files = ("f/speaker.json", note + bytes(np.random.default_rng(0).bytes(2000))), (
        "f/7_bo_0.wav", write_wav(word()),
    )  # fmt: skip
    assert len(import_voices(zipped(*files)).speakers) == 1


def bad_clips():
    flac = io.BytesIO()
    sf.write(flac, np.zeros(3600 * 8000, np.int16), 8000, format="FLAC")
    nan = io.BytesIO()
    sf.write(nan, np.full(800, np.nan, np.float32), 8000, format="WAV", subtype="FLOAT")
    return {
        "an hour in a FLAC": (flac.getvalue(), AudioError, "at most 20 s"),
        "NaN": (nan.getvalue(), AudioError, "not numbers"),
        "no recording": (b"x" * 999, AudioError, "is no recording"),
        "a sentence": (write_wav(word(n=40_000)), AudioError, r"5\.00 s long; a take is one word"),
        "nothing": (write_wav(word(n=100)), AudioError, r"0\.01 s long"),
        "a zip": (zipped(("1_a_0.wav", b"x")), AudioError, "a zip archive"),
    }


@pytest.mark.parametrize("kind", bad_clips())
def test_one_bad_clip_refuses_the_whole_zip_and_names_it(kind):
    content, error, words = bad_clips()[kind]
    somebody("Anna")
    before = waveforms()
    good = [(f"{d}_bo_0.wav", write_wav(word(d))) for d in range(5)]
    with pytest.raises(error, match=words) as raised:
        import_voices(zipped(*good, ("9_zoe_0.wav", content)))
    assert "9_zoe_0.wav" in str(raised.value)
    assert waveforms() == before
    assert len(speakers()) == 1


def test_a_zip_that_is_refused_late_leaves_nothing():
    data = bytearray(zipped(*((f"{d}_bo_0.wav", write_wav(word(d))) for d in range(3))))
    data[data.rindex(b"PK\3\4") + 200] ^= 1  # in the last file's content
    with pytest.raises(LabError):
        import_voices(bytes(data))
    assert speakers() == ()


def test_a_zip_without_recordings_is_a_sentence():
    for data in (
        zipped(),
        zipped(("a.txt", b"x")),
        zipped(("inner.zip", zipped(("1_a_0.wav", b"x")))),
    ):
        with pytest.raises(DataError, match="holds no recording named"):
            import_voices(data)


KILLED = """
import os, sys
from pathlib import Path
from core.voices.exchange import import_voices
os.fsync = os.sync = lambda *ignored: None  # they take seconds, and nobody pulls the plug here
rename, calls = Path.rename, []
def killed(self, target):
    calls.append(target)
    if len(calls) == int(sys.argv[2]):
        os.kill(os.getpid(), 9)
    return rename(self, target)
Path.rename = killed
import_voices(Path(sys.argv[1]).read_bytes())
"""


@pytest.mark.parametrize(("step", "arrives"), [(1, False), (2, True), (3, True), (4, True)])
def test_a_process_killed_in_an_import_leaves_the_old_state_or_the_new(tmp_path, step, arrives):
    anna = somebody("Anna")
    (tmp_path / "a.zip").write_bytes(
        zipped(
            *(
                (f"{d}_{who}_0.wav", write_wav(word(d)))
                for who in ("bo", "cy", "di")
                for d in (1, 2)
            )
        )
    )
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "a.zip"), str(step)],
        cwd=REPOSITORY,
        check=False,
    )
    assert run.returncode == -9
    assert len(catalogue()) == (8 if arrives else 2)
    assert len(speakers()) == (4 if arrives else 1)
    keep(anna.folder, 1, word())  # the next change clears away what was prepared
    assert all(p.name in (".lock", *(s.folder for s in speakers())) for p in store().iterdir())


def test_a_full_disk_leaves_the_old_state(monkeypatch, tmp_path):
    somebody("Anna")
    before = {p.name for p in store().iterdir()}

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(arrivals.os, "fsync", full)
    with pytest.raises(LabError, match=r"The import was not possible.*No space left"):
        import_voices(zipped(*((f"{d}_bo_0.wav", write_wav(word(d))) for d in (1, 2))))
    assert {p.name for p in store().iterdir()} == before


def test_an_export_that_could_not_be_imported_again_is_refused(monkeypatch):
    somebody("Anna")
    monkeypatch.setattr(exchange, "MAX_ZIP_BYTES", 2000)
    with pytest.raises(LabError, match="2 takes make a zip of 0 MB"):
        export_voices()
