"""Your voice: a session, uploads good and bad, deleting with a way back, and zips."""

import io
import time
import zipfile

import numpy as np
import pytest

from core.sound.audio import load_waveform, write_wav
from core.sound.datasets import open_dataset
from core.voices import own
from core.voices.exchange import export_voices
from core.voices.own import add_speaker, catalogue, keep, speakers
from core.voices.trash import delete_speaker, deleted
from pages.shared import cached
from pages.voice_taking import passing_on, uploading

AUDIO = "audio/wav"


@pytest.fixture(scope="module")
def spoken() -> dict[int, bytes]:
    """One take of each digit with quiet around it, as a browser records it."""
    found = {}
    for r in open_dataset("synthetic").recordings:
        if r.speaker == "judy-us" and r.take == 0 and r.digit is not None:
            noise = np.random.default_rng(r.digit).standard_normal((2, 4000)) * 1e-3
            y = np.concatenate([noise[0], load_waveform(r), noise[1]])
            found[r.digit] = write_wav(y.astype(np.float32))
    return found


def press(app, key: str):
    """Press a button and let the page draw itself again."""
    return app.button(key=key).click().run()


def introduce(app, name: str):
    """Say a name in the form for somebody new, and send it."""
    app.text_input(key="new-name").set_value(name)
    next(b for b in app.button if b.label == "Begin").click()
    return app.run()


def record(app, data: bytes):
    """Record something."""
    app.audio_input[0].set_value(("audio.wav", data, AUDIO))
    return app.run()


def upload(app, *files: tuple[str, bytes]):
    """Upload files."""
    app.file_uploader[0].set_value([(name, data, AUDIO) for name, data in files])
    return app.run()


def asked(app) -> int:
    """Return the digit that the page asks for."""
    (prompt,) = [str(h.value) for h in app.get("html") if "Say:" in str(h.value)]
    return int(prompt.partition("</b> (")[2][0])


def word(seed=0, n=3200):
    return (np.random.default_rng(seed).integers(-9000, 9000, n) / 2**15).astype(np.float32)


def somebody(name: str, digits=(0, 7), takes=1):
    speaker = add_speaker(name)
    for digit in digits:
        for take in range(takes):
            keep(speaker.folder, digit, word(100 * digit + take))
    return speaker


