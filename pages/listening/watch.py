"""What the browser knows of the microphone, and the states that only it can see.

In: whether sound is streaming. Out: the state, drawn by the browser at once; what it found, for
the doctor.
"""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from core.listening.doctor import Browser
from pages.shared.session import visitor

_component = st.components.v2.component(
    "spoken_digit_lab_watch",
    js=Path(__file__).with_suffix(".js").read_text("utf-8"),
    isolate_styles=False,
)


def watch(streaming: bool) -> Browser:
    """Draw the state before sound streams, as the browser sees it; return what it found."""
    said = _component(key="live-watch", data={"streaming": streaming}, on_found_change=_nothing)
    found = said.get("found")
    me = visitor().live
    if isinstance(found, Mapping):
        me.browser = dict(found)
    return Browser.of(me.browser)


def _nothing() -> None:
    """Be there: Streamlit keeps only a state that has a callback."""
