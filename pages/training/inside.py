"""What goes on inside the network while it learns: gradients, updates, dead units.

In: a history. Out: the part of a page that the Train and the Lessons page share.
"""

import streamlit as st

from core.charts.inside import gradients_figure, ratios_figure, units_figure
from core.learning.history import History

PICTURES = (
    (
        "gradients",
        "How strongly the error reaches each layer. Far below the others: it hardly learns.",
        "Gradient norm of each layer by epoch",
        gradients_figure,
    ),
    (
        "ratios",
        "How much of its weights each layer changes in one step. About a thousandth is usual.",
        "Update to weight ratio of each layer by epoch",
        ratios_figure,
    ),
    (
        "units",
        "Units that do nothing any more: ReLUs that never open, curves at their flat ends.",
        "Share of dead or saturated units of each layer by epoch",
        units_figure,
    ),
)
"""Key, sentence, text alternative and figure of each picture, in the order of the page."""


def draw(history: History, key: str = "inside") -> None:
    """Draw the pictures of a run's insides; nothing where none were measured.

    Parameters
    ----------
    history : History
    key : str
        What tells this drawing from another one on the same page.
    """
    if not history.signals:
        return
    with st.expander("Inside the network", key=f"{key}-box", on_change="rerun") as box:
        if not box.open:
            return  # of a long run these pictures are the dearest part of a poll
        drawn = [
            (name, words, alt, f) for name, words, alt, make in PICTURES if (f := make(history))
        ]
        latest = history.signals[-1]
        st.caption(f"{latest.speed:,.0f} clips a second.")
        for name, words, alt, figure in drawn:
            st.markdown(words)
            st.plotly_chart(figure, key=f"{key}_{name}", alt=alt)
