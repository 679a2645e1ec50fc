"""Runs: everything that was trained here, sorted, compared, named and kept."""

from collections.abc import Sequence

import streamlit as st

from core.learning.library import Entry, entries
from core.learning.run_trash import DeletedRun, bring_back, delete, deleted
from core.learning.runs import Run
from core.learning.states import ALIVE
from pages.comparing import single, table, together
from pages.shared import frame, problems
from pages.shared.literal import literal

POLL_SECONDS = 1.0
"""Between two looks at runs in progress."""
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


def unreadable(broken: Sequence[tuple[Run, str]]) -> None:
    """Draw what is wrong with each run that cannot be read, and the button that deletes it."""
    for run, sentence in broken:
        words, away = st.columns([4, 1], vertical_alignment="center")
        words.warning(literal(sentence))
        if away.button(
            "Delete",
            icon=":material/delete:",
            key=f"delete-{run.name}",
            help="It can be brought back for a week.",
            width="stretch",
        ):
            with problems.told():
                delete(run)
                st.rerun()


def follow(found: Sequence[Entry]) -> None:
    """Draw the page once more when a run has got further; poll only while one is awaited.

    The page itself is not what polls: whoever writes a note is not disturbed every second.
    """

    def standing(entries_now: Sequence[Entry]) -> list[tuple[str, str, int]]:
        return [(e.run.name, e.state, e.epochs) for e in entries_now]

    if not any(e.state == "queued" or e.state in ALIVE for e in found):
        return
    shown = standing(found)

    @st.fragment(run_every=POLL_SECONDS)
    def looked() -> None:
        with problems.told():
            if standing(entries()[0]) != shown:
                st.rerun()

    looked()


frame.inside()
st.title("Runs")
with problems.told():
    found, broken = entries()
    unreadable(broken)
    trash(deleted())
    follow(found)
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
