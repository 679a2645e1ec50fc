"""One visitor: a typed object, the only key in ``st.session_state`` besides widget keys.

In: what the visitor does. Out: what pages show of it. A reload begins a new one; what must last
lies on the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from core.listening.listener import Listener  # brings PyAV, which only Live needs


@dataclass
class Visitor:
    """What one visitor has done since the page was loaded."""

    heard_a_recording: bool = False
    dataset: str | None = None
    """The data set chosen: a key of DATASETS or a path; None for the default."""
    linked_dataset: str | None = None
    """The data set that the address bar named when it was last looked at."""
    awaits_download: bool = False
    """Whether this visitor has pressed the download's button and not got it yet."""
    words_heard: int = 0
    listener: Listener | None = None
    """The live listener, while the Live page has one."""
    listener_model: str = ""


def visitor() -> Visitor:
    """Return the visitor of this session."""
    if "visitor" not in st.session_state:
        st.session_state["visitor"] = Visitor()
    found: Visitor = st.session_state["visitor"]
    return found
