"""The report's tables and calibration: by digit, by speaker, how sure and how right.

In: a report. Out: tables with intervals, and a chart.
"""

from collections.abc import Hashable, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.reports import calibration_figure
from core.learning.calibration import calibration as calibrated
from core.learning.evaluation import Accuracy, accuracy_by
from pages.modelling.evaluating import Report


def _table(groups: Sequence[Hashable], right: NDArray[np.bool_], what: str) -> None:
    found = {g: Accuracy.from_dict(score) for g, score in accuracy_by(groups, right).items()}
    st.dataframe(
        {
            what: [*found],
            "right": [a.right for a in found.values()],
            "of": [a.total for a in found.values()],
            "accuracy": [a.share for a in found.values()],
            "from": [a.low for a in found.values()],
            "to": [a.high for a in found.values()],
        },
        column_config={
            name: st.column_config.NumberColumn(name, format="percent")
            for name in ("accuracy", "from", "to")
        },
        hide_index=True,
        width="stretch",
    )


def tables(report: Report) -> None:
    """Draw the accuracy of each digit and each speaker, with its 95 % interval."""
    digits = report.only_digits
    left, right = st.columns(2)
    with left:
        _table([int(a) for a in digits.scores.answers], digits.scores.right, "digit")
    with right:
        _table([r.speaker for r in digits.recordings], digits.scores.right, "speaker")
    st.caption("Forced to say a digit. From and to: the 95 % interval.")


def calibration(report: Report) -> None:
    """Draw how often it was right over how sure it was."""
    scores = report.scores
    if not np.isfinite(scores.logits).all():
        st.caption("How sure it is was not measured: it diverged, its answers are no numbers.")
        return
    if scores.logits.shape[1] == 10:  # what is none of the ten has no right answer here
        scores = report.only_digits.scores
    found = calibrated(scores.logits, scores.answers, scores.temperature)
    assert found is not None
    st.plotly_chart(
        calibration_figure(found),
        key="calibration",
        alt="How often the model was right over how sure it was",
    )
    st.caption(
        f"Expected calibration error {found.error:.1%} over {found.total} clips in 15 bins. Below "
        "the line it is too sure, above it not sure enough. Larger points hold more clips."
    )
