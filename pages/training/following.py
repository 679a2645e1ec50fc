"""How a run goes: in a line of figures, and in curves as somebody wants to see them.

In: how it stands, its history. Out: the line; the chart over epochs, steps or seconds, smoothed,
with the stretch set off that the first finding rests on.
"""

import math
from collections.abc import Sequence

import streamlit as st

from core.charts.learning import curves_figure
from core.diagnosis.findings import Finding
from core.diagnosis.measures import loss_in_words
from core.learning.history import History
from core.learning.runs import Snapshot
from pages.comparing.together import looks
from pages.training.controlling import rate_in_words


def in_short(snapshot: Snapshot) -> None:
    """Draw the loss before the first step, the learning rate and the seconds an epoch takes."""
    history, words = snapshot.history, []
    if history.start_loss is not None:
        n = snapshot.spec.n_answers
        words.append(
            f"Loss at the start: {loss_in_words(history.start_loss)} (a guess among {n} answers "
            f"gives ln {n} = {math.log(n):.2f})."
        )
    if history.epochs:
        when = "in force" if snapshot.alive else "at the end"
        seconds = history.epochs[-1].seconds / len(history.epochs)
        took = f"{seconds:.2g}" if seconds < 10 else f"{seconds:,.0f}"
        words.append(f"Learning rate {when}: {rate_in_words(snapshot)}. {took} s an epoch.")
    if words:
        st.caption(" ".join(words))


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