def zipped(*members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_session_asks_for_every_digit_and_keeps_what_the_speaker_likes(
    open_page, whole, words_on, spoken
):
    app = introduce(open_page("voices"), "Anna")
    app.select_slider(key="takes").set_value(1).run()
    said = []
    for i in range(10):
        said.append(asked(app))
        assert f"{i} of 10 takes" in [p.proto.text for p in app.get("progress")]
        app = record(app, spoken[said[-1]])
        whole(app)
        assert "A good take" in words_on(app)
        app = press(app, "keep")
    whole(app)
    assert sorted(said) == [*range(10)]
    assert "Anna has said every digit: 10 takes" in words_on(app)
    (anna,) = speakers()
    assert [(r.digit, r.speaker, r.take) for r in catalogue().recordings] == [
        (digit, anna.folder, 0) for digit in range(10)
    ]


def test_after_a_reload_the_session_goes_on_where_it_was(open_page, spoken):
    app = introduce(open_page("voices"), "Anna")
    first = asked(app)
    press(record(app, spoken[first]), "keep")
    app = open_page("voices")
    (anna,) = speakers()
    app.selectbox(key="who").set_value(anna.folder).run()
    assert "1 of 30 takes" in [p.proto.text for p in app.get("progress")]
    assert asked(app) != first


def test_a_take_kept_by_mistake_is_taken_back_and_asked_for_again(open_page, words_on, spoken):
    app = introduce(open_page("voices"), "Anna")
    digit = asked(app)
    app = press(record(app, spoken[digit]), "keep")
    assert f"Kept “{digit}” by Anna" in words_on(app)
    app = press(app, "take-back")
    assert len(catalogue()) == 0
    assert asked(app) == digit
    assert len(deleted()) == 1


def test_saying_it_again_keeps_nothing_and_asks_for_the_same(open_page, spoken):
    app = introduce(open_page("voices"), "Anna")
    digit = asked(app)
    app = press(record(app, spoken[digit]), "again")
    assert asked(app) == digit
    assert len(catalogue()) == 0


def test_a_digit_can_be_skipped_and_another_be_chosen(open_page, whole):
    app = introduce(open_page("voices"), "Anna")
    digit = asked(app)
    app = press(app, "skip")
    assert asked(app) != digit
    app.get_by_key("say").set_value(digit).run()
    whole(app)
    assert asked(app) == digit


def two_words(spoken):
    first, second = (
        np.frombuffer(spoken[d][44:], "<i2").astype(np.float32) / 2**15 for d in (3, 7)
    )
    return write_wav(np.concatenate([first, second]))


def test_two_words_are_no_take_and_it_says_so(open_page, whole, words_on, spoken):
    app = record(introduce(open_page("voices"), "Anna"), two_words(spoken))
    whole(app)
    assert "2 words were heard" in words_on(app)
    assert "A good take" not in words_on(app)


def quiet(data: bytes) -> bytes:
    y = np.frombuffer(data[44:], "<i2").astype(np.float32) / 2**15
    return write_wav(0.004 * y / np.abs(y).max())


def test_a_word_too_quiet_is_told_and_may_be_kept_all_the_same(open_page, words_on, spoken):
    app = introduce(open_page("voices"), "Anna")
    app = record(app, quiet(spoken[asked(app)]))
    assert "too quiet" in words_on(app)
    assert app.button(key="keep").label == "Keep it all the same"
    press(app, "keep")
    assert len(catalogue()) == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"RIFF" + bytes(300), bytes(44), write_wav(np.zeros(8000, np.float32))],
)
def test_a_recording_of_nothing_is_a_sentence_and_cannot_be_kept(open_page, whole, words_on, data):
    app = record(introduce(open_page("voices"), "Anna"), data)
    whole(app)
    assert [w.value for w in app.warning]
    assert "keep" not in [b.key for b in app.button]
    assert "A good take" not in words_on(app)


@pytest.mark.parametrize(
    "name",
    [
        "<b>x</b>",
        "../x",
        "🎤👩‍👩‍👧",
        "**bold** [x](http://a.b)",
        "李明",
        "$x^2$ :red[x]",
        "CON",
        "O'Neil",
    ],
)
def test_whatever_a_speaker_is_called_is_shown_as_it_was_typed(
    open_page, whole, words_on, spoken, name, data_folder
):
    app = introduce(open_page("voices"), name)
    app = press(record(app, spoken[asked(app)]), "keep")
    whole(app)
    (speaker,) = speakers()
    assert speaker.name == name
    for view in ("Upload", "Who is here", "Pass on"):
        app.get_by_key("do").set_value(view).run()
        whole(app)
    assert {p.name for p in data_folder.iterdir()} == {"voices"}
    assert all(own.FOLDER_NAME.fullmatch(p.name) for p in own.folders_in(own.store()))
    assert len(own.folders_in(own.store())) == 1


@pytest.mark.parametrize("name", ["", "   ", "\u202e\u200b", "x" * 200])
def test_a_name_that_cannot_be_kept_is_a_sentence(open_page, whole, words_on, name):
    app = introduce(open_page("voices"), name)
    whole(app)
    assert words_on(app).count("This did not work") == 1
    assert speakers() == ()


def test_a_name_that_is_taken_says_what_to_do(open_page, words_on):
    somebody("Anna")
    app = introduce(open_page("voices"), "ANNA")
    assert "If that is you, add to it" in words_on(app)
    assert len(speakers()) == 1


def to_upload(open_page, name="Anna"):
    app = introduce(open_page("voices"), name)
    return app.get_by_key("do").set_value("Upload").run()


def test_uploads_whose_names_say_the_digit_are_kept_at_once(open_page, whole, words_on, spoken):
    app = to_upload(open_page)
    app = upload(app, *[(f"{d}_phone_0.wav", spoken[d]) for d in (3, 7)], ("six.wav", spoken[6]))
    whole(app)
    assert "Clips that wait: 3." in words_on(app)
    assert "say what was said: 3." in words_on(app)
    app = press(app, "keep-all")
    assert [r.digit for r in catalogue().recordings] == [3, 6, 7]
    assert "Clips that wait" not in words_on(app)


