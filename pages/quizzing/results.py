"""What came of quizzes: who was heard right, what was heard as what, and the model beside it.

In: a finished quiz, or those that were kept. Out: counts with their intervals, matrices, players.
"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.charts.learning import confusion_figure
from core.errors import LabError
from core.learning.evaluation import accuracy
from core.learning.saved_models import SHIPPED, find_model
from core.sound.recordings import Recording
from core.voices import listeners
from core.voices.quiz import DONT_KNOW, Answer, by_speaker, confusion
from pages.browsing import background
from pages.shared import player, problems
from pages.shared.session import QuizState, visitor

MOST_MISTAKES = 12
"""Mishearings that are played again; each is a player."""
EVERYBODY = "all speakers"


def _words(right: int, total: int) -> str:
    found = accuracy(right, total)
    return str(found) if found else "nothing answered"


def matrix(answers: Sequence[Answer], key: str) -> None:
    """Draw what was heard as what, for all speakers or one, and each speaker's share."""
    counts = by_speaker(answers)
    speaker = EVERYBODY
    if len(counts) > 1:
        speaker = st.selectbox("Speaker", [EVERYBODY, *counts], key=f"{key}-speaker")
    shown = confusion(answers, None if speaker == EVERYBODY else speaker)
    left, right = st.columns([3, 2])
    left.plotly_chart(
        confusion_figure(shown, "?"),
        key=f"{key}-matrix",
        alt="Confusion matrix: rows what was said, columns what was heard, ? for cannot tell",
    )
    table = [
        {"speaker": name, "heard right": f"{n} of {total}", "95 % interval": _interval(n, total)}
        for name, (n, total) in counts.items()
    ]
    right.dataframe(pd.DataFrame(table), hide_index=True)


def _interval(right: int, total: int) -> str:
    found = accuracy(right, total)
    return f"{100 * found.low:.0f} to {100 * found.high:.0f} %" if found else ""


def _mistakes(clips: Sequence[Recording], answers: Sequence[Answer]) -> None:
    wrong = [(c, a) for c, a in zip(clips, answers, strict=False) if not a.right]
    if not wrong:
        return
    st.markdown("**Listen again to what you did not hear as it was meant.**")
    columns = st.columns(3)
    for i, (clip, answer) in enumerate(wrong[:MOST_MISTAKES]):
        with columns[i % 3], problems.told():
            heard = "could not tell" if answer.guess == DONT_KNOW else f"heard {answer.guess}"
            st.caption(f"You {heard}.")
            player.play(clip)


def _model_beside(clips: Sequence[Recording], answers: Sequence[Answer]) -> None:
    """Draw what the shipped model, asked as on Live, heard in the very same clips."""
    with problems.told():
        model = find_model(SHIPPED)
        guesses = background.answers(model, tuple(clips[: len(answers)]))
        if guesses is None:
            return
        theirs = [
            Answer(a.digit, int(guess), a.speaker, a.file)
            for a, guess in zip(answers, guesses, strict=True)
        ]
        right = sum(a.right for a in theirs)
        st.markdown(f"**The shipped model, on the same clips:** {_words(right, len(theirs))}.")
        st.caption(
            "It learned from FSDD's takes from 5 on and from synthetic voices: only on takes 0 to "
            "4, and on voices that are neither, is the comparison fair."
        )
        with st.expander("What the model heard as what"):
            st.plotly_chart(
                confusion_figure(confusion(theirs), "?"),
                key="quiz-model-matrix",
                alt="Confusion matrix of the shipped model on the same clips",
            )


def _keep(state: QuizState) -> None:
    if state.kept:
        st.success("Kept. It stands under everybody's results.")
        return
    with st.form("quiz-keep"):
        name = st.text_input("Your name, or a nickname", key="quiz-name", max_chars=60)
        st.caption("Seen by everyone who uses this server; it stays on this machine.")
        if st.form_submit_button("Keep my answers", icon=":material/save:"):
            with problems.told():
                listeners.save(name, state.quiz)
                state.kept = True
                st.rerun()


def of_quiz(state: QuizState) -> None:
    """Draw the result of this visitor's quiz, the offer to keep it, and another one."""
    answers = state.quiz.answers
    if answers:
        right = sum(a.right for a in answers)
        st.subheader(f"You heard {right} of {len(answers)} right")
        st.caption(f"{_words(right, len(answers))}. Data set: {state.quiz.dataset}.")
        matrix(answers, "quiz")
        _model_beside(state.quiz.clips, answers)
        _mistakes(state.quiz.clips, answers)
        _keep(state)
    else:
        problems.show(LabError("None of the clips could be read. Choose another data set."))
    if st.button("Another quiz", icon=":material/replay:", key="quiz-another"):
        visitor().quiz = None
        st.rerun()


def everybody() -> None:
    """Draw the kept results of everyone, by person and data set."""
    with problems.told():
        kept = listeners.sessions()
        if not kept:
            return
        st.subheader("Everybody's results")
        left, right = st.columns(2)
        person = left.selectbox("Who", ["everyone", *listeners.people()], key="quiz-who")
        data = right.selectbox(
            "Data set heard", sorted({s.dataset for s in kept}), key="quiz-heard-data"
        )
        some = listeners.sessions(None if person == "everyone" else person, data)
        answers = listeners.combined(some)
        if not answers:
            st.info("No quiz is kept for this choice.")
            return
        right_ones = sum(a.right for a in answers)
        st.caption(
            f"{len(some)} {'quiz' if len(some) == 1 else 'quizzes'}: "
            f"{_words(right_ones, len(answers))}. Whoever answers twice counts twice."
        )
        matrix(answers, "everybody")
