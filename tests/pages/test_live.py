"""Live: what is heard, with a microphone and a listener that play their parts."""

import hashlib
import io
import shutil
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import safetensors.numpy
import soundfile
import streamlit_webrtc.component
from streamlit.testing.v1 import AppTest
from streamlit_webrtc.component import WebRtcStreamerContext, WebRtcStreamerState

import core.learning.saved_models as saved_models
import core.listening.listener
import core.listening.pool
import core.sound.audio
import pages.shared.microphone
from core.errors import ModelError
from core.learning.saved_models import save_model
from core.learning.shelf import star
from core.listening.listener import WORDS_KEPT, Heard, HeardWord
from core.listening.recent import Stretch
from core.listening.recogniser import Answer
from core.listening.running_speech import in_running_speech
from core.listening.sensitivity import SENSITIVITIES, at_sensitivity, tradeoff
from core.listening.stream import Word
from core.sound.faint_noise import over_noise
from core.sound.images import ImageConfig, to_image
from core.voices import exams
from core.voices.own import add_speaker
from core.voices.own import catalogue as own_catalogue
from pages.browsing import background
from pages.listening import explaining, tuning, words
from pages.listening.screen import state_of
from pages.shared import frame
from pages.shared.session import Visitor

REPOSITORY = Path(__file__).resolve().parents[2]
WEIGHTS = safetensors.numpy.save({"dense/kernel": np.ones((2, 2), np.float32)})
"""Of no network: a page that lists models does not load them."""
SILENCE = Heard(
    ready=True,
    blocks=50,
    dropped=0,
    seconds=1.0,
    level_db=-60.0,
    noise_db=-62.0,
    hearing=False,
    words=(),
    problem="",
)


def answer_of(digit: int | None, confidence: float = 0.98) -> Answer:
    """Return an answer that is sure of one digit."""
    probabilities = [(1 - confidence) / 9] * 10
    probabilities[digit or 0] = confidence
    return Answer(digit, confidence, tuple(probabilities), 0.004)


def heard_word(number: int, digit: int | None, key: str = "shipped") -> HeardWord:
    """Return a word that a model answered 30 ms after its last block arrived."""
    y = np.zeros(4000, np.float32)
    word = Word(number, 1.0 * number, 1.0 * number + 0.5, answer_of(digit), y, 0.25, -20.0, -60.0)
    return HeardWord(word, 100.0, 100.03, key=key)


def said_now(number: int, digit: int | None, key: str = "shipped", ago: float = 0.0) -> HeardWord:
    """Return a word that began just now, or so many seconds ago, and is answered already."""
    word = heard_word(number, digit, key)
    later = time.time() - ago - word.began
    return replace(word, arrived=word.arrived + later, answered=word.answered + later)


