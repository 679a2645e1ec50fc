"""Flags in Browse: made with a reason, reviewed by ear, taken back; own voices among the others."""

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.sound.datasets import open_dataset
from core.voices.flags import mark, marks, marks_of
from core.voices.own import add_speaker, keep
from pages.browsing import background


@pytest.fixture
def some(make_recordings):
    """A small folder of tones, to be looked at: {its path}."""
    return str(make_recordings(("george", "jackson", "lucas"), takes=3))


def press(app, key: str):
    """Press a button and let the page draw itself again."""
    return app.button(key=key).click().run()


def look_at(open_page, path: str, **query: str):
    """Open Browse with a folder, in a view."""
    app = open_page("browse", **query)
    app.session_state["visitor"].dataset = path
    return app.run()


def mark_it(app, kind: str, reason: str):
    """Fill in the form of a clip and send it."""
    app.radio(key="kind-of-mark").set_value(kind)
    app.text_input(key="reason").set_value(reason)
    next(b for b in app.button if b.label == "Mark it").click()
    return app.run()


def test_a_clip_is_flagged_and_excluded_with_reasons_and_each_is_taken_back(
    open_page, whole, words_on, some
):
    app = look_at(open_page, some, view="Clip")
    app = mark_it(app, "flag", "breathes <b>loudly</b>")
    whole(app)
    app = mark_it(app, "exclude", "two words")
    text = words_on(app)
    assert "Flagged**]: breathes \\<b\\>loudly" in text
    assert "Excluded from training**]: two words" in text
    assert [one.kind for one in marks()] == ["flag", "exclude"]
    app = press(app, f"undo-clip-{marks()[0].key}")
    whole(app)
    assert [one.reason for one in marks()] == ["two words"]
    assert "Flagged**]" not in words_on(app)


@pytest.mark.parametrize("reason", ["", "   ", "\u202e"])
def test_a_mark_without_a_reason_is_a_sentence_and_no_mark(
    open_page, whole, words_on, some, reason
):
    app = mark_it(look_at(open_page, some, view="Clip"), "flag", reason)
    whole(app)
    assert "The reason is empty" in words_on(app)
    assert marks() == ()


def test_another_clip_does_not_show_the_mark(open_page, words_on, some):
    app = mark_it(look_at(open_page, some, view="Clip"), "flag", "odd one")
    app.selectbox(key="speaker").set_value("lucas").run()
    assert "odd one" not in words_on(app)


def find(open_page, some: str, way: str):
    """Open a way of Find and wait for what is measured in the background."""
    app = look_at(open_page, some, view="Find")
    app.get_by_key("find-way").set_value(way).run()
    for _ in range(600):
        if not any(job.state.is_active for job in background.jobs()._jobs.values()):
            break
        time.sleep(0.05)
    return app.run()


def in_review(app) -> str:
    """Return the clip that is to be heard."""
    (line,) = [t.value for t in app.text if ", take " in t.value and ": " in t.value]
    return line


def loud(some: str):
    """Make two of the recordings odd: one far too long, one far too loud."""
    t = np.arange(24000) / 8000
    soundfile.write(Path(some) / "4_lucas_2.wav", 0.3 * np.sin(2000 * t), 8000)
    soundfile.write(Path(some) / "5_george_1.wav", np.sign(np.sin(2000 * t[:3200])), 8000)


def test_suspicious_clips_are_heard_one_after_the_other(open_page, whole, words_on, some):
    loud(some)
    app = find(open_page, some, "ear")
    whole(app)
    first = in_review(app)
    reason = first.partition(": ")[2]
    app = press(app, "exclude-it")
    whole(app)
    assert [(one.kind, one.reason) for one in marks()] == [("exclude", reason)]
    second = in_review(app)
    assert second != first
    app = press(app, "undo-last")
    assert marks() == ()
    assert in_review(app) == first
    app = press(app, "fine")
    assert marks() == ()
    assert in_review(app) == second
    app = press(app, "flag-it")
    assert [one.kind for one in marks()] == ["flag"]


def test_marked_clips_are_listed_opened_and_taken_back(open_page, whole, words_on, some):
    recordings = open_dataset(some).recordings
    mark(recordings[40], "exclude", "a cough", "x")
    app = find(open_page, some, "marked")
    whole(app)
    assert "Marked clips: 1, of which 1 are excluded" in words_on(app)
    assert "a cough" in words_on(app)
    opened = press(app, "open-marked-0")
    whole(opened)
    assert opened.session_state["view"] == "Clip"
    assert opened.session_state["speaker"] == recordings[40].speaker
    app = press(find(open_page, some, "marked"), f"undo-list-{marks()[0].key}")
    assert "No clip of this data set is flagged" in words_on(app)


def test_own_voices_stand_in_browse_under_the_names_that_were_typed(open_page, whole, words_on):
    for name in ("<b>x</b>", "Łukasz"):
        speaker = add_speaker(name)
        for digit in range(10):
            y = np.random.default_rng(digit).uniform(-0.2, 0.2, 3200)
            keep(speaker.folder, digit, y.astype(np.float32))
    app = open_page("browse", view="Clip")
    app.selectbox(key="dataset").set_value("own").run()
    whole(app)
    assert set(app.selectbox(key="speaker").options) == {"<b>x</b>", "Łukasz"}
    assert "by <b>x</b>, take 0" in [t.value for t in app.text][-1]


def test_a_take_kept_later_stands_in_browse_at_once(open_page, whole):
    speaker = add_speaker("Anna")
    y = np.random.default_rng(0).uniform(-0.2, 0.2, (2, 3200)).astype(np.float32)
    keep(speaker.folder, 7, y[0])
    app = open_page("browse", view="Clip")
    app.selectbox(key="dataset").set_value("own").run()
    assert app.selectbox(key="take").options == ["0"]
    keep(speaker.folder, 7, y[1])
    whole(app.run())
    assert app.selectbox(key="take").options == ["0", "1"]


def own_take(name: str, digit: int = 7):
    """Keep a take of noise by somebody."""
    y = np.random.default_rng(0).uniform(-0.2, 0.2, 3200).astype(np.float32)
    return keep(add_speaker(name).folder, digit, y)


def test_own_voices_stand_among_the_others_and_namesakes_are_two(open_page, whole, words_on, some):
    own_take("Anna")
    mine = own_take("george")
    app = look_at(open_page, some, view="Clip", digit="7")
    assert app.selectbox(key="speaker").options == ["george", "jackson", "lucas"]
    app.toggle(key="beside").set_value(True).run()
    whole(app)
    app.get_by_key("digit").set_value(7).run()
    expected = ["Anna", "george", "george (own)", "jackson", "lucas"]
    assert app.selectbox(key="speaker").options == expected
    app.selectbox(key="speaker").set_value("george (own)").run()
    app = mark_it(app, "exclude", "not me")
    whole(app)
    assert marks_of(mine)[0].reason == "not me"
    assert "90 recordings by 3 speakers" in words_on(app)  # the card stays that of the data set


def test_without_own_voices_nothing_is_offered_among_the_others(open_page, some):
    assert [t.key for t in look_at(open_page, some).toggle if t.key == "beside"] == []
