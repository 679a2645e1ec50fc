"""Which clip is looked at: digit, speaker and take, held by the address bar.

In: the index of a data set, a click elsewhere. Out: the place of one recording.
"""

import numpy as np
import streamlit as st

from core.browsing.filters import speakers_like
from core.browsing.index import Index
from core.sound.recordings import Recording
from pages.shared.session import visitor

MOST_PINNED = 6
"""Clips kept at hand: as many as can be compared."""

SPEAKERS_SHOWN = 20
"""Speakers offered at once; with more, a search narrows them."""


def go_to(recording: Recording, view: str | None = "Clip") -> None:
    """Make a recording the selected one, and show it in a view; for callbacks only."""
    st.session_state["digit"] = recording.digit
    st.session_state["speaker"] = recording.speaker
    st.session_state["take"] = recording.take
    if view is not None:
        st.session_state["view"] = view


def shown_speakers(index: Index, key: str) -> tuple[str, ...]:
    """Draw a search where there are many speakers; return at most twenty of them."""
    digits = {speaker for _, speaker in index.cells}
    if len(digits) <= SPEAKERS_SHOWN:
        return tuple(s for s in index.speakers if s in digits)
    wanted = st.text_input("Search a speaker", key=f"{key}-search", placeholder="part of a name")
    found = [s for s in speakers_like(index, wanted or "") if s in digits]
    pages = -(-len(found) // SPEAKERS_SHOWN)
    page = 1
    if pages > 1:
        page = int(
            st.number_input(f"Page of {pages} ({len(found)} speakers)", 1, pages, key=f"{key}-page")
        )
    return tuple(found[(page - 1) * SPEAKERS_SHOWN : page * SPEAKERS_SHOWN])


def choose_clip(index: Index) -> int:
    """Draw the choice of digit, speaker and take; return the place in the index."""
    digits = sorted({digit for digit, _ in index.cells})
    digit = st.pills(
        "Digit",
        digits,
        default=digits[0],
        required=True,
        key="digit",
        bind="query-params",
        wrap=True,
    )
    digit = digits[0] if digit is None else digit
    speakers = sorted(s for d, s in index.cells if d == digit)
    speaker_column, take_column = st.columns([2, 1])
    speaker = speaker_column.selectbox("Speaker", speakers, key="speaker", bind="query-params")
    places = index.cells[digit, speaker if speaker in speakers else speakers[0]]
    takes = [int(index.takes[p]) for p in places]
    take = take_column.selectbox("Take", takes, key="take", bind="query-params")
    place = int(places[takes.index(take) if take in takes else 0])
    _neighbours(index, place)
    return place


def _neighbours(index: Index, place: int) -> None:
    """Draw buttons, with their keys, for the clip before and the clip after."""

    def step(by: int) -> None:
        order = np.concatenate([*index.cells.values()])
        at = int(np.flatnonzero(order == place)[0]) + by
        go_to(index.recording(int(order[at % len(order)])), None)

    with st.container(horizontal=True):
        st.button("Previous", key="previous", shortcut="B", on_click=step, args=(-1,))
        st.button("Next", key="next", shortcut="N", on_click=step, args=(1,))
        _pin(index.recording(place))


def _pin(recording: Recording) -> None:
    """Draw the button that keeps a clip at hand for a comparison, or lets it go."""
    pinned = visitor().pinned
    there = recording in pinned

    def turn() -> None:
        if recording in pinned:  # asked again: two presses may be under way
            pinned.remove(recording)
        elif len(pinned) < MOST_PINNED:
            pinned.append(recording)

    st.button(
        f"Unpin ({len(pinned)} pinned)" if there else "Pin to compare",
        icon=":material/keep_off:" if there else ":material/keep:",
        key="pin",
        on_click=turn,
        disabled=not there and len(pinned) >= MOST_PINNED,
        help=f"Compare shows up to {MOST_PINNED} pinned clips side by side.",
    )
