"""Spoken Digit Lab: the list of pages; nothing else. Start it with ``streamlit run dashboard.py``."""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        "Spoken Digit Lab needs Python 3.11, 3.12 or 3.13; this is Python "
        + ".".join(map(str, sys.version_info[:3]))
        + ". Make a virtual environment with one of those and install requirements.txt in it."
    )

import streamlit as st

from pages.shared import cached

st.set_page_config(page_title="Spoken Digit Lab", page_icon=":material/graphic_eq:", layout="wide")
cached.prepare_server()
st.navigation(
    [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/browse.py", title="Browse", icon=":material/library_music:"),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("pages/live.py", title="Live", icon=":material/mic:"),
    ],
    position="top",
).run()
