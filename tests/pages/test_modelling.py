"""The parts of the Models page: reports, looking inside, adapting to a voice."""

import time

import numpy as np
import pytest

from core.learning import shelf, speeds
from core.learning.evaluation import accuracy
from core.learning.network_config import Convolution, Flatten, NetworkConfig, Pooling
from core.learning.networks import build_network
from core.learning.saved_models import find_model, list_models, save_model, weights_bytes
from core.sound.datasets import open_dataset
from core.sound.images import LOG_MEL
from core.voices import listeners, own
from core.voices.called import rename_speaker
from core.voices.quiz import start
from pages.browsing.background import jobs
from pages.modelling import adapting, evaluating
from pages.modelling.card import row
from pages.modelling.evaluating import ALL, TEST, Asked, Report, title_of_part

CONFIG = NetworkConfig((Convolution(4, stride=2), Pooling(), Flatten()))


@pytest.fixture
def kept():
    """Return a function that keeps a small model and returns its key."""

    def made(name="mine", seed=0, **card):
        model = build_network(CONFIG, LOG_MEL.shape, 11, seed=seed)
        values = {"name": name, "network": CONFIG, "image": LOG_MEL, "n_answers": 11}
        return save_model({**values, **card}, weights_bytes(model)).name

    return made


def until(app, seen, seconds=180):
    """Run a page again until it shows something, as its polling fragment would."""
    end = time.monotonic() + seconds
    while not seen() and time.monotonic() < end:
        time.sleep(0.2)
        app.run()
    assert seen()


def test_a_report_shows_every_part_and_two_models_compared(open_page, whole, words_on, kept):
    key, other = kept(), kept("theirs", seed=4)
    app = open_page("models", model=key)
    app.multiselect(key="report-speakers-synthetic").set_value(["carl-us", "judy-us"]).run()
    app.button(key="evaluate").click().run()
    until(app, lambda: "right if it must say a digit" in words_on(app))
    whole(app)
    assert speeds.kept(find_model(key)) > 0
    text = words_on(app)
    assert "Speakers it has never heard (machines, not people)" in text
    assert "Nobody has kept a quiz" in text
    app.selectbox(key="cell-spoken").set_value(4)
    app.selectbox(key="cell-answered").set_value(10).run()
    whole(app)
    assert "Answered not a digit" in words_on(app) or "No “4” was answered none" in words_on(app)
    for view, words in (
        ("Digits and speakers", "Forced to say a digit"),
        ("How sure", "Expected calibration error"),
        ("Working point", "digits"),
        ("Hardest", "least probable"),
        ("Noise, speed, pitch", "in the background"),
        ("Against another", ""),
    ):
        app.segmented_control(key="report-view").set_value(view).run()
        whole(app)
        assert words in words_on(app)
    app.selectbox(key="versus").set_value(other).run()
    app.button(key="compare").click().run()
    until(app, lambda: "McNemar" in words_on(app) or "very same clips" in words_on(app))
    whole(app)


def test_a_report_is_called_what_its_model_is_called_now(monkeypatch, kept):
    model = find_model(kept())
    asked = Asked("synthetic", ALL, ())
    before = Report(model, asked, (), None)
    monkeypatch.setattr(evaluating, "result_of", lambda *arguments: before)
    shelf.rename(model.key, "ours")
    assert evaluating.evaluated(find_model(model.key), asked).model.card.name == "ours"
    monkeypatch.setattr(evaluating, "result_of", lambda *arguments: None)
    assert evaluating.evaluated(find_model(model.key), asked) is None


def test_peoples_answers_stand_beside_the_models(open_page, whole, words_on, kept):
    from core.sound.datasets import open_dataset

    some = open_dataset("synthetic").where(lambda r: r.digit is not None and r.speaker == "carl-us")
    quiz = start(some, 3, 0)
    for clip in quiz.clips:
        quiz = quiz.answer(clip.digit)
    listeners.save("Ada", quiz)
    app = open_page("models", model=kept())
    app.multiselect(key="report-speakers-synthetic").set_value(["carl-us"]).run()
    app.button(key="evaluate").click().run()
    until(app, lambda: "People: 3 of 3 answers right" in words_on(app))
    whole(app)


def test_a_clip_is_looked_into_and_heard(open_page, whole, words_on, kept):
    app = open_page("models", model=kept(), see="Look inside")
    until(app, lambda: "the two should agree" in words_on(app))
    whole(app)
    assert "It answers" in words_on(app)
    app.selectbox(key=f"explained-{find_model('mine').key}").set_value(7).run()
    until(app, lambda: "for and against **“7”**" in words_on(app))
    if [b for b in app.button if b.key == "hear-used"]:
        app.button(key="hear-used").click().run()
        until(app, lambda: "Live would answer" in words_on(app))
    whole(app)