class FakeListener:
    """Knows what it is told to know."""

    began = 0.0  # long ago: whoever waits for the first sound has waited long enough
    told = SILENCE

    def __init__(self, recogniser, beside=None, names=(), key="") -> None:
        self.closed = False
        self.loads, self.names = (recogniser, beside), names

    def heard(self) -> Heard:
        return self.told

    def recent(self) -> Stretch:
        return Stretch(np.zeros(80000, np.float32), 0.0)

    def use(self, recogniser, beside=None, names=(), key="") -> None:
        self.loads, self.names = (recogniser, beside), names

    def open(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True

    def forget(self) -> None:
        type(self).told = replace(self.told, words=())

    def note_kept(self, number, kept) -> None:
        words = (replace(w, kept=kept) if w.word.number == number else w for w in self.told.words)
        type(self).told = replace(self.told, words=tuple(words))


class FakeRecogniser:
    """Answers seven, whatever it hears."""

    saved = SimpleNamespace(card=SimpleNamespace(threshold=0.5))

    def recognise(self, y) -> Answer:
        return answer_of(7)

    def embedding(self, y) -> np.ndarray:
        return np.array([0.0, 1.0], np.float32)


@pytest.fixture
def stage(monkeypatch):
    """The microphone's state and what the listener hears, to be set by a test."""
    found = SimpleNamespace(playing=False, signalling=False)

    class Told(FakeListener):
        pass

    def microphone(key, listener):
        return SimpleNamespace(
            state=SimpleNamespace(playing=found.playing, signalling=found.signalling)
        )

    monkeypatch.setattr(pages.shared.microphone, "microphone", microphone)
    monkeypatch.setattr(core.listening.listener, "Listener", Told)
    monkeypatch.setattr(
        core.listening.pool, "POOL", SimpleNamespace(get=lambda saved: FakeRecogniser())
    )
    found.listener = Told
    return found


@pytest.fixture(autouse=True)
def shipped(monkeypatch, tmp_path):
    """A model that comes with the app: its card is all that a page reads."""
    monkeypatch.setattr(saved_models, "SHIPPED_MODELS", tmp_path / "models")
    (tmp_path / "models").mkdir()
    made = save_model(card("The shipped model"), WEIGHTS, tmp_path / "models")
    return made.rename(tmp_path / "models" / "shipped")


def card(name: str, n_answers: int = 11) -> dict:
    """Return a card's fields."""
    return {"name": name, "network": "seed", "image": ImageConfig(), "n_answers": n_answers}


def digits_on(app) -> list[str]:
    """Return what the large digit shows."""
    return [e.proto.body for e in app.get("html") if "live-digit" in e.proto.body]


def test_before_the_button_nothing_is_heard_and_nothing_is_wrong(open_page, stage):
    app = open_page("live")
    assert digits_on(app) == []
    assert not app.warning
    assert not app.error


def test_the_shipped_model_is_chosen_first(open_page, stage):
    save_model(card("mine"), WEIGHTS)
    app = open_page("live")
    assert app.selectbox(key="live-model").value == "shipped"
    assert len(app.selectbox(key="live-model").options) == 2


def test_live_begins_with_the_starred_model(open_page, stage):
    card = {"name": "mine", "network": "seed", "image": ImageConfig(), "n_answers": 10}
    star(save_model(card, WEIGHTS).name)
    app = open_page("live")
    assert app.selectbox(key="live-model").value == "mine"


@pytest.mark.parametrize("state", ["playing", "signalling"])
def test_a_word_is_shown_as_a_large_digit_with_what_it_took(open_page, words_on, stage, state):
    setattr(stage, state, True)
    stage.listener.told = replace(SILENCE, words=(heard_word(1, 7),))
    app = open_page("live")
    (digit,) = digits_on(app)
    assert ">7<" in digit
    assert 'data-count="1"' in digit
    text = words_on(app)
    assert "98% sure" in text
    assert "280 ms after the end of the word" in text  # 250 ms to know, 30 ms to answer
    assert "the browser's own drawing, come on top" in text
    assert len(app.get("plotly_chart")) == 1


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "Listening"),
        ({"hearing": True}, "Hearing a word"),
        ({"ready": False}, "Loading the recogniser"),
        ({"blocks": 0}, "Connecting"),
        ({"problem": "Listening stopped: x."}, "Error"),
        ({"since_block": 9.0}, "Error"),
    ],
)
def test_the_state_has_a_name_whatever_happens(change, state):
    assert state_of(replace(SILENCE, **change), float("inf"))[0] == state
    if state == "Listening":
        assert state_of(SILENCE, 0.2)[0] == "Result"


def test_all_words_stand_in_order(open_page, stage):
    stage.playing = True
    words = tuple(heard_word(i, d) for i, d in enumerate((3, 1, None, 4), 1))
    stage.listener.told = replace(SILENCE, words=words)
    app = open_page("live")
    assert [c.value for c in app.code] == ["3 1 – 4"]
    assert 'data-count="4"' in digits_on(app)[0]


def test_two_models_that_differ_stand_side_by_side_and_one_press_asks_why(
    open_page, whole, words_on, stage, monkeypatch
):
    stage.playing = True
    asked = []
    monkeypatch.setattr(explaining, "_made_of", lambda m, each, c: asked.append(each.word.number))
    save_model(card("mine **x**"), WEIGHTS)
    seven = heard_word(1, 7)
    both = replace(seven, beside=answer_of(3, 0.6), beside_model="mine **x**")
    stage.listener.told = replace(SILENCE, words=(both, heard_word(2, 5)))
    app = open_page("live")
    assert "They differ" not in words_on(app)  # the latest has one answer
    stage.listener.told = replace(SILENCE, words=(heard_word(1, 5), replace(both, model="a")))
    app.run()
    assert "They differ" in words_on(app)
    assert "“3”, 60% sure" in words_on(app)
    app.button(key="live-why").click().run()
    whole(app)
    assert app.selectbox(key="live-word").value == 1  # the word, not whichever comes next
    assert set(asked) == {1}  # without a second press


