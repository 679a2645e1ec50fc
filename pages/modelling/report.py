"""A model's report on a data set: accuracy, confusions, by digit and speaker, calibration.

In: a saved model, a data set. Out: the middle of the Models page; computed in the background.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.charts.learning import confusion_figure
from core.learning.evaluation import Accuracy
from core.learning.saved_models import SavedModel
from core.sound.datasets import DATASETS, available
from pages.browsing.background import result_of
from pages.shared import cached, problems
from pages.shared.literal import literal

PARTS = (
    ("known", "Speakers it was trained on (some of these clips may have been trained on)"),
    ("unseen", "Speakers it has never heard"),
)


def _report(model: SavedModel, data: str) -> dict[str, Any] | None:
    def work(progress: Callable[[float], None]) -> dict[str, Any]:
        from core.learning.commands.evaluate import evaluated
        from core.learning.trained import find_trained

        return evaluated(find_trained(model.key), data)

    key = f"report {model.key} {model.card.weights_sha256} {data} {cached.changed(data)}"
    found: dict[str, Any] | None = result_of(key, "Evaluating every clip", work)
    return found


def _line(score: dict[str, Any] | None) -> str:
    if score is None:
        return "not measured"
    found = Accuracy.from_dict(score)
    return (
        f"{found.share:.1%} ({found.right} of {found.total}; 95 % interval {found.low:.1%} to "
        f"{found.high:.1%})"
    )


def _table(scores: dict[str, dict[str, Any]], what: str) -> None:
    found = {name: Accuracy.from_dict(score) for name, score in scores.items()}
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


def _part(name: str, score: dict[str, Any]) -> None:
    st.plotly_chart(
        confusion_figure(score["confusion"]), key=f"confusion-{name}", alt="Confusion matrix"
    )
    digits, speakers = st.columns(2)
    with digits:
        _table(score["by_answer"], "digit")
    with speakers:
        _table(score["by_speaker"], "speaker")
    found = score["calibration"]
    st.caption(
        f"Calibration: expected error {found['error_at_temperature']:.1%} in 15 bins, at the "
        "model's temperature. "
        "What it calls 90 % sure should be right nine times out of ten."
    )


def draw(model: SavedModel) -> None:
    """Draw the choice of a data set and, once asked for, the report on it."""
    st.subheader("Evaluate")
    keys = [*available()]
    data = st.selectbox(
        "On which recordings", keys, format_func=lambda k: DATASETS[k].label, key="report-data"
    )
    asked = f"{model.key} {data}"
    if st.button("Evaluate", icon=":material/analytics:", key="evaluate"):
        st.session_state["report"] = asked
    if st.session_state.get("report") != asked:
        return
    with problems.told():
        report = _report(model, data)
        if report is None:
            return
        st.caption(f"Protocol: {literal(report['protocol'])}.")
        for name, words in PARTS:
            score = report["scores"][name]
            st.markdown(f"**{words}**: {_line(score)}")
            if score is not None:
                with st.expander("Confusions, digits, speakers, calibration"):
                    _part(name, score)