def test_an_upload_of_unknown_content_is_kept_only_once_its_digit_is_said(open_page, spoken):
    app = upload(to_upload(open_page), ("voice memo.wav", spoken[5]))
    assert app.button(key="keep").disabled
    (said,) = [p for p in app.get("button_group") if "What was said" in p.label]
    said.set_value(5).run()
    assert not app.button(key="keep").disabled
    press(app, "keep")
    assert [r.digit for r in catalogue().recordings] == [5]


def test_a_zip_of_clips_is_taken_apart(open_page, words_on, spoken):
    data = zipped(("a/seven.wav", spoken[7]), ("a/eight.wav", spoken[8]), ("a/notes.txt", b"x"))
    app = upload(to_upload(open_page), ("mine.zip", data))
    assert "Clips that wait: 2." in words_on(app)
    app = press(app, "discard")
    assert "Clips that wait: 1." in words_on(app)
    press(app, "discard-all")
    assert len(catalogue()) == 0


def test_bad_uploads_are_sentences_and_the_good_ones_wait(open_page, whole, words_on, spoken):
    app = to_upload(open_page)
    app = upload(
        app,
        ("noise.wav", b"\x00\x01" * 300),
        ("<b>bold</b>.wav", b"RIFF" + bytes(100)),
        ("../../evil.zip", zipped(("../7.wav", spoken[7]))),
        ("7.wav", spoken[7]),
    )
    whole(app)
    assert len(app.warning) == 3
    assert "leads out of it" in words_on(app)
    assert "Clips that wait: 1." in words_on(app)


def test_what_is_beyond_the_clips_that_may_wait_is_told(open_page, words_on, spoken, monkeypatch):
    monkeypatch.setattr(uploading, "MOST_CLIPS", 2)
    app = upload(to_upload(open_page), ("7.wav", spoken[7]), ("8.wav", spoken[8]))
    assert not app.warning
    app = upload(app, ("seven.wav", spoken[7]))
    assert "Clips that wait: 2." in words_on(app)
    assert "1 more were not taken" in words_on(app).replace("\\", "")
    assert "seven.wav" in words_on(app).replace("\\", "")


def test_a_take_is_deleted_and_brought_back(open_page, whole, words_on):
    somebody("Anna", digits=(7,), takes=2)
    app = open_page("voices", do="Who is here")
    takes = [b.key for b in app.button if b.label == "Delete"]
    assert len(takes) == 2
    app = press(app, takes[0])
    whole(app)
    assert "Deleted: Anna, 1 take" in words_on(app)
    assert len(catalogue()) == 1
    app = press(app, "undo-delete")
    assert len(catalogue()) == 2


def test_a_speaker_is_deleted_and_brought_back(open_page, words_on):
    anna = somebody("Anna")
    somebody("Ben")
    app = open_page("voices", do="Who is here")
    app = press(app, f"delete-{anna.folder}")
    assert [s.name for s in speakers()] == ["Ben"]
    assert "Deleted: Anna, 2 takes" in words_on(app)
    app = press(app, f"restore-{deleted()[0].name}")
    assert [s.name for s in speakers()] == ["Anna", "Ben"]


def test_what_is_erased_is_gone_for_good(open_page, whole, data_folder):
    anna = somebody("Anna")
    app = press(open_page("voices", do="Who is here"), f"delete-{anna.folder}")
    app = press(app, f"erase-{deleted()[0].name}")
    whole(app)
    assert deleted() == ()
    assert not list(data_folder.glob("voices/**/*.wav"))


def test_a_new_take_under_an_erased_ones_number_is_what_is_heard(open_page):
    anna = somebody("Anna", digits=(7,))
    before = cached.wav(catalogue().recordings[0])
    app = press(
        open_page("voices", do="Who is here"), f"delete-{anna.folder}/7_{anna.folder}_0.wav"
    )
    press(app, f"erase-{deleted()[0].name}")
    again = keep(anna.folder, 7, word(seed=5))
    assert cached.wav(again) == write_wav(load_waveform(again)) != before


