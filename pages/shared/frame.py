"""The frame around every page: title, navigation, what a server prepares once.

In: the list of pages in dashboard.py. Out: the page to run.

Streamlit still has an older kind of navigation for any app with a folder named ``pages``, and uses
it until ``st.navigation`` was called once. Whoever opens ``/live`` first after a start would get
it. ``inside`` therefore stands at the top of every page.
"""

import importlib
from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import script_runner

from pages.shared import cached

LIVE = "live"
"""The address of the page with the microphone."""
KEY = "microphone"
"""The microphone's key there."""

# After every run of a page Streamlit 1.67 empties Keras's session, once Keras is imported: that
# collects all garbage (half a second where nothing is frozen), and takes the state from under a
# network that another visitor's thread is building.
script_runner._clean_problem_modules = lambda: None

_entered = False  # set once a server, by whichever visitor comes first; never unset


def enter(pages: Sequence[Any]) -> Any:
    """Set the page's title and draw the navigation; return the page that was asked for."""
    global _entered
    _entered = True
    st.set_page_config(page_title="Spoken Digit Lab", page_icon="🔢", layout="wide")
    cached.prepare_server()
    page = st.navigation(list(pages), position="top")
    if page.url_path != LIVE:
        _leave_live()
    return page


def _leave_live() -> None:
    """Release microphone and listener of a visitor who has gone to another page."""
    if KEY in st.session_state:
        # Live was open, so that this is imported; a connection may stand without a listener yet
        from pages.shared.microphone import hang_up

        hang_up(KEY)
    me = st.session_state.get("visitor")
    if me is not None and me.listener is not None and not me.listener.closed:
        me.listener.close()


def inside() -> None:
    """Begin again from dashboard.py if this page was run without it."""
    if not _entered:
        enter(importlib.import_module("dashboard").PAGES)
        st.rerun()