def asked_why(open_page, words_on, until: str) -> AppTest:
    """Open Live's words, ask why the chosen one is what it is, and wait until that is drawn."""
    app = open_page("live")
    app.session_state["live-view"] = "Words"
    app.run()
    app.button(key="live-explain").click().run()
    end = time.monotonic() + 60
    while until not in words_on(app):  # computed in the background
        assert time.monotonic() < end, words_on(app)
        app.run()
    return app


def test_why_says_whether_the_voice_is_new_and_plays_the_nearest_clips(
    open_page, whole, words_on, stage, monkeypatch
):
    """Every clip lies in one direction, and the word in another."""

    def heard_by(model, recordings, progress):
        vectors = np.tile(np.array([1.0, 0.0], np.float32), (len(recordings), 1))
        vectors[:, 1] = np.linspace(0.0, 0.1, len(vectors))
        return SimpleNamespace(embeddings=vectors)

    monkeypatch.setattr(explaining, "heard_by", heard_by)
    monkeypatch.setattr(explaining, "second_network", lambda model: model.shipped or None)
    save_model(card("mine"), WEIGHTS)
    stage.playing = True
    both = replace(heard_word(1, 7), beside=answer_of(3), beside_model="mine")
    stage.listener.told = replace(SILENCE, words=(both,))
    app = asked_why(open_page, words_on, "What helps")
    whole(app)
    assert words_on(app).count("A sound that is new to it") == 2  # one column a model
    assert len(app.get("audio")) == 1 + 2 * explaining.CLIPS
    assert "Augment and train" in words_on(app)
    for whose in ("by what the last layer is given", "by what the first network's last layer is"):
        assert words_on(app).count(whose) == 1


@pytest.mark.parametrize("in_speech", [False, True])
def test_why_says_what_live_said(open_page, whole, words_on, stage, monkeypatch, in_speech):
    """Of a word in running speech, and of one that was said while Live was stricter."""
    vectors = np.array([[1.0, 0.0], [0.9, 0.1], [0.8, 0.2]], np.float32)

    def nearest(recordings) -> SimpleNamespace:
        return SimpleNamespace(embeddings=np.resize(vectors, (len(recordings), 2)))

    class Doubtful(FakeRecogniser):
        def recognise(self, y) -> Answer:
            return answer_of(7, 0.8)

    monkeypatch.setattr(explaining, "heard_by", lambda model, recordings, _: nearest(recordings))
    monkeypatch.setattr(core.listening.pool, "POOL", SimpleNamespace(get=lambda saved: Doubtful()))
    background.jobs.clear()  # of another test's word of that number and time
    stage.playing = True
    word = heard_word(1, 7, "shipped" if in_speech else "shipped, sensitivity -2")
    alone = Doubtful().recognise(word.word.y)
    live = in_running_speech(alone) if in_speech else at_sensitivity(alone, 0.5, -2.0)
    assert live.digit is None
    told = replace(word, word=replace(word.word, answer=live, in_speech=in_speech))
    stage.listener.told = replace(SILENCE, words=(told,))
    app = asked_why(open_page, words_on, "Its nearest clip")
    whole(app)
    assert "“7”, 80% sure" not in words_on(app)
    assert words_on(app).count("not a digit (of the digits most like “7”, 80%)") == 3
    # the digit above, the word's card, and why
    assert words_on(app).count("for it followed another word at once") == 3 * in_speech


def test_each_word_has_a_card_and_a_correction_keeps_it_as_a_take(
    open_page, whole, words_on, stage
):
    stage.playing = True
    stage.listener.told = replace(SILENCE, words=(heard_word(1, 7), heard_word(2, None)))
    speaker = add_speaker("Zoë <b>")
    app = open_page("live")
    app.session_state["live-view"] = "Words"
    app.run()
    app.selectbox(key="live-word").set_value(1).run()
    assert "Word 1: 7" in words_on(app)
    app.session_state["it-was-open-1"] = True
    app.run()
    app.selectbox(key="who").set_value(speaker.folder).run()
    app.pills(key="it-was-1").set_value(1).run()
    app.button(key="it-was-keep-1").click().run()
    whole(app)
    (kept,) = own_catalogue().recordings
    assert (kept.digit, kept.speaker) == (1, speaker.folder)
    for _ in range(2):  # it is told for as long as the word is there, and kept once
        assert "Kept: “1” by Zoë" in words_on(app)
        assert "it-was-keep-1" not in [b.key for b in app.button]
        app.run()
    app.button(key="live-clear").click().run()
    whole(app)
    assert "No word was heard yet" in words_on(app)