def test_a_voice_is_adapted_to_by_one_press(open_page, whole, words_on, kept):
    key = kept()
    app = open_page("models", model=key, see="Adapt to a voice")
    assert "Record your ten digits" in words_on(app)
    speaker = own.add_speaker("Zoë <b>")
    rng = np.random.default_rng(0)
    for digit in range(10):
        own.keep(speaker.folder, digit, 0.1 * rng.standard_normal(2400).astype(np.float32))
    app = open_page("models", model=key, see="Adapt to a voice")
    app.button(key="adapt").click().run()
    until(app, lambda: "Kept as" in words_on(app))
    whole(app)
    assert "each digit was said once" in words_on(app)
    made = next(m for m in list_models()[0] if m.key not in ("shipped", key))
    assert made.card.name == "mine, for Zoë <b>"
    app.button(key="adapt").click().run()  # once more, for the same voice
    until(app, lambda: len(list_models()[0]) == 4)
    made = next(m for m in list_models()[0] if m.key == f"{made.key}-2")
    assert made.card.name == "mine, for Zoë <b> (2)"
    until(app, lambda: "(2)" in words_on(app).replace("\\", ""))
    app.button(key="adapt-show").click().run()
    whole(app)
    assert app.selectbox(key="model-chosen").value == made.key
    assert "10 clips of one voice" in words_on(app).replace("\\", "")


def test_every_model_has_a_line_with_both_honest_numbers(kept):
    score = accuracy(9, 10).to_dict()
    shipped = row(find_model("shipped"), is_favourite=True)
    assert shipped["Model"].startswith("★ ")
    mine = row(find_model(kept(result={"scores": {"known": score, "unseen": None}})), False)
    assert mine["Speakers it knows"] == "90.0% (59.6% to 98.2%; 10 clips)"
    assert mine["Speakers it has never heard"] == "not measured"
    assert {*mine} == {*shipped}


def test_every_model_has_its_speed_once_it_was_measured(open_page, words_on, kept, monkeypatch):
    model = find_model(kept())
    assert row(model, False)["One word (ms)"] == "not measured"
    assert "**Speed**: not measured" in words_on(open_page("models", model=model.key))
    monkeypatch.setattr(speeds, "kept", lambda m: 0.0123 if m.key == model.key else 0.00456)
    assert row(model, False)["One word (ms)"] == "12"
    assert row(find_model("shipped"), True)["One word (ms)"] == "4.6"
    assert "**Speed**: 12 ms a word" in words_on(open_page("models", model=model.key))


def test_work_that_fails_says_why_and_waits_for_a_press(open_page, whole, words_on, kept):
    key = kept()
    speaker = own.add_speaker("Two words")
    for digit in range(2):  # fewer than a voice is learned from
        own.keep(speaker.folder, digit, np.full(2400, 0.1, np.float32))
    app = open_page("models", model=key, see="Adapt to a voice")
    app.button(key="adapt").click().run()
    until(app, lambda: "2 clips came" in words_on(app))
    whole(app)
    state = jobs().state(token := next(iter(app.session_state["adaptations"].values())).token)
    assert state.stage == "failed"
    app.run()
    assert jobs().state(token) == state  # it has not been begun again by itself
    assert "2 clips came" in words_on(app)
    app.button(key=f"again {token}").click().run()
    until(app, lambda: "2 clips came" in words_on(app))
    assert [m.key for m in list_models()[0]] == ["shipped", key]


def test_a_cancelled_adaptation_is_not_begun_again(open_page, whole, kept, monkeypatch):
    def never(model, clips, digits, name, speaker, progress):
        while True:
            progress(0.1)
            time.sleep(0.05)

    monkeypatch.setattr(adapting, "adapt", never)
    key = kept()
    speaker = own.add_speaker("Ada")
    own.keep(speaker.folder, 1, np.full(2400, 0.1, np.float32))
    app = open_page("models", model=key, see="Adapt to a voice")
    app.button(key="adapt").click().run()
    token = next(iter(app.session_state["adaptations"].values())).token
    until(app, lambda: jobs().state(token).stage == "running")
    app.button(key="adapt-cancel").click().run()
    whole(app)
    assert not app.session_state["adaptations"]
    until(app, lambda: jobs().state(token).stage == "cancelled")
    assert not [b for b in app.button if b.key in ("adapt-cancel", f"again {token}")]


def test_clips_of_a_renamed_speaker_are_not_scored_as_a_strangers(kept):
    model = find_model(kept(training={"data": ["own"]}, result={"speakers": ["Anna"]}))
    anna, ben = own.add_speaker("Anna"), own.add_speaker("Ben")
    for speaker in (anna, ben):
        own.keep(speaker.folder, 7, np.full(2400, 0.1, np.float32))
    rename_speaker(anna.folder, "Zoë")
    recordings = open_dataset("own").recordings
    report = Report(model, Asked("own", ALL, ()), recordings, None)
    assert [r.speaker for r in recordings] == ["Ben", "Zoë"]
    assert report.known.tolist() == [False, True]


@pytest.mark.parametrize(
    ("learned", "data", "which", "known", "words"),
    [
        (["fsdd", "synthetic-crowd"], "synthetic", ALL, False, "no strangers"),
        (["fsdd"], "synthetic", ALL, False, "machines, not people"),
        (["fsdd"], "own", ALL, False, "has never heard"),
        (["fsdd"], "fsdd", TEST, True, "takes it was not"),
        (["synthetic", "fsdd"], "fsdd", TEST, True, "may have been trained on"),
        (["fsdd"], "fsdd", ALL, True, "may have been trained on"),
    ],
)
def test_whose_clips_are_scored_is_called_what_it_is(kept, learned, data, which, known, words):
    model = find_model(kept(training={"data": learned, "split": "official"}))
    report = Report(model, Asked(data, which, ()), (), None)
    assert words in title_of_part(report, known)
