"""One visitor: a typed object, the only key in ``st.session_state`` besides widget keys.

In: what the visitor does. Out: what pages show of it. A reload begins a new one; what must last
lies on the disk.
"""

from dataclasses import dataclass, field

import streamlit as st

from core.listening.listener import Listener


@dataclass
class Visitor:
    """What one visitor has done since the page was loaded."""

    heard_a_recording: bool = False
    dataset: str | None = None
    """The data set chosen: a key of DATASETS or a path; None for the default."""
    words_heard: int = 0
    listener: Listener | None = None
    """The live listener, while the Live page has one."""
    listener_model: str = ""
    uploads: dict[str, object] = field(default_factory=dict)


def visitor() -> Visitor:
    """Return the visitor of this session."""
    if "visitor" not in st.session_state:
        st.session_state["visitor"] = Visitor()
    found: Visitor = st.session_state["visitor"]
    return found