def test_a_word_that_comes_while_one_labels_the_latest_does_not_take_its_place(open_page, stage):
    stage.playing = True
    stage.listener.told = replace(SILENCE, words=(heard_word(1, 7),))
    speaker = add_speaker("Zoë")
    app = open_page("live")
    app.session_state["visitor"].taking.speaker = speaker.folder
    app.session_state["live-view"] = "Words"
    app.session_state["it-was-open-1"] = True
    app.run()
    assert app.selectbox(key="live-word").value == 0  # the latest
    stage.listener.told = replace(SILENCE, words=(heard_word(1, 7), heard_word(2, 5)))
    app.pills(key="it-was-1").set_value(1).run()
    assert app.selectbox(key="live-word").value == 1
    app.button(key="it-was-keep-1").click().run()
    assert [bool(w.kept) for w in stage.listener.told.words] == [True, False]


def test_a_words_picture_is_one_look_of_the_network_that_answered(
    open_page, words_on, stage, monkeypatch
):
    drawn = []
    figure = words.image_figure
    monkeypatch.setattr(words, "image_figure", lambda image: figure(drawn.append(image) or image))
    looking = {**card("mine"), "views": (0.9, 1.0, 1.1), "floor_db": 30.0}
    mine = save_model(looking, WEIGHTS)
    stage.playing = True
    word = heard_word(1, 7, "mine, sensitivity +1")
    y = np.random.default_rng(0).standard_normal(4000).astype(np.float32)
    word = replace(word, word=replace(word.word, y=y))
    stage.listener.told = replace(SILENCE, words=(word,))
    app = open_page("live")  # with the shipped model chosen
    app.session_state["live-view"] = "Words"
    app.run()
    assert "What mine was shown: 40 x 51 numbers, one of its 3 looks" in words_on(app)
    over = over_noise(y, 30.0, 1, 8000)
    np.testing.assert_array_equal(drawn[-1], to_image(over, ImageConfig()))
    shutil.rmtree(mine)
    app.run()
    assert "is not here any more; The shipped model would be shown: 40 x 51" in words_on(app)
    np.testing.assert_array_equal(drawn[-1], to_image(y, ImageConfig()))


def test_a_transcript_that_has_lost_its_beginning_says_so(open_page, words_on, stage):
    stage.playing = True
    app = open_page("live")
    app.session_state["live-view"] = "Words"
    for n in (WORDS_KEPT - 1, WORDS_KEPT):
        told = tuple(heard_word(i, 7) for i in range(31, 31 + n))
        stage.listener.told = replace(SILENCE, words=told)
        app.run()
        says = f"Only the latest {WORDS_KEPT} words are held: what is saved begins with word 31."
        assert (says in words_on(app)) == (n == WORDS_KEPT)


@pytest.mark.parametrize("view", ["Words", "Sound", "Exam", "Sensitivity", "Doctor"])
def test_every_view_opens_before_during_and_after_listening(
    open_page, whole, words_on, stage, view
):
    app = open_page("live")
    for playing in (False, True, False):
        stage.playing = playing
        stage.listener.told = replace(SILENCE, words=(heard_word(1, 7),))
        app.session_state["live-view"] = view
        app.run()
        whole(app)
        assert "This did not work" not in words_on(app)


def test_an_exam_asks_takes_one_word_a_digit_and_is_kept(open_page, whole, words_on, stage):
    stage.playing = True
    save_model(card("mine"), WEIGHTS)
    stage.listener.told = replace(SILENCE, words=(said_now(4, 7),))
    app = open_page("live")
    app.session_state["live-view"] = "Exam"
    app.run()
    app.button(key="exam-begin").click().run()
    state = app.session_state["visitor"].live
    assert state.exam.answers == ()  # what was said before is no answer
    asked = state.exam.asked
    stage.listener.told = replace(SILENCE, words=(said_now(5, asked[0]),))
    app.run()
    assert [a.right for a in state.exam.answers] == [True]
    stage.listener.told = replace(SILENCE, words=(said_now(6, None), said_now(7, asked[1])))
    app.run()
    assert [a.right for a in state.exam.answers] == [True, False]
    app.button(key="exam-again").click().run()
    assert len(state.exam.answers) == len(state.exam_clips) == 1
    app.selectbox(key="live-model").set_value("mine")
    stage.listener.told = replace(SILENCE, words=(said_now(8, asked[1]),))
    app.run()
    assert len(state.exam.answers) == 1  # another model's answer is none
    assert "This exam began with the model shipped" in words_on(app)
    app.button(key="exam-stop").click().run()
    whole(app)
    assert "1 of 1 understood" in words_on(app)
    app.text_input(key="exam-name").set_value("Zoë")
    next(b for b in app.button if b.label == "Keep this result").click().run()
    whole(app)
    assert [(r.person, r.right) for r in exams.results()] == [("Zoë", 1)]
    assert "Kept." in words_on(app)