def test_a_speaker_is_renamed(open_page, whole):
    anna = somebody("Ana")
    app = open_page("voices", do="Who is here")
    app.text_input(key=f"name-{anna.folder}").set_value("Anna <3")
    next(b for b in app.button if b.label == "Rename").click()
    whole(app.run())
    assert [s.name for s in speakers()] == ["Anna <3"]


def test_many_takes_are_drawn_ten_at_a_time(open_page, whole):
    somebody("Anna", digits=(7,), takes=23)
    app = open_page("voices", do="Who is here")
    whole(app)
    assert len([b for b in app.button if b.label == "Delete"]) == 10


def test_the_export_holds_the_chosen_speakers(open_page, whole, monkeypatch):
    anna, ben = somebody("Anna"), somebody("Ben")
    packed = []

    def export(who):
        packed.append(export_voices(who))
        return packed[-1]

    monkeypatch.setattr(passing_on, "export_voices", export)
    app = open_page("voices", do="Pass on")
    app.toggle(key="export-everybody").set_value(False).run()
    app.multiselect(key="export-who").set_value([anna.folder]).run()
    whole(press(app, "export-prepare"))
    folders = {n.partition("/")[0] for n in zipfile.ZipFile(io.BytesIO(packed[0])).namelist()}
    assert folders == {anna.folder}
    assert len(app.get("download_button")) == 1
    app.toggle(key="export-everybody").set_value(True).run()
    whole(press(app, "export-prepare"))
    folders = {n.partition("/")[0] for n in zipfile.ZipFile(io.BytesIO(packed[1])).namelist()}
    assert folders == {anna.folder, ben.folder}


def test_a_chosen_speaker_who_is_deleted_meanwhile_leaves_no_export_of_everybody(open_page):
    somebody("Anna")
    ben = somebody("Ben")
    app = open_page("voices", do="Pass on")
    app.toggle(key="export-everybody").set_value(False).run()
    app.multiselect(key="export-who").set_value([ben.folder]).run()
    delete_speaker(ben.folder)  # in another tab
    app.run()
    assert app.button(key="export-prepare").disabled
    assert not app.get("download_button")


def import_zip(app, data: bytes):
    """Import a zip and wait until the background work is done."""
    app.file_uploader[-1].set_value(("class.zip", data, "application/zip"))
    app.run()
    key = app.session_state["visitor"].taking.imported
    for _ in range(600):
        if not cached.imports().state(key).is_active:
            break
        time.sleep(0.05)
    return app.run()


def test_a_class_merges_its_zips_and_conflicts_are_told(
    open_page, whole, words_on, monkeypatch, tmp_path
):
    for name in ("Anna", "李明"):
        somebody(name)
    data = export_voices()
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / "elsewhere"))
    somebody("Anna", digits=(1, 2, 3))
    app = import_zip(open_page("voices", do="Pass on"), data)
    whole(app)
    text = words_on(app)
    assert "4 takes by 2 speakers are new" in text
    assert "Anna was here already with other takes; the new one is called Anna \\(2\\)" in text
    assert [s.name for s in speakers()] == ["Anna", "Anna (2)", "李明"]
    app = import_zip(app, data)
    assert "李明 was here already" in words_on(app)


@pytest.mark.parametrize(
    "data",
    [
        b"PK",
        b"hello",
        zipped(("../7_anna_0.wav", b"x")),
        zipped(("7_anna_0.wav", b"no sound")),
        zipped(("readme.txt", b"x")),
        zipped(("7_anna_0.wav", bytes(3 * 2**20))),
    ],
)
def test_a_zip_that_is_refused_changes_nothing_and_says_why(open_page, whole, words_on, data):
    app = import_zip(open_page("voices", do="Pass on"), data)
    whole(app)
    assert words_on(app).count("This did not work") == 1
    assert speakers() == ()


def test_nobody_here_is_told_in_every_view(open_page, whole, words_on):
    for view in ("Record", "Upload", "Who is here", "Pass on"):
        app = open_page("voices", do=view)
        whole(app)
        assert "Nothing leaves that folder unless you export it" in words_on(app)
    assert "Nobody is here yet" in words_on(app)
