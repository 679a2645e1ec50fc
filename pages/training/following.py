"""The curves of a run, as somebody wants to see them: over epochs, steps or seconds, smoothed.

In: a history. Out: the chart, with the stretch set off that the first finding rests on.
"""

from collections.abc import Sequence

import streamlit as st

from core.charts.learning import curves_figure
from core.diagnosis.findings import Finding
from core.learning.history import History
from pages.comparing.together import looks


def curves(history: History, found: Sequence[Finding], key: str = "curves") -> None:
    """Draw the curves; zoom, hidden curves and choices stay while they move.

    Parameters
    ----------
    history : History
    found : sequence of Finding
        What it says: the stretch on which one rests is set off.
    key : str
        Tells this drawing from others on the page.
    """
    axis, weight = looks(key)
    spans = {
        finding.title: finding.epochs
        for finding in found
        if finding.severity and any(finding.epochs)
    }
    title = next(iter(spans), "")
    if len(spans) > 1:
        title = st.pills("Shade what rests on", [*spans], default=title, key=f"{key}-span") or ""
    span = spans.get(title)
    st.plotly_chart(
        curves_figure(history, axis, weight, span), key=key, alt="Loss and accuracy by epoch"
    )
    words = []
    if span is not None:
        words.append(f"Shaded: epochs {span[0]} to {span[1]}, on which it rests: {title}.")
    if axis == "seconds" and not history.epochs:
        words.append("Seconds are known once the first epoch has ended.")
    if words:
        st.caption(" ".join(words))