def test_an_exam_counts_what_its_model_answers_and_is_said_to_it(open_page, whole, words_on, stage):
    stage.playing = True
    app = open_page("live")
    app.select_slider(key="live-sensitivity").set_value(1.0).run()
    app.segmented_control(key="live-view").set_value("Exam").run()
    app.button(key="exam-begin").click().run()
    state = app.session_state["visitor"].live
    keen = "shipped, sensitivity +1"
    assert state.exam.model == keen
    asked = state.exam.asked

    def said(*words):
        stage.listener.told = replace(SILENCE, words=words)

    still_loading = said_now(1, asked[0])
    said(still_loading, said_now(2, asked[0], keen))
    app.run()
    assert len(state.exam.answers) == 1
    app.segmented_control(key="live-view").set_value("Words").run()
    elsewhere = said_now(3, asked[1], keen)
    said(elsewhere)
    app.run()
    app.segmented_control(key="live-view").set_value("Exam").run()
    assert len(state.exam.answers) == 1
    said(elsewhere, said_now(4, asked[1], keen))
    app.run()
    assert [a.right for a in state.exam.answers] == [True, True]
    app.select_slider(key="live-sensitivity").set_value(0.0).run()
    assert "This exam began with the model shipped, sensitivity" in words_on(app)
    whole(app)


def test_a_word_that_began_before_its_digit_was_asked_for_is_no_answer(open_page, whole, stage):
    stage.playing = True
    app = open_page("live")
    app.segmented_control(key="live-view").set_value("Exam").run()
    app.button(key="exam-begin").click().run()
    state = app.session_state["visitor"].live
    asked = state.exam.asked
    said = []

    def answered(word) -> int:
        said.append(word)
        stage.listener.told = replace(SILENCE, words=tuple(said))
        app.run()
        return len(state.exam.answers)

    app.segmented_control(key="live-view").set_value("Words").run()
    elsewhere = said_now(1, asked[0])
    app.segmented_control(key="live-view").set_value("Exam").run()
    assert answered(elsewhere) == 0
    assert answered(said_now(2, asked[0])) == 1
    assert answered(said_now(3, asked[0], ago=0.3)) == 1  # the end of a word said twice
    skipped = said_now(4, asked[1])
    app.button(key="exam-skip").click().run()
    assert answered(skipped) == 1
    assert answered(said_now(5, asked[2])) == 2
    assert [a.right for a in state.exam.answers] == [True, True]
    whole(app)


def test_what_is_pressed_in_an_exam_is_about_the_digit_that_was_seen(open_page, whole, stage):
    stage.playing = True
    app = open_page("live")
    app.segmented_control(key="live-view").set_value("Exam").run()
    app.button(key="exam-begin").click().run()
    state = app.session_state["visitor"].live
    asked = state.exam.asked
    stage.listener.told = replace(SILENCE, words=(said_now(1, asked[0]),))  # not yet drawn
    app.button(key="exam-skip").click().run()
    assert (state.exam.answers, state.exam.asked) == ((), asked[1:])
    app.button(key="exam-stop").click().run()
    whole(app)
    assert state.exam.current is None


def test_a_rejected_word_is_no_digit(open_page, words_on, stage):
    stage.playing = True
    stage.listener.told = replace(SILENCE, words=(heard_word(1, None),))
    app = open_page("live")
    assert ">–<" in digits_on(app)[0]
    assert "not a digit" in words_on(app)


def test_no_sound_is_a_sentence_with_a_remedy(open_page, words_on, stage):
    stage.playing = True
    stage.listener.told = replace(SILENCE, blocks=0)
    app = open_page("live")
    assert len(app.warning) == 1
    assert "microphone" in app.warning[0].value


def test_a_recogniser_that_still_loads_is_told(open_page, stage):
    stage.playing = True
    stage.listener.told = replace(SILENCE, ready=False)
    app = open_page("live")
    assert "loading" in app.get("progress")[0].proto.text


