"""The report's rejection curve: a slider for the working point, and what each costs.

In: a report. Out: a chart, counts. The model itself is not changed.
"""

import streamlit as st

from core.charts.reports import rejection_figure
from core.learning.rejection import rejection_curve, working_point
from pages.modelling.evaluating import Report


def draw(report: Report) -> None:
    """Draw the slider, the curve and the counts."""
    own = report.scores.threshold
    threshold = st.slider(
        "Least confidence for a digit",
        0.0,
        1.0,
        own,
        0.01,
        key=f"working-point-{report.model.key}",
        help=f"Below it a word is answered “not a digit”. This model's own is {own:g}.",
    )
    st.plotly_chart(
        rejection_figure(rejection_curve(report.scores), threshold),
        key="rejection",
        alt="Shares of digits right and wrong, and of other words, over the least confidence",
    )
    point = working_point(report.scores, threshold)
    words = (
        f"At {threshold:g}: of {point.n_digits} digits {point.right} are right, {point.wrong} "
        f"wrong, {point.rejected} called “not a digit”. "
    )
    if point.n_others:
        words += f"Of {point.n_others} other words and noises {point.raised} raise a digit."
    else:
        words += (
            "What other words would raise is not shown: these recordings hold none. The embedded "
            "voices do, under “Every clip”."
        )
    st.markdown(words)
    st.caption("Moving it shows what would be; Live goes on with the model's own.")
