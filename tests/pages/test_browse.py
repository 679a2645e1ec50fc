"""Browse: every digit, speaker and picture; the visitor's own folder; what is offered."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from core.sound.datasets import open_dataset
from core.sound.spectrograms import SPECTROGRAMS
from pages.shared import cached

PLOTS = "plotly_chart"


def choose(app, key: str, value):
    """Choose something in a widget and let the page draw itself again."""
    return app.get_by_key(key).set_value(value).run()


def use_folder(app, path: Path | str):
    """Type a path and press the button beside it."""
    app.text_input(key="own-path").set_value(str(path)).run()
    return app.button(key="use-path").click().run()


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_can_be_looked_at(open_page, whole, words_on, digit):
    app = choose(open_page("browse", view="Clip"), "digit", digit)
    whole(app)
    assert f"“{digit}” by " in words_on(app)
    assert len(app.get("bidi_component")) == 1


def test_every_speaker_and_take_can_be_looked_at(open_page, whole, words_on):
    app = open_page("browse", view="Clip")
    speakers = {r.speaker for r in open_dataset("synthetic").recordings if r.digit == 0}
    assert set(app.selectbox(key="speaker").options) == speakers
    for speaker in sorted(speakers)[::3]:
        app.selectbox(key="speaker").set_value(speaker).run()
        for take in app.selectbox(key="take").options[:2]:
            app.selectbox(key="take").select(take).run()
            whole(app)
            assert f"by {speaker}, take {take}" in words_on(app)


@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_every_kind_of_picture_can_be_drawn(open_page, whole, words_on, kind):
    app = choose(open_page("browse", view="Clip"), "kind", kind)
    whole(app)
    assert SPECTROGRAMS[kind].summary in words_on(app)
    assert len(app.get("bidi_component")) == 1


def test_every_colour_map_can_be_drawn(open_page, whole):
    app = open_page("browse", view="Clip")
    for colours in app.selectbox(key="colours").options:
        whole(app.selectbox(key="colours").select(colours).run())


def test_an_address_names_a_recording(open_page, words_on):
    app = open_page("browse", view="Clip")
    speaker, take = app.selectbox(key="speaker").options[3], app.selectbox(key="take").options[1]
    app = open_page("browse", view="Clip", digit="7", speaker=speaker, take=take)
    assert f"“7” by {speaker}, take {take}" in words_on(app)


@pytest.mark.parametrize("name", ["digit", "speaker", "take"])
@pytest.mark.parametrize("value", ["", "11", "-1", "nobody", "7; DROP TABLE", "é" * 3000])
def test_an_address_that_names_nothing_still_shows_a_recording(open_page, words_on, name, value):
    app = open_page("browse", view="Clip", **{name: value})
    assert "by " in words_on(app)


def test_without_fsdd_the_voices_are_called_synthetic_and_the_real_ones_offered(
    open_page, words_on
):
    app = open_page("browse", view="Clip")
    text = words_on(app)
    assert "synthetic" in text.lower()
    assert "Free Spoken Digit Dataset" in text
    assert "CC BY-SA 4.0" in text
    assert app.button(key="download-fsdd")


def test_with_fsdd_it_is_not_offered_again(open_page, words_on, make_recordings, monkeypatch):
    monkeypatch.setenv("SPOKEN_DIGITS_FSDD", str(make_recordings()))
    app = open_page("browse", view="Clip")
    assert "These voices are synthetic" not in words_on(app)
    assert "download-fsdd" not in [b.key for b in app.button]


@pytest.mark.parametrize(
    "path",
    ["/nowhere/at/all", "7", "~nobody-here/x", "x" * 5000, "\0", "../nowhere", "https://a.b/c"],
)
def test_a_wrong_folder_is_one_sentence_and_changes_nothing(open_page, whole, words_on, path):
    app = use_folder(open_page("browse", view="Clip"), path)
    whole(app)
    assert words_on(app).count("This did not work") == 1
    assert app.session_state["visitor"].dataset is None
    assert "by " in words_on(app)  # what was there is still there


def test_a_folder_without_recordings_is_one_sentence(open_page, whole, words_on, tmp_path):
    (tmp_path / "holiday.txt").write_text("nothing to hear")
    app = use_folder(open_page("browse", view="Clip"), tmp_path)
    whole(app)
    assert words_on(app).count("This did not work") == 1


def test_a_right_folder_is_used(open_page, whole, words_on, make_recordings):
    app = use_folder(open_page("browse", view="Clip"), make_recordings())
    whole(app)
    assert app.selectbox(key="speaker").options == ["george", "jackson"]
    assert "by george, take 0" in words_on(app)
    assert "40 recordings by 2 speakers" in words_on(app)


def test_a_zip_is_used_without_unpacking(open_page, whole, words_on, make_recordings, tmp_path):
    folder = make_recordings(("ada",), takes=1)
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"any/depth/{file.name}")
    app = use_folder(open_page("browse", view="Clip"), tmp_path / "mine.zip")
    whole(app)
    assert "by ada, take 0" in words_on(app)


def test_a_folder_that_vanishes_is_one_sentence(open_page, whole, words_on, make_recordings):
    folder = make_recordings()
    app = use_folder(open_page("browse", view="Clip"), folder)
    folder.rename(folder.with_name("elsewhere"))
    app.run()
    whole(app)
    assert words_on(app).count("This did not work") == 1


def test_one_damaged_recording_is_one_sentence(open_page, whole, words_on, make_recordings):
    folder = make_recordings()
    (folder / "0_george_0.wav").write_bytes(b"this is no sound")
    app = use_folder(open_page("browse", view="Clip"), folder)
    whole(app)
    assert words_on(app).count("This did not work") == 1
    app.selectbox(key="take").select("1").run()
    whole(app)
    assert "This did not work" not in words_on(app)


def test_a_name_is_shown_literally(open_page, whole, tmp_path):
    name = "**x** <script>alert(1)</script> :red[y] $z$".replace("/", "∕")
    silence = [0.1, -0.1] * 2000
    for take in range(2):
        soundfile.write(tmp_path / f"3_{name}_{take}.wav", silence, 8000)
    app = use_folder(open_page("browse", view="Clip"), tmp_path)
    whole(app)
    assert name in app.selectbox(key="speaker").options
    assert f"“3” by {name}, take 0" in [t.value for t in app.text]
    for kind in ("markdown", "caption", "html", "error", "warning", "info"):
        assert not any("<script>" in e.value for e in app.get(kind))


def test_the_download_is_begun_by_the_button_and_watched(open_page, whole, words_on, monkeypatch):
    from core.sound.downloads import DownloadState

    class Fake:
        state = DownloadState()

        def start(self):
            self.state = DownloadState("running", 3_200_000, None)

    fake = Fake()
    monkeypatch.setattr(cached, "download", lambda: fake)
    app = open_page("browse", view="Clip")
    app.button(key="download-fsdd").click().run()
    whole(app)
    assert fake.state.stage == "running"
    assert "3.2 MB" in words_on(app)
    fake.state = DownloadState("failed", problem="There is no internet here. Try again later.")
    app.run()
    whole(app)
    assert "There is no internet here. Try again later." in words_on(app)
    assert app.button(key="download-fsdd")


@pytest.mark.parametrize("view", ["Set", "Picture", "Change", "Compare", "Find"])
def test_every_view_is_drawn_whole(open_page, whole, view):
    whole(open_page("browse", view=view).run())


@pytest.mark.parametrize("way", ["pinned", "ten", "seven", "means", "travel"])
def test_every_comparison_is_drawn_whole(open_page, whole, way):
    app = open_page("browse", view="Compare")
    whole(choose(app, "compare-way", way))


@pytest.mark.parametrize("way", ["measures", "map", "export"])
def test_every_way_of_finding_is_drawn_whole(open_page, whole, way):
    app = open_page("browse", view="Find")
    whole(choose(app, "find-way", way))


def test_any_two_clips_are_pinned_and_compared(open_page, whole, words_on):
    app = open_page("browse", view="Clip", digit="3")
    app.button(key="pin").click().run()
    choose(app, "digit", 8)
    app.button(key="pin").click().run()
    assert app.button(key="pin").label == "Unpin (2 pinned)"
    choose(app, "view", "Compare")
    choose(app, "compare-way", "pinned")
    whole(app)
    assert "How far apart?" in words_on(app)
    assert len(app.get("audio")) == 2
    app.button(key="unpin").click().run()
    whole(app)
    assert "Pin two to six clips" in words_on(app)


def test_a_pinned_clip_that_has_gone_leaves_the_others(open_page, whole, words_on, tmp_path):
    app = open_page("browse", view="Clip", digit="3")
    pinned = app.session_state["visitor"].pinned
    for digit in (3, 8, 5):
        choose(app, "digit", digit)
        app.button(key="pin").click().run()
    pinned[0] = replace(pinned[0], root=tmp_path, name="3_gone_0.wav")
    choose(app, "view", "Compare")
    choose(app, "compare-way", "pinned")
    whole(app)
    assert "3_gone_0.wav" in words_on(app).replace("\\", "")
    assert len(app.get("audio")) == len(pinned) == 2
    assert not app.error


@pytest.mark.parametrize("kind", SPECTROGRAMS)
@pytest.mark.parametrize("n_fft", [32, 1024])
def test_a_window_of_ones_own_is_drawn(open_page, whole, kind, n_fft):
    app = choose(open_page("browse", view="Clip"), "kind", kind)
    app.selectbox(key="preset").set_value("Your own window and hop").run()
    choose(app, "n-fft", n_fft)
    choose(app, "hop", 8)
    whole(app)
    assert app.get("bidi_component")


def test_the_tensor_is_drawn_only_while_somebody_looks(open_page, whole, words_on):
    app = open_page("browse", view="Clip")
    assert app.get(PLOTS) == []
    app.session_state["sees"] = True
    app.run()
    whole(app)
    assert len(app.get(PLOTS)) == 1
    assert "40 mel bands x 51 frames" in words_on(app)