def test_what_was_too_long_for_a_digit_asks_for_pauses_for_a_while(open_page, words_on, stage):
    stage.playing = True
    app = open_page("live")
    for seconds, told in ((12.0, True), (18.0, False)):
        stage.listener.told = replace(SILENCE, seconds=seconds, too_long_until=11.0)
        app.run()
        assert ("Leave a short pause between digits" in words_on(app)) == told


def test_dropped_sound_is_told(open_page, stage):
    stage.playing = True
    stage.listener.told = replace(SILENCE, dropped=3)
    app = open_page("live")
    assert "3" in app.warning[0].value


def test_a_listener_that_stopped_says_why(open_page, stage):
    stage.playing = True
    stage.listener.told = replace(SILENCE, problem="Listening stopped: **x** [y](z).")
    app = open_page("live")
    assert len(app.error) == 1
    assert "Listening stopped" in app.error[0].value
    assert "**x**" not in app.error[0].value  # escaped: a name is data


def test_a_model_that_does_not_answer_is_told_while_another_does(open_page, stage):
    stage.playing = True
    stage.listener.told = replace(SILENCE, notice="“**x**” cannot be loaded.")
    app = open_page("live")
    assert len(app.warning) == 1
    assert "cannot be loaded" in app.warning[0].value
    assert "**x**" not in app.warning[0].value
    assert len(digits_on(app)) == 1  # it goes on


def test_after_stop_the_words_are_still_there(open_page, stage):
    stage.playing = True
    stage.listener.told = replace(SILENCE, words=(heard_word(1, 5), heard_word(2, 2)))
    app = open_page("live")
    listener = app.session_state["visitor"].listener
    stage.playing = False
    app.run()
    assert listener.closed
    assert [c.value for c in app.code] == ["5 2"]


class FakeConnection:
    """A worker of streamlit-webrtc's, which has answered the browser's offer."""

    backend = "aiortc"
    local_description = None
    ended = False

    def stop(self) -> None:
        self.ended = True


def connected(worker: FakeConnection) -> WebRtcStreamerContext:
    """Return a visitor's connection while sound streams; the worker is not held."""
    context = WebRtcStreamerContext(worker, WebRtcStreamerState(playing=True, signalling=False))
    context._sdp_answer_json, context._is_sdp_answer_sent = "{}", True
    return context


@pytest.mark.parametrize("listener", [None, FakeListener(None)])
def test_who_leaves_live_is_hung_up_even_before_the_first_sound(listener):
    """streamlit-webrtc does not look for it: see pages/shared/microphone.py."""
    worker = FakeConnection()
    context = connected(worker)
    app = AppTest.from_file(REPOSITORY / "dashboard.py", default_timeout=120)
    app.session_state[frame.KEY] = context
    app.session_state["visitor"] = Visitor(listener=listener)
    app.run()  # Home
    assert worker.ended
    assert listener is None or listener.closed
    # whoever comes back begins anew
    assert context._get_worker() is None
    assert context._sdp_answer_json is None
    assert not context.state.playing


def test_a_run_that_is_overtaken_before_the_microphone_does_not_end_its_connection(monkeypatch):
    """While a connection is made the page runs several times a second, and not always whole."""

    def page():
        from pages.shared import frame
        from pages.shared.microphone import microphone

        microphone(frame.KEY, lambda: None)

    monkeypatch.setattr(
        streamlit_webrtc.component,
        "get_this_session_info",
        lambda: SimpleNamespace(script_run_count=5),
    )
    monkeypatch.setattr(pages.shared.microphone, "create_audio_sink_track", lambda *_, **__: None)
    worker = FakeConnection()
    context = connected(worker)
    context._last_rendered_run_count = 3  # the fourth run was overtaken
    app = AppTest.from_function(page, default_timeout=120)
    app.session_state[frame.KEY] = context
    app.run()
    assert not app.exception
    assert not worker.ended
    assert context._get_worker() is worker


def test_another_model_or_sensitivity_answers_without_another_listener(open_page, stage):
    stage.playing = True
    save_model(card("mine"), WEIGHTS)
    app = open_page("live")
    listener = app.session_state["visitor"].listener
    assert listener.names == ("The shipped model (comes with the app)", "mine")
    app.selectbox(key="live-model").set_value("mine").run()
    assert app.session_state["visitor"].listener is listener
    assert not listener.closed
    assert listener.names == ("mine", "The shipped model (comes with the app)")
    before = listener.loads
    app.select_slider(key="live-sensitivity").set_value(2.0).run()
    assert listener.loads is not before
    before = listener.loads
    app.toggle(key="live-beside").set_value(False).run()
    assert listener.loads[1] is None
    before = listener.loads
    app.run()
    assert listener.loads is before  # nothing has changed: nobody is told


