"""The report's confusion matrix: a click on a cell plays its clips; people's ears beside it.

In: a report. Out: matrices and players.
"""

import numpy as np
import streamlit as st

from core.charts.learning import confusion_figure
from core.charts.reports import clickable_confusion
from core.learning.clip_scores import NONE
from core.voices import listeners
from core.voices.quiz import confusion as heard_as
from pages.modelling.evaluating import Report
from pages.modelling.players import play_some
from pages.shared import problems

ANSWERS = [*range(10), NONE]


def _name(answer: int) -> str:
    return "none" if answer == NONE else str(answer)


def _counts(report: Report) -> list[list[int]]:
    """Return counts [10][11]: row what was said, column what Live would answer."""
    decided = report.scores.decided()
    counts = np.zeros((10, 11), int)
    np.add.at(counts, (report.scores.answers, decided), 1)
    return [[int(n) for n in row] for row in counts]


def _clicked() -> None:
    points = st.session_state["confusion"].selection.points
    if points:
        spoken, answered = points[0]["customdata"]
        st.session_state["cell-spoken"], st.session_state["cell-answered"] = spoken, answered


def draw(report: Report) -> None:
    """Draw the matrix, the clips of a chosen cell, and what people heard in the same clips."""
    digits = report.only_digits
    left, right = st.columns(2)
    with left:
        st.markdown("**The model, as Live answers**")
        st.plotly_chart(
            clickable_confusion(_counts(digits)),
            key="confusion",
            on_select=_clicked,
            selection_mode="points",
            config={"displayModeBar": False},
            alt="Confusion matrix: rows what was said, columns what was answered",
        )
    with right:
        _people(digits)
    _cell(digits)


def _cell(report: Report) -> None:
    """Draw the choice of a cell, which a click makes too, and its clips."""
    decided = report.scores.decided()
    wrong = [
        (int(a), int(d)) for a, d in zip(report.scores.answers, decided, strict=True) if a != d
    ]
    first = max(sorted(set(wrong)), key=wrong.count) if wrong else (0, 0)
    st.session_state.setdefault("cell-spoken", first[0])
    st.session_state.setdefault("cell-answered", first[1])
    st.markdown("**Hear a cell**: click it, or choose it here.")
    said_column, answered_column = st.columns(2)
    spoken = said_column.selectbox("Spoken", range(10), key="cell-spoken")
    answered = answered_column.selectbox(
        "Answered", ANSWERS, format_func=_name, key="cell-answered"
    )
    here = np.flatnonzero((report.scores.answers == spoken) & (decided == answered))
    if not len(here):
        st.caption(f"No “{spoken}” was answered {_name(answered)}.")
        return
    play_some(report, here, "cell")


def _people(report: Report) -> None:
    """Draw what people heard in these very clips, from the quizzes that were kept."""
    st.markdown("**People, on those of these clips that they heard in quizzes**")
    with problems.told():
        here = {(r.speaker, r.name) for r in report.recordings}
        answers = [
            a for a in listeners.combined(listeners.sessions()) if (a.speaker, a.file) in here
        ]
        if not answers:
            st.caption("Nobody has kept a quiz on any of them.")
            st.page_link("pages/quiz.py", label="Listen yourself", icon=":material/hearing:")
            return
        theirs = {(a.speaker, a.file) for a in answers}
        same = np.array([(r.speaker, r.name) in theirs for r in report.recordings])
        beside = report.of(same)
        n_right = int((beside.scores.decided() == beside.scores.answers).sum())
        st.plotly_chart(
            confusion_figure(heard_as(answers), "?"),
            key="people",
            alt="Confusion matrix of people: rows what was said, columns what was heard",
        )
        st.caption(
            f"People: {sum(a.right for a in answers)} of {len(answers)} answers right. The model "
            f"on the same {int(same.sum())} clips: {n_right} right. “?” is “I cannot tell”."
        )
