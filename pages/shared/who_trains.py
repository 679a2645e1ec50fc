"""Who trains, who is scored, and on how much: the split, with a warning where it leaks speakers.

In: a data set's speakers. Out: settings of a run's spec.
"""

from typing import Any

import streamlit as st

from core.learning.splits import leaving_out

TEST_TAKES = {"official": "the first of each (official)", "random": "by chance"}
LEAK = (
    "Every speaker is on both sides of this split: the score is of new takes by voices that the "
    "network has trained on, and says nothing of a stranger. Leave a speaker out to measure that."
)
"""Of any split that leaves nobody out. FSDD's own split is one."""


def voices_control(speakers: tuple[str, ...]) -> dict[str, Any]:
    """Draw who trains, who is scored, and how much is trained on; return these settings."""
    left_out = st.multiselect(
        "Leave speakers out",
        speakers,
        key="left-out",
        bind="query-params",
        placeholder="nobody",
        help="The second honest number: how it does with voices it has never heard.",
    )
    only = st.multiselect(
        "Train on these speakers only",
        [s for s in speakers if s not in left_out],
        key="train-speakers",
        bind="query-params",
        placeholder="everybody else",
    )
    by_chance = st.selectbox(
        "Test takes",
        [*TEST_TAKES],
        format_func=lambda k: TEST_TAKES[k],
        key="test-takes",
        bind="query-params",
        disabled=bool(left_out),
        help="Which tenth of the takes of speakers it knows is scored and never trained on. With "
        "speakers left out it is the first.",
    )
    share = st.select_slider(
        "Share of the training clips",
        [0.05, 0.1, 0.25, 0.5, 1.0],
        1.0,
        format_func=lambda x: f"{x:.0%}",
        key="train-share",
        bind="query-params",
        help="With little to learn from, a network soon knows it by heart.",
    )
    if not left_out and len(speakers) > 1:
        st.warning(LEAK, icon=":material/groups:")
    return {
        "split": leaving_out(left_out) if left_out else by_chance,
        "train_speakers": tuple(only),
        "train_share": share,
    }