def test_who_comes_back_to_live_finds_the_models_and_the_sensitivity_as_they_were(
    open_page, whole, stage
):
    stage.playing = True
    mine = save_model(card("mine"), WEIGHTS)
    app = open_page("live")
    app.selectbox(key="live-model").set_value("mine").run()
    app.toggle(key="live-beside").set_value(False).run()
    app.select_slider(key="live-sensitivity").set_value(-1.0).run()
    for _ in range(2):
        app.switch_page("pages/home.py").run()
        app.switch_page("pages/live.py").run()
        whole(app)
        assert app.selectbox(key="live-model").value == "mine"
        assert app.toggle(key="live-beside").value is False
        assert app.select_slider(key="live-sensitivity").value == -1.0
    app.switch_page("pages/home.py").run()
    shutil.rmtree(mine)
    app.switch_page("pages/live.py").run()
    whole(app)
    assert app.selectbox(key="live-model").value == "shipped"  # what was deleted is not chosen


@pytest.mark.parametrize(("n_answers", "said"), [(10, True), (11, False)])
def test_a_network_that_cannot_say_no_says_so(open_page, words_on, stage, n_answers, said):
    save_model(card("mine", n_answers), WEIGHTS)
    app = open_page("live")
    app.selectbox(key="live-model").set_value("mine").run()
    assert ("none of them is “not a digit”" in words_on(app)) == said


def wav_bytes(y, sr: int = 8000) -> bytes:
    """Return samples as the bytes of a WAV."""
    file = io.BytesIO()
    soundfile.write(file, y, sr, format="WAV", subtype="PCM_16")
    return file.getvalue()


def spoken(n_words: int = 1) -> bytes:
    """Return half a second of a buzz between silences, so many times: something like words."""
    t = np.arange(4000) / 8000
    buzz = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 20)) * np.hanning(4000)
    noise = np.random.default_rng(0).standard_normal(16000 * n_words) * 0.001
    for i in range(n_words):
        noise[16000 * i + 6000 : 16000 * i + 10000] += 0.2 * buzz
    return wav_bytes(noise)


def test_an_uploaded_recording_is_recognised(open_page, whole, words_on, stage):
    app = open_page("live")
    app.file_uploader(key="upload").set_value(("word.wav", spoken(), "audio/wav")).run()
    whole(app)
    assert [c.value for c in app.code] == ["7"]
    assert "98% sure" in words_on(app)
    assert app.session_state["visitor"].words_heard == 1


def test_a_recording_made_in_the_browser_is_recognised(open_page, whole, stage):
    app = open_page("live")
    app.audio_input(key="recorder").set_value(("recording.wav", spoken(), "audio/wav")).run()
    whole(app)
    assert [c.value for c in app.code] == ["7"]


def test_a_recording_made_after_an_upload_is_recognised_too(open_page, whole, words_on, stage):
    app = open_page("live")
    app.file_uploader(key="upload").set_value(("word.wav", spoken(), "audio/wav")).run()
    app.audio_input(key="recorder").set_value(("recording.wav", spoken(2), "audio/wav")).run()
    whole(app)
    assert [c.value for c in app.code] == ["7 7", "7"]
    assert app.session_state["visitor"].words_heard == 3
    app.session_state["live-view"] = "Sensitivity"
    app.run()
    app.file_uploader(key="own-noise-file").set_value(("n.wav", spoken(), "audio/wav")).run()
    app.audio_input(key="own-noise").set_value(("n.wav", spoken(2), "audio/wav")).run()
    whole(app)
    assert "0.1 min, 2 words heard" in words_on(app)
    assert "0.0 min, 1 words heard" in words_on(app)
    assert app.session_state["visitor"].words_heard == 3  # what is noise is no word


def test_a_recording_is_read_and_heard_once(open_page, whole, stage, monkeypatch):
    read, files = core.sound.audio.read_audio, []

    def counted(source, max_seconds):
        files.append(source)
        return read(source, max_seconds)

    monkeypatch.setattr(core.sound.audio, "read_audio", counted)
    app = open_page("live")
    app.file_uploader(key="upload").set_value(("word.wav", spoken(), "audio/wav")).run()
    app.run()
    whole(app)
    assert [c.value for c in app.code] == ["7"]
    assert len(app.get("plotly_chart")) == 1
    assert len(files) == 1
    app.select_slider(key="live-sensitivity").set_value(2.0).run()
    assert len(files) == 2  # another choice may hear something else


