"""Exclusions, where they matter: what is left out of training, and why.

In: the marks of this server. Out: a sentence.
"""

import streamlit as st

from pages.shared import cached
from pages.shared.literal import literal
from pages.shared.player import name_of

MOST_NAMED = 5
"""Recordings named with their reasons; of more, how many."""


def tell_exclusions(datasets: tuple[str, ...]) -> None:
    """Say how many recordings of these data sets are not trained on, and why."""
    out = [
        (recording, mark)
        for dataset in datasets
        for recording, marks in cached.marked_in(cached.index_of(dataset)).items()
        for mark in [next((m for m in reversed(marks) if m.kind == "exclude"), None)]
        if mark is not None
    ]
    if not out:
        return
    named = "; ".join(f"{literal(name_of(r))}: {literal(m.reason)}" for r, m in out[:MOST_NAMED])
    more = f"; and {len(out) - MOST_NAMED} more" if len(out) > MOST_NAMED else ""
    recordings = "1 recording is" if len(out) == 1 else f"{len(out)} recordings are"
    st.caption(
        f":material/block: {recordings} excluded and not trained on ({named}{more}). Take it back "
        "in Browse, under Find, Marked."
    )
