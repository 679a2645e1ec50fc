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

from pages.shared import cached

_entered = False  # set once a server, by whichever visitor comes first; never unset


def enter(pages: Sequence[Any]) -> Any:
    """Set the page's title and draw the navigation; return the page that was asked for."""
    global _entered
    _entered = True
    st.set_page_config(page_title="Spoken Digit Lab", page_icon="🔢", layout="wide")
    cached.prepare_server()
    return st.navigation(list(pages), position="top")


def inside() -> None:
    """Begin again from dashboard.py if this page was run without it."""
    if not _entered:
        enter(importlib.import_module("dashboard").PAGES)
        st.rerun()