def test_the_trade_off_is_said_to_be_the_shipped_models_where_another_is_chosen(
    open_page, whole, words_on, stage, monkeypatch
):
    """Even where it has the same weights: a copy has no second network."""
    found = tradeoff()
    same = hashlib.sha256(WEIGHTS).hexdigest()
    monkeypatch.setattr(tuning, "tradeoff", lambda: replace(found, weights_sha256=same))
    save_model(card("mine **x**"), WEIGHTS)
    app = open_page("live")
    app.session_state["live-view"] = "Sensitivity"
    app.run()
    assert "This curve is that of the model that comes with the app" not in words_on(app)
    app.selectbox(key="live-model").set_value("mine-x").run()
    whole(app)
    said = r"This curve is that of the model that comes with the app, not of mine \*\*x\*\*"
    assert said in words_on(app)


def test_ones_own_noise_is_measured_at_every_sensitivity(open_page, whole, words_on, stage):
    app = open_page("live")
    app.session_state["live-view"] = "Sensitivity"
    app.run()
    app.file_uploader(key="own-noise-file").set_value(("n.wav", spoken(), "audio/wav")).run()
    whole(app)
    table = app.dataframe[-1].value
    assert list(table["False digits"]) == [1] * len(SENSITIVITIES)  # it is sure of a seven
    assert "0.0 min, 1 words heard" in words_on(app)


BAD_FILES = {
    "empty": b"",
    "text": b"seven",
    "a torn WAV": spoken()[:30],
    "noise": np.random.default_rng(1).bytes(5000),
    "no samples": wav_bytes(np.zeros(0)),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_is_no_recording_is_one_sentence(open_page, whole, words_on, stage, what):
    app = open_page("live")
    app.file_uploader(key="upload").set_value(("x.wav", BAD_FILES[what], "audio/wav")).run()
    whole(app)
    assert words_on(app).count("This did not work") == 1


def test_silence_is_no_word_and_no_problem(open_page, whole, words_on, stage):
    app = open_page("live")
    silent = wav_bytes(np.zeros(16000))
    app.file_uploader(key="upload").set_value(("x.wav", silent, "audio/wav")).run()
    whole(app)
    assert len(app.info) == 1
    assert "This did not work" not in words_on(app)


def test_a_model_that_cannot_be_loaded_is_one_sentence(
    open_page, whole, words_on, stage, monkeypatch
):
    def refuse(saved):
        raise ModelError("The weights of shipped are not those that its card names.")

    monkeypatch.setattr(core.listening.pool, "POOL", SimpleNamespace(get=refuse))
    app = open_page("live")
    app.file_uploader(key="upload").set_value(("word.wav", spoken(), "audio/wav")).run()
    whole(app)
    assert words_on(app).count("This did not work") == 1


def test_without_any_model_the_page_says_what_to_do(open_page, words_on, stage, shipped):
    for file in shipped.iterdir():
        file.unlink()
    shipped.rmdir()
    app = open_page("live")
    assert len(app.error) == 1
    assert "Train" in app.error[0].value


DAMAGE = {
    "no weights": lambda folder: (folder / "weights.safetensors").unlink(),
    "no card": lambda folder: (folder / "card.json").unlink(),
    "half a card": lambda folder: (folder / "card.json").write_text('{"name": "x'),
    "a card of another kind": lambda folder: (folder / "card.json").write_text("[]"),
    "a card of the future": lambda folder: (folder / "card.json").write_text('{"format": 99}'),
    "nothing in it": lambda folder: [file.unlink() for file in folder.iterdir()],
}


@pytest.mark.parametrize("what", DAMAGE)
@pytest.mark.parametrize("page", ["home", "train", "live"])
def test_a_damaged_model_is_told_once_and_the_others_still_work(open_page, stage, what, page):
    save_model(card("good"), WEIGHTS)
    DAMAGE[what](save_model(card("bad **x**"), WEIGHTS))
    app = open_page(page)
    if page == "live":
        assert len(app.warning) == 1
        assert "bad-x" in app.warning[0].value.replace("\\", "")
        assert len(app.selectbox(key="live-model").options) == 2
