"""The report beside another model's on the very same clips: real, or chance.

In: a report. Out: a sentence, a table of four counts, the clips on which they differ.
"""

import numpy as np
import streamlit as st

from core.learning.comparing import compare
from core.learning.evaluation import accuracy
from core.learning.saved_models import list_models
from pages.modelling.evaluating import Report, evaluated
from pages.modelling.players import play_some
from pages.shared.apart import apart
from pages.shared.literal import literal


def draw(report: Report) -> None:
    """Draw the choice of the other model and, once pressed, the comparison."""
    others = {m.key: m for m in list_models()[0] if m.key != report.model.key}
    if not others:
        st.caption("There is no other model here. Train one, import one, or adapt this one.")
        return
    labels = apart({key: m.card.name for key, m in others.items()})
    key = st.selectbox("Against", [*others], format_func=lambda k: labels[k], key="versus")
    token = f"{report.model.key} {key} {report.asked}"
    if st.button("Compare", icon=":material/compare_arrows:", key="compare"):
        st.session_state["compared"] = token
    if st.session_state.get("compared") != token:
        return
    theirs = evaluated(others[key], report.asked)
    if theirs is None:
        return
    if [*theirs.recordings] != [*report.recordings]:
        st.caption("The recordings have changed meanwhile. Press Evaluate again.")
        return
    digits = report.digits
    first, second = report.scores.of(digits), theirs.scores.of(digits)
    names = literal(report.model.card.name), literal(others[key].card.name)
    found = compare(first.right, second.right)
    st.markdown(found.words(f"**{names[0]}**", f"**{names[1]}**"))
    for name, right in zip(names, (first.right, second.right), strict=True):
        share = accuracy(int(right.sum()), len(right))
        st.markdown(f"{name}: {share}")
    st.caption("Forced to say a digit, both on the same clips.")
    differ = np.flatnonzero(digits)[first.right != second.right]
    if len(differ):
        st.markdown("**Where they differ** (what this model answered)")
        play_some(report, [int(i) for i in differ], "differ")
