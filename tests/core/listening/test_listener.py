"""A live listener: it never waits, never grows without bound, and never falls silent unsaid."""

import logging
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

import core.listening.listener as listening
from core.listening.listener import RING_BLOCKS, HeardWord, Listener
from core.listening.recogniser import Answer
from core.listening.stream import Word
from tests.core.listening.buzzes import buzz, room

QUIET = np.zeros(160, np.float32)


def wait_until(true, seconds=60.0):
    """Wait for what the listener's thread does; fail if it never comes."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


@pytest.fixture
def start():
    """Return a function that starts listeners; they are closed and their threads waited for."""
    listeners = []

    def new(recogniser) -> Listener:
        listeners.append(Listener(recogniser))
        return listeners[-1]

    yield new
    for listener in listeners:
        listener.close()
        listener._thread.join(60)
        assert not listener._thread.is_alive()


def push_all(listener, y, block=160, sr=8000):
    for i in range(0, len(y), block):
        listener.push(y[i : i + block], sr)


def test_words_that_are_pushed_are_heard_in_order(start, speech, word_starts, fake):
    listener = start(lambda: fake)
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)
    heard = listener.heard()
    assert [w.word.number for w in heard.words] == [1, 2, 3]
    assert [w.word.answer.digit for w in heard.words] == [0, 1, 2]
    for found, at in zip(heard.words, word_starts, strict=True):
        assert found.word.start == pytest.approx(at / 8000, abs=0.2)
    assert heard.ready
    assert heard.problem == ""
    assert heard.dropped == 0
    assert heard.blocks == -(-len(speech) // 160)


def test_it_hears_in_any_blocks_what_a_file_gives(start, speech, fake):
    listener = start(lambda: fake)
    push_all(listener, speech, block=777)
    wait_until(lambda: len(listener.heard().words) == 3)
    again = start(lambda: fake)
    push_all(again, speech, block=160)
    wait_until(lambda: len(again.heard().words) == 3)
    for a, b in zip(listener.heard().words, again.heard().words, strict=True):
        assert (a.word.start, a.word.end) == (b.word.start, b.word.end)


def test_pushing_returns_at_once_while_the_recogniser_is_still_loading(start, speech, fake):
    go = threading.Event()

    def load():
        assert go.wait(60)
        return fake

    listener = start(load)
    push_all(listener, speech)
    heard = listener.heard()
    assert not heard.ready
    assert heard.words == ()
    assert (heard.level_db, heard.noise_db, heard.hearing) == (-120.0, -120.0, False)
    go.set()
    wait_until(lambda: len(listener.heard().words) == 3)  # nothing was lost
    assert listener.heard().dropped == 0


def test_a_full_ring_drops_its_oldest_blocks_and_counts_them(start, speech, fake):
    go = threading.Event()

    def load():
        assert go.wait(60)
        return fake

    listener = start(load)
    n = -(-len(speech) // 160)
    for _ in range(RING_BLOCKS + 50 - n):
        listener.push(QUIET, 8000)
    push_all(listener, speech)
    heard = listener.heard()
    assert heard.blocks == RING_BLOCKS + 50
    assert heard.dropped == 50
    go.set()
    wait_until(lambda: len(listener.heard().words) == 3)
    wait_until(lambda: listener.heard().seconds > (RING_BLOCKS - 1.5) * 160 / 8000)
    # the newest are kept: the words; the oldest are gone: 50 blocks of quiet
    assert listener.heard().seconds <= RING_BLOCKS * 160 / 8000 + 1e-6


def test_a_recogniser_that_raises_is_a_problem_in_a_sentence(start, speech, caplog):
    class Broken:
        def recognise(self, y):
            raise RuntimeError("There is no more\nmemory.")

    listener = start(Broken)
    with caplog.at_level(logging.CRITICAL, logger="spoken_digit_lab"):
        push_all(listener, speech)
        wait_until(lambda: listener.heard().problem)
    assert listener.heard().problem == (
        "Listening stopped: There is no more memory. Press stop, then start again."
    )
    push_all(listener, speech)  # harmless
    assert listener.heard().words == ()


def test_a_recogniser_that_cannot_be_loaded_is_a_problem_in_a_sentence(start, caplog):
    def load():
        raise RuntimeError("The weights are damaged")

    with caplog.at_level(logging.CRITICAL, logger="spoken_digit_lab"):
        listener = start(load)
        wait_until(lambda: listener.heard().problem)
    assert listener.heard().problem == (
        "The model cannot be loaded: The weights are damaged. "
        "Choose another model under “Models and sensitivity”."
    )  # to stop and to start again would not help
    assert not listener.heard().ready


def test_the_cause_of_a_problem_is_logged_for_who_runs_the_server(start, caplog):
    def load():
        raise RuntimeError("The weights are damaged")

    listener = start(load)
    wait_until(lambda: listener.heard().problem)
    wait_until(lambda: "The listener stopped" in caplog.text)
    assert "RuntimeError" in caplog.text


def test_closing_ends_the_thread_and_keeps_what_was_heard(start, speech, fake):
    listener = start(lambda: fake)
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)
    listener.close()
    listener._thread.join(60)
    assert not listener._thread.is_alive()
    assert listener.closed
    assert len(listener.heard().words) == 3
    listener.push(QUIET, 8000)
    assert listener.heard().blocks == -(-len(speech) // 160), "what comes later is not taken in"
    listener.close()  # twice is as good as once
    # FFmpeg's resampler keeps threads of its own, one a core, for as long as it is not flushed
    assert listener._now.stream._resampler._sr is None


def test_closing_while_it_waits_or_loads_ends_the_thread_too(start, fake):
    waiting = start(lambda: fake)
    wait_until(lambda: waiting.heard().ready)
    waiting.close()
    waiting._thread.join(60)
    assert not waiting._thread.is_alive()
    go = threading.Event()
    loading = start(lambda: go.wait(60) and fake)
    loading.close()
    go.set()
    loading._thread.join(60)
    assert not loading._thread.is_alive()


def test_it_can_be_opened_again_and_goes_on_counting(start, speech, fake):
    """A connection that ends late may close what the next one already speaks to."""
    listener = start(lambda: fake)
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)
    old = listener._thread
    listener.close()
    listener.open()
    listener.open()  # twice is as good as once
    old.join(60)
    assert not old.is_alive()
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 6)
    words = listener.heard().words
    assert [w.word.number for w in words] == [1, 2, 3, 4, 5, 6]
    assert [w.stream for w in words] == [1, 1, 1, 2, 2, 2]
    assert words[3].word.start == words[0].word.start  # a stream's seconds begin anew
    wait_until(lambda: listener.recent().end == pytest.approx(len(speech) / 8000))


def test_models_are_exchanged_while_the_stream_goes_on(start, speech, word_starts, fake):
    class Always:
        def __init__(self, digit):
            self.digit = digit

        def recognise(self, y):
            return Answer(self.digit, 0.9, (0.1,) * 10, 0.0)

    go = threading.Event()

    def slow():
        assert go.wait(60)
        return Always(4)

    listener = start(lambda: fake)
    listener.use(lambda: Always(1), lambda: Always(2), ("one", "two"))
    wait_until(lambda: listener._answering.beside is not None)
    push_all(listener, speech[: word_starts[1]])
    wait_until(lambda: [w.beside for w in listener.heard().words] != [None])
    listener.use(slow, None, ("slow",), "key of the slow one")
    push_all(listener, speech[word_starts[1] : word_starts[2]])
    wait_until(lambda: len(listener.heard().words) == 2)  # nobody waits for the slow one
    go.set()
    wait_until(lambda: listener._answering.first.name == "slow")
    push_all(listener, speech[word_starts[2] :])
    wait_until(lambda: len(listener.heard().words) == 3)
    words = listener.heard().words
    assert [w.model for w in words] == ["one", "one", "slow"]
    assert [w.key for w in words] == ["", "", "key of the slow one"]
    assert [w.word.answer.digit for w in words] == [1, 1, 4]
    assert (words[0].beside.digit, words[0].beside_model, words[0].differs) == (2, "two", True)
    assert words[2].beside is None
    assert [w.word.number for w in words] == [1, 2, 3]


class Gate:
    """Answers like another, but its first answer waits until it may."""

    def __init__(self, other, error=None):
        self.other, self.error = other, error
        self.asked, self.go = threading.Event(), threading.Event()

    def recognise(self, y):
        if not self.asked.is_set():
            self.asked.set()
            assert self.go.wait(60)
            if self.error:
                raise self.error
        return self.other.recognise(y)


def test_what_is_late_belongs_to_the_stream_that_it_was_said_in(start, speech, word_starts, fake):
    gate = Gate(fake)
    listener = start(lambda: gate)
    push_all(listener, speech[: word_starts[1]])
    assert gate.asked.wait(60)
    late = listener._thread
    listener.close()
    listener.open()
    gate.go.set()
    late.join(60)
    heard = listener.heard()
    assert [(w.word.number, w.stream) for w in heard.words] == [(1, 1)]
    assert (heard.stream, heard.seconds, heard.level.peak) == (2, 0.0, 0.0)
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 4)
    words = listener.heard().words
    assert [(w.word.number, w.stream) for w in words] == [(1, 1), (2, 2), (3, 2), (4, 2)]


def test_an_error_that_is_late_does_not_end_the_stream_after_it(
    start, speech, word_starts, fake, caplog
):
    gate = Gate(fake, RuntimeError("no more memory"))
    listener = start(lambda: gate)
    push_all(listener, speech[: word_starts[1]])
    assert gate.asked.wait(60)
    late = listener._thread
    listener.close()
    listener.open()
    gate.go.set()
    late.join(60)
    assert listener.heard().problem == ""
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)


def test_a_second_model_that_fails_ends_nothing(start, speech, fake, caplog):
    class Broken:
        def recognise(self, y):
            raise RuntimeError("no more memory")

    listener = start(lambda: fake)
    listener.use(lambda: fake, Broken, ("first", "second"))
    wait_until(lambda: listener._answering.beside is not None)
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)
    heard = listener.heard()
    assert heard.problem == ""
    assert heard.notice == (
        "“second” did not answer: no more memory. Words are answered without it."
    )
    assert [w.beside for w in heard.words] == [None] * 3


def test_what_happens_to_words_while_the_second_model_answers_is_not_undone(
    start, speech, word_starts, fake
):
    gate = Gate(fake)
    listener = start(lambda: fake)
    listener.use(lambda: fake, lambda: gate)
    wait_until(lambda: listener._answering.beside is not None)
    push_all(listener, speech[: word_starts[1]])
    assert gate.asked.wait(60)
    listener.note_kept(1, "“7” by Zoë")
    gate.go.set()
    wait_until(lambda: listener.heard().words[0].beside is not None)
    assert listener.heard().words[0].kept == "“7” by Zoë"
    gate.asked.clear()
    gate.go.clear()
    push_all(listener, speech[word_starts[1] : word_starts[2]])
    assert gate.asked.wait(60)
    listener.forget()
    gate.go.set()
    push_all(listener, speech[word_starts[2] :])
    wait_until(lambda: len(listener.heard().words) == 1)
    assert [w.word.number for w in listener.heard().words] == [3]


def test_a_second_model_that_cannot_be_loaded_costs_no_answer(start, speech, fake, caplog):
    def broken():
        raise RuntimeError("damaged")

    listener = start(lambda: fake)
    listener.use(lambda: fake, broken, ("", "the second"))
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)
    assert listener.heard().problem == ""
    wait_until(lambda: "“the second” cannot be loaded: damaged." in listener.heard().notice)


def test_a_model_that_cannot_be_loaded_leaves_the_one_in_force(start, speech, fake, caplog):
    def broken():
        raise RuntimeError("The weights are damaged.")

    listener = start(lambda: fake)
    listener.use(lambda: fake, None, ("old",))
    wait_until(lambda: listener._answering.first and listener._answering.first.name == "old")
    listener.use(broken, None, ("new",))
    wait_until(lambda: listener.heard().notice)
    assert listener.heard().notice == (
        "“new” cannot be loaded: The weights are damaged. “old” goes on answering. "
        "Choose another model under “Models and sensitivity”."
    )
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)
    assert [w.model for w in listener.heard().words] == ["old"] * 3
    assert listener.heard().problem == ""
    listener.use(lambda: fake, None, ("another",))
    assert listener.heard().notice == ""


def test_after_a_problem_another_model_goes_on(start, speech, fake, caplog):
    def broken():
        raise RuntimeError("damaged")

    listener = start(broken)
    wait_until(lambda: listener.heard().problem)
    listener.use(lambda: fake)
    assert listener.heard().problem == ""
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)


def test_sound_that_never_came_is_told_by_the_senders_clock(start, fake):
    listener = start(lambda: fake)
    for at in (0.0, 0.02, 0.04, 0.1, 0.12, 0.0, 900.0):  # two of 20 ms are missing; new clocks
        listener.push(QUIET, 8000, at)
    assert listener.heard().lost_seconds == pytest.approx(0.04)


def test_without_any_sound_its_thread_is_released_and_sound_wakes_it(
    start, speech, fake, monkeypatch
):
    monkeypatch.setattr(listening, "IDLE_SECONDS", 0.2)
    listener = start(lambda: fake)
    listener._thread.join(60)
    assert not listener._thread.is_alive()
    assert listener.closed
    monkeypatch.setattr(listening, "IDLE_SECONDS", 60.0)
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)


def test_forgetting_words_leaves_the_stream_as_it_is(start, speech, word_starts, fake):
    listener = start(lambda: fake)
    push_all(listener, speech[: word_starts[1]])
    wait_until(lambda: len(listener.heard().words) == 1)
    listener.forget()
    assert listener.heard().words == ()
    push_all(listener, speech[word_starts[1] :])
    wait_until(lambda: len(listener.heard().words) == 2)
    assert [w.word.number for w in listener.heard().words] == [2, 3]


def test_what_a_word_was_kept_as_stands_with_it(start, speech, fake):
    listener = start(lambda: fake)
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)
    listener.note_kept(2, "“4” by Zoë, take 1")
    listener.note_kept(9, "of no word")
    assert [w.kept for w in listener.heard().words] == ["", "“4” by Zoë, take 1", ""]


def test_only_the_latest_words_are_held(start, speech, fake, monkeypatch):
    monkeypatch.setattr(listening, "WORDS_KEPT", 2)
    listener = start(lambda: fake)
    push_all(listener, speech)
    wait_until(lambda: [w.word.number for w in listener.heard().words] == [2, 3])


def test_latency_is_what_had_to_be_waited_for():
    answer = Answer(7, 0.9, (0.1,) * 10, seconds=0.02)
    word = Word(1, 0.4, 0.8, answer, QUIET, endpoint_seconds=0.25, speech_db=-20, noise_db=-60)
    heard = HeardWord(word, arrived=100.0, answered=100.05)
    assert heard.latency_seconds == pytest.approx(0.25 + 0.05)
    assert heard.waiting_seconds == pytest.approx(0.03)
    assert HeardWord(word, arrived=100.0, answered=100.01).waiting_seconds == 0


def test_when_a_word_began_is_known_however_late_it_is_answered(
    start, speech, word_starts, fake, monkeypatch
):
    clock, go = [1000.0], threading.Event()
    told = SimpleNamespace(time=lambda: clock[0], monotonic=time.monotonic)
    monkeypatch.setattr(listening, "time", told)

    def load():
        assert go.wait(60)
        return fake

    listener = start(load)
    for i in range(0, len(speech), 160):
        clock[0] += 0.02
        listener.push(speech[i : i + 160], 8000)
    clock[0] += 100.0
    go.set()
    wait_until(lambda: len(listener.heard().words) == 3)
    for found, at in zip(listener.heard().words, word_starts, strict=True):
        assert found.began == pytest.approx(1000.0 + found.word.start, abs=0.04)
        assert found.began == pytest.approx(1000.0 + at / 8000, abs=0.2)


def test_digits_without_a_pause_are_asked_for_pauses_until_a_word_is_heard(
    start, speech, word_starts, fake
):
    listener = start(lambda: fake)
    push_all(listener, room(3.5, (1.0, buzz(1.8))))
    wait_until(lambda: listener.heard().needs_pauses)
    assert listener.heard().words == ()
    push_all(listener, speech[word_starts[0] : word_starts[1]])
    wait_until(lambda: len(listener.heard().words) == 1)
    assert not listener.heard().needs_pauses


def test_a_snapshot_does_not_change_after_it_was_taken(start, speech, fake):
    listener = start(lambda: fake)
    before = listener.heard()
    push_all(listener, speech)
    wait_until(lambda: len(listener.heard().words) == 3)
    assert before.words == ()
    assert before.blocks == 0
