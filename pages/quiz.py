"""The listening quiz: hear clips without a label, and see what you mistake for what."""

import secrets

import streamlit as st

from core.browsing.filters import SPLITS, Choice, chosen
from core.browsing.index import Index, sample
from core.voices import quiz
from pages.quizzing import asking, results
from pages.shared import cached, frame, problems
from pages.shared.choices import choose_dataset, dataset_in_force, synthetic_note
from pages.shared.session import QuizState, visitor

LENGTHS = (10, 20, 50, 100)
MOST = 20_000
"""Clips that a quiz is drawn from; of more, an even share of every digit and speaker."""


def begin(index: Index, n_clips: int, split: str) -> None:
    """Draw new clips and begin; for this visitor only."""
    places = sample(index, chosen(index, Choice(split=split)), MOST)
    with problems.told():
        drawn = quiz.start(index.catalogue(places), n_clips, secrets.randbits(31))
        visitor().quiz = QuizState(drawn)
        st.rerun()


def offer() -> None:
    """Draw what the quiz is, how long it is to be, and the button that begins it."""
    st.markdown(
        "How well do *you* recognise these digits? You hear clips in random order, without a "
        "label, and answer with the keys 0 to 9. Your confusion matrix can be kept to stand "
        "beside the models'."
    )
    choose_dataset()
    synthetic_note()
    with problems.told():
        index = cached.index_of(dataset_in_force())
        left, right = st.columns(2)
        n_clips = left.segmented_control(
            "Clips", LENGTHS, default=20, required=True, key="quiz-length"
        )
        split = right.selectbox(
            "From",
            [*SPLITS],
            index=[*SPLITS].index("test" if index.official_test.any() else "all"),
            key="quiz-split",
            format_func=lambda key: SPLITS[key],
            help="FSDD's test part is what models trained on the official split have not heard.",
        )
        if st.button(
            "Begin", type="primary", icon=":material/hearing:", key="quiz-begin", width="stretch"
        ):
            begin(index, n_clips or 20, split)
        st.caption(cached.limits_of(dataset_in_force(), index))


frame.inside()
st.title("Test your ears")
me = visitor()
if me.quiz is None:
    offer()
    results.everybody()
elif not me.quiz.quiz.finished:
    asking.draw(me.quiz)
else:
    results.of_quiz(me.quiz)
