"""“Wrong? It was ...”: a word kept with its label, as a take of somebody's own voice.

In: a word, the digit that it was. Out: a recording in the own voices of this server.
"""

import streamlit as st

from core.listening.heard import HeardWord
from core.sound.recordings import DIGIT_WORDS
from core.voices.own import keep
from pages.shared import problems
from pages.shared.literal import literal
from pages.voice_taking import who


def draw(each: HeardWord) -> None:
    """Draw the offer to keep a word as what it was."""
    number = each.word.number
    with st.expander("Wrong? It was ... (or keep it because it is right)", icon=":material/edit:"):
        st.caption(
            "The clip is kept with your label among the own voices of this server, to train on and "
            "to test with; “Your voice” shows and deletes it."
        )
        with problems.told():
            speaker = who.choose()
            if speaker is None:
                return
            digit = st.pills(
                "It was",
                range(10),
                default=each.word.answer.digit,
                format_func=lambda d: f"{d} {DIGIT_WORDS[d]}",
                key=f"it-was-{number}",
            )
            if st.button(
                f"Keep it as {literal(speaker.name)}'s",
                icon=":material/save:",
                key="it-was-keep",
                disabled=digit is None,
            ):
                assert digit is not None
                kept = keep(speaker.folder, digit, each.word.y)
                st.success(f"Kept: “{kept.digit}” by {literal(speaker.name)}, take {kept.take}.")
                st.page_link("pages/voices.py", label="Your voice", icon=":material/mic:")
