"""A player that begins by itself and says nothing of what it plays.

In: a WAV. Out: sound. Streamlit's own player sometimes stays silent where it should begin by
itself (it forgets the wish when it is drawn twice before the file is there), and a quiz is
answered by ear.
"""

import base64
from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "spoken_digit_lab_blind_player",
    js=Path(__file__).with_suffix(".js").read_text("utf-8"),
    isolate_styles=False,
)


def play_blind(wav: bytes, key: str) -> None:
    """Play a WAV, once for every time that its bytes are new."""
    _component(key=key, data={"wav": base64.b64encode(wav).decode("ascii")})
