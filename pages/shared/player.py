"""The player: a recording as sound, with its name beside it.

In: recordings and samples. Out: audio elements.
"""

import streamlit as st

from core.sound.recordings import Recording
from pages.shared import cached


def name_of(recording: Recording) -> str:
    """Return what a recording is, in words."""
    what = f"{recording.digit}" if recording.digit is not None else recording.word
    return f"“{what}” by {recording.speaker}, take {recording.take}"


def play(recording: Recording) -> None:
    """Draw a recording's player with its name above; the name is data, never markup."""
    st.text(name_of(recording))
    st.audio(cached.wav(recording), format="audio/wav")
