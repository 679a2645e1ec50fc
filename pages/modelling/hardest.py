"""The report's hardest clips, to be heard: those whose right answer was least probable.

In: a report. Out: players.
"""

import streamlit as st

from pages.modelling.evaluating import Report
from pages.modelling.players import play_some

MOST = 30


def draw(report: Report) -> None:
    """Draw the hardest clips, the hardest first."""
    st.caption(
        "The clips whose right answer the model found least probable, the worst first. Is it the "
        "model, or would you not know either?"
    )
    play_some(report, [int(i) for i in report.scores.hardest(MOST)], "hardest")
