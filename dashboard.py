"""Spoken Digit Lab, the list of pages and nothing else: ``streamlit run dashboard.py``."""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        "Spoken Digit Lab needs Python 3.11, 3.12 or 3.13; this is Python "
        + ".".join(map(str, sys.version_info[:3]))
        + ". Make a virtual environment with one of those and install requirements.txt in it."
    )

import streamlit as st

from pages.shared import frame

PAGES = [
    st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("pages/browse.py", title="Browse", icon=":material/library_music:"),
    st.Page("pages/voices.py", title="Your voice", icon=":material/record_voice_over:"),
    st.Page("pages/quiz.py", title="Listen", icon=":material/hearing:"),
    st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
    st.Page("pages/runs.py", title="Runs", icon=":material/stacked_line_chart:"),
    st.Page("pages/race.py", title="Race", icon=":material/flag:"),
    st.Page("pages/lessons.py", title="Lessons", icon=":material/school:"),
    st.Page("pages/models.py", title="Models", icon=":material/inventory_2:"),
    st.Page("pages/live.py", title="Live", icon=":material/mic:"),
]

if __name__ == "__main__":
    frame.enter(PAGES).run()
