"""Clips of a report to be heard, each with what the model made of it.

In: a report and places in it. Out: players, a few at a time.
"""

from collections.abc import Sequence

import streamlit as st

from core.learning.clip_scores import NONE
from pages.modelling.evaluating import Report
from pages.shared import player, problems

AT_ONCE = 6
"""Players drawn at once."""


def play_some(report: Report, places: Sequence[int], key: str) -> None:
    """Draw players of some clips, six at a time."""
    pages = -(-len(places) // AT_ONCE)
    page = 1
    if pages > 1:
        page = int(
            st.number_input(
                f"Page of {pages} ({len(places)} clips)", 1, pages, key=f"{key}-{len(places)}"
            )
        )
    p = report.scores.probabilities
    decided = report.scores.decided()
    columns = st.columns(3)
    for i, place in enumerate(places[(page - 1) * AT_ONCE : page * AT_ONCE]):
        with columns[i % 3], problems.told():
            said = "not a digit" if decided[place] == NONE else f"“{decided[place]}”"
            guess = int(report.scores.guesses[place])
            st.caption(f"Answered {said}; most probable digit {guess} ({p[place, guess]:.0%})")
            player.play(report.recordings[place])
