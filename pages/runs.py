"""Runs: everything that was trained here, sorted, compared, named and kept."""

import streamlit as st

from core.learning.library import entries
from core.learning.run_trash import DeletedRun, bring_back, deleted
from pages.comparing import single, table, together
from pages.shared import frame, problems
from pages.shared.literal import literal

MOST_UNDONE = 5
"""Deleted runs that are offered at once, the latest."""


def trash(gone: tuple[DeletedRun, ...]) -> None:
    """Draw what was deleted last, each with its way back."""
    for each in gone[:MOST_UNDONE]:
        words, back = st.columns([4, 1], vertical_alignment="center")
        words.markdown(
            f"Deleted: **{literal(each.called or each.name)}**. It can be brought back for a week."
        )
        if back.button("Undo", icon=":material/undo:", key=f"undo-{each.folder}", width="stretch"):
            with problems.told():
                bring_back(each.folder)
                st.rerun()
    if len(gone) > MOST_UNDONE:
        st.caption(f"And {len(gone) - MOST_UNDONE} before them, when these are back or gone.")


frame.inside()
st.title("Runs")
with problems.told():
    found, broken = entries()
    for sentence in broken:
        st.warning(literal(sentence))
    trash(deleted())
    if not found:
        st.markdown("Nothing has been trained here yet.")
        st.page_link("pages/train.py", label="Train a network", icon=":material/model_training:")
    else:
        st.caption("Tick up to six runs to see them together.")
        chosen = table.draw(table.sort(found))
        histories = [entry.run.snapshot().history for entry in chosen]
        if len(chosen) > 1:
            together.draw(chosen, histories, "together")
        if chosen:
            tabs = st.tabs([literal(title) for title in together.titles_of(chosen)])
            for tab, entry, history in zip(tabs, chosen, histories, strict=True):
                with tab:
                    single.draw(entry, history)
