"""Flags and exclusions of a clip: made with a reason, seen by everyone here, taken back.

In: a recording. Out: marks on the disk, which training honours.
"""

import streamlit as st

from core.browsing.index import Index
from core.sound.recordings import Recording
from core.voices.flags import LONGEST_REASON, Kind, Mark, mark, marks_of, undo
from pages.browsing.selection import go_to
from pages.shared import cached, player, problems
from pages.shared.literal import literal
from pages.shared.session import visitor

KINDS: dict[Kind, str] = {
    "flag": "Flag it: somebody should look at it",
    "exclude": "Exclude it: nothing is trained on it",
}
SIGNS: dict[Kind, str] = {
    "flag": ":orange[:material/flag: **Flagged**]",
    "exclude": ":red[:material/block: **Excluded from training**]",
}
A_PAGE = 20
"""Marked clips drawn at once."""


def draw(recording: Recording, dataset: str) -> None:
    """Draw a clip's marks, each with its way back, and the form for another."""
    for one in marks_of(recording):
        words_and_undo(one, "clip")
    with (
        st.popover("Flag or exclude", icon=":material/flag:"),
        st.form("mark", border=False, clear_on_submit=True),
    ):
        kind = st.radio(
            "What shall be done with it?", [*KINDS], format_func=KINDS.get, key="kind-of-mark"
        )
        reason = st.text_input(
            "Why?",
            key="reason",
            placeholder="two words, cut off, wrong digit ...",
            max_chars=LONGEST_REASON,
        )
        if st.form_submit_button("Mark it", type="primary"):
            with problems.told():
                mark(recording, kind or "flag", reason, cached.title_of(dataset))
                st.rerun()


def words_and_undo(one: Mark, key: str) -> None:
    """Draw a mark with the button that takes it back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{SIGNS[one.kind]}: {literal(one.reason)}", width="content")
        if st.button("Undo", icon=":material/undo:", key=f"undo-{key}-{one.key}"):
            with problems.told():
                undo(one.key)
                st.rerun()


def marked(index: Index) -> None:
    """Draw the marked clips of a data set, each to be opened or taken back."""
    found = cached.marked_in(index)
    if not found:
        st.info("No clip of this data set is flagged or excluded. Do so where you look at one.")
        return
    n_out = sum(any(m.kind == "exclude" for m in marks) for marks in found.values())
    st.caption(
        f"Marked clips: {len(found)}, of which {n_out} are excluded from training. Everyone who "
        "uses this app on this server sees the same marks."
    )
    recordings = [*found]
    pages = -(-len(recordings) // A_PAGE)
    page = int(st.number_input(f"Page of {pages}", 1, pages, key="marked-page")) if pages > 1 else 1
    for i, recording in enumerate(recordings[(page - 1) * A_PAGE : page * A_PAGE]):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(player.name_of(recording), width="content")
                st.button(
                    "Open", icon=":material/open_in_new:", key=f"open-marked-{i}",
                    on_click=go_to, args=(recording,),
                )  # fmt: skip
            for one in found[recording]:
                words_and_undo(one, "list")


def last_one() -> None:
    """Draw the mark that this visitor made last, with the button that takes it back."""
    me = visitor().review
    if me.last is None:
        return
    one, name = me.last
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{SIGNS[one.kind]}: {literal(name)} ({literal(one.reason)})", width="content")
        if st.button("Undo", icon=":material/undo:", key="undo-last"):
            with problems.told():
                me.last = None
                undo(one.key)
                st.rerun()
