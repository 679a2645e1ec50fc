"""A model's report on clips of one's choice: what it got right, and what lies behind that.

In: a saved model. Out: the middle of the Models page; what it rests on is computed in the
background, and everything else is counted from that.
"""

from collections.abc import Callable

import streamlit as st

from core.learning.evaluation import accuracy
from core.learning.rejection import working_point
from core.learning.saved_models import SavedModel
from pages.modelling import confusions, hardest, rejecting, robust, standing, versus
from pages.modelling.evaluating import Report, choose, evaluated, title_of_part
from pages.shared import problems

VIEWS: dict[str, Callable[[Report], None]] = {
    "Confusions": confusions.draw,
    "Digits and speakers": standing.tables,
    "How sure": standing.calibration,
    "Working point": rejecting.draw,
    "Hardest": hardest.draw,
    "Noise, speed, pitch": robust.draw,
    "Against another": versus.draw,
}
"""What the visitor chooses, and who draws it."""


def _lines(report: Report) -> None:
    """Draw the accuracies: of speakers it knows and of others apart, forced and as Live answers."""
    digits = report.only_digits
    for known in (True, False):
        part = digits.of(digits.known == known)
        title = title_of_part(report, known)
        found = accuracy(int(part.scores.right.sum()), len(part.recordings))
        if found is None:
            st.markdown(f"**{title}**: not measured, none of these clips are theirs.")
            continue
        point = working_point(part.scores, part.scores.threshold)
        st.markdown(
            f"**{title}**: {found.share:.1%} right if it must say a digit ({found.right} of "
            f"{found.total}; 95 % interval {found.low:.1%} to {found.high:.1%}). As Live answers: "
            f"{point.right} right, {point.wrong} wrong, {point.rejected} called “not a digit”."
        )
    n_others = int((~report.digits).sum())
    if n_others:
        raised = working_point(report.scores, report.scores.threshold).raised
        share = accuracy(raised, n_others)
        assert share is not None
        st.markdown(
            f"**Other words and noises**: {raised} of {n_others} raise a digit as Live answers "
            f"({share.share:.1%}; {share.low:.1%} to {share.high:.1%})."
        )


def draw(model: SavedModel) -> None:
    """Draw the choice of clips and, once asked for, the report on them."""
    st.subheader("Evaluate")
    with problems.told():
        asked = choose()
        token = f"{model.key} {asked}"
        if st.button("Evaluate", icon=":material/analytics:", key="evaluate"):
            st.session_state["report"] = token
        if st.session_state.get("report") != token:
            return
        report = evaluated(model, asked)
        if report is None:
            return
        st.caption(
            "Each clip is heard as Live would hear it cut out, with all of the model's looks at a "
            f"word. {len(report.recordings)} clips."
        )
        _lines(report)
        view = st.segmented_control(
            "What of it",
            [*VIEWS],
            default="Confusions",
            required=True,
            key="report-view",
            persist_state="session",
        )
        VIEWS[view or "Confusions"](report)
