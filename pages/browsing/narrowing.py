"""Which clips are looked at: digits, speakers, split and quality, held by the address bar.

In: the index of a data set, and what the visitor chose. Out: the index of the clips that fit, for
every view alike, so that all counts follow.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.browsing.filters import SPLITS, Choice, chosen
from core.browsing.index import NO_DIGIT, Index, Indices
from core.browsing.suspicion import suspicious
from pages.browsing import background

QUALITIES = {
    "any": "whatever they sound like",
    "odd": "something is out of the ordinary: the clips that Find calls worth hearing",
    "plain": "nothing out of the ordinary was measured",
}
"""What the visitor can ask of the sound."""
KEYS = ("digits", "speakers", "split", "sound")
"""The widgets, and with them the names in the address bar."""


@dataclass(frozen=True, eq=False)
class Narrowed:
    """The clips that fit."""

    index: Index
    """Of these clips alone."""
    whole: Index
    """Of the whole data set."""
    places: Indices
    """Where they stand in the whole."""


def _odd(whole: Index, dataset: str) -> frozenset[int] | None:
    """Return the places of what is worth hearing; None while it is being measured."""
    table = background.quality(whole, dataset)
    return None if table is None else frozenset(s.place for s in suspicious(whole, table))


@st.cache_resource(show_spinner=False, max_entries=12)
def _narrowed(_whole: Index, mark: str, choice: Choice, sound: str) -> Narrowed:
    if choice.among is not None and sound == "plain":
        odd = np.fromiter(choice.among, np.int64, len(choice.among))
        fits = chosen(_whole, Choice(choice.digits, choice.speakers, choice.split))
        places = np.setdiff1d(fits, odd)
    else:
        places = chosen(_whole, choice)
    return Narrowed(_whole.subset(places), _whole, places)


def clear() -> None:
    """Choose everything again; for callbacks."""
    st.session_state["digits"], st.session_state["speakers"] = [], []
    st.session_state["split"], st.session_state["sound"] = "all", "any"


def narrow(whole: Index, dataset: str) -> Narrowed | None:
    """Draw the filters; return the clips that fit, or None where a view has nothing to draw."""
    place = st.container()
    n = int((whole.digits != NO_DIGIT).sum())
    with st.expander("Filter", icon=":material/filter_alt:", key="filter"):
        left, right = st.columns([3, 2])
        spoken = {digit for digit, _ in whole.cells}
        digits = left.pills(
            "Digits", sorted(spoken), selection_mode="multi", key="digits", bind="query-params",
            wrap=True,
        )  # fmt: skip
        names = {speaker for _, speaker in whole.cells}
        speakers = right.multiselect(
            "Speakers",
            [s for s in whole.speakers if s in names],
            key="speakers",
            bind="query-params",
            placeholder="all of them",
        )
        left, right = st.columns([3, 2])
        split = left.segmented_control(
            "Split", [*SPLITS], default="all", required=True, key="split", bind="query-params",
            help="; ".join(f"{k}: {v}" for k, v in SPLITS.items()),
        )  # fmt: skip
        sound = right.segmented_control(
            "Quality", [*QUALITIES], default="any", required=True, key="sound",
            bind="query-params", help="; ".join(f"{k}: {v}" for k, v in QUALITIES.items()),
        )  # fmt: skip
    among = None
    if sound in ("odd", "plain"):
        among = _odd(whole, dataset)
        if among is None:
            return None
    choice = Choice(tuple(digits or ()), tuple(speakers), split or "all", among)
    found = _narrowed(whole, whole.mark, choice, sound or "any")
    if len(found.places) < n or not len(found.places):
        with place.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/filter_alt: **{len(found.places)} of {n} clips** fit the filter.",
                width="content",
            )
            st.button("Clear the filter", key="clear-filter", on_click=clear)
    return found if len(found.places) else None
