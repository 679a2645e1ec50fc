"""A quiz in progress: one clip without any label, and a key for each answer.

In: the visitor's quiz. Out: the same quiz one answer further. Nothing on the page, in an address
or in the sound's file says what or who it is.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from core.errors import LabError
from core.sound.audio import load_waveform
from core.sound.recordings import DIGIT_WORDS
from core.voices.blinding import blind_wav
from core.voices.quiz import DONT_KNOW
from pages.quizzing.blind_player import play_blind
from pages.shared.session import QuizState


def _sound(state: QuizState) -> bytes | None:
    """Return the current clip as sound, one file for each time that it is listened to."""
    clip = state.quiz.current
    if clip is None:
        return None
    if state.sound is None:
        try:
            state.sound = blind_wav(load_waveform(clip))
        except LabError:  # its message names the file, and with it what is said
            left = [c for c in state.quiz.clips if c is not clip]
            state.quiz = replace(state.quiz, clips=tuple(left))
            state.unreadable += 1
            return _sound(state)
    return state.sound


def _again(state: QuizState) -> None:
    state.plays += 1
    state.sound = None  # another file: the browser plays it from its beginning


def _answered(state: QuizState, guess: int) -> None:
    if state.quiz.finished:  # a second key, pressed before the page was drawn
        return
    state.quiz = state.quiz.answer(guess, state.plays)
    state.plays, state.sound = 1, None


def _back(state: QuizState) -> None:
    state.quiz = state.quiz.back()
    state.plays, state.sound = 1, None


def _stop(state: QuizState) -> None:
    state.quiz = replace(state.quiz, clips=state.quiz.clips[: len(state.quiz.answers)])


def _button(
    label: str,
    key: str,
    shortcut: str,
    do: Callable[..., None],
    args: tuple[object, ...],
    **look: Any,
) -> None:
    st.button(label, key=key, shortcut=shortcut, on_click=do, args=args, **look)


def draw(state: QuizState) -> None:
    """Draw the clip's player, the ten digits and what else can be done."""
    sound = _sound(state)
    if state.unreadable:
        st.caption(f"Clips that could not be read and were left out: {state.unreadable}.")
    if sound is None:
        st.rerun()
    done, total = len(state.quiz.answers), len(state.quiz.clips)
    st.progress(done / total, text=f"Clip {done + 1} of {total}")
    play_blind(sound, "quiz-sound")
    st.markdown("**Which digit do you hear?** Press it, or its key on the keyboard.")
    with st.container(horizontal=True, key="quiz-keys"):
        for digit, word in enumerate(DIGIT_WORDS):  # the key stands beside the word
            _button(word, f"quiz-{digit}", str(digit), _answered, (state, digit), width=96)
    with st.container(horizontal=True):
        _button("I cannot tell", "quiz-none", "X", _answered, (state, DONT_KNOW))
        _button("Play again", "quiz-again", "P", _again, (state,), icon=":material/replay:")
        _button(
            "One back",
            "quiz-back",
            "Backspace",
            _back,
            (state,),
            icon=":material/undo:",
            disabled=done == 0,
        )
        st.button(
            "Stop here", key="quiz-stop", on_click=_stop, args=(state,), disabled=done == 0,
            help="Ends the quiz with the answers so far.",
        )  # fmt: skip
