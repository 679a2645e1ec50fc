"""“Wrong? It was ...”: a word kept with its label, as a take of somebody's own voice.

In: a word, the digit that it was. Out: a recording in the own voices of this server.
"""

import streamlit as st

from core.listening.heard import HeardWord
from core.listening.listener import Listener
from core.sound.recordings import DIGIT_WORDS
from core.voices.own import keep
from pages.shared import problems
from pages.shared.literal import literal
from pages.voice_taking import who


def stay_with(number: int) -> None:
    """Let the card show this word, whichever words come after it: somebody has begun to label it.

    It is a callback, so that it happens before the card is drawn again.
    """
    st.session_state["live-word"] = number


def draw(listener: Listener, each: HeardWord) -> None:
    """Draw the offer to keep a word as what it was, or as what it was kept."""
    number = each.word.number
    opened = st.expander(
        "Wrong? It was ... (or keep it because it is right)",
        icon=":material/edit:",
        key=f"it-was-open-{number}",
        on_change=stay_with,
        args=(number,),
    )
    if not opened.open:
        return
    with opened:
        if each.kept:
            st.success(f"Kept: {literal(each.kept)}.")
            st.page_link("pages/voices.py", label="Your voice", icon=":material/mic:")
            return
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
                on_change=stay_with,
                args=(number,),
            )
            if st.button(
                f"Keep it as {literal(speaker.name)}'s",
                icon=":material/save:",
                key=f"it-was-keep-{number}",
                disabled=digit is None,
            ):
                assert digit is not None
                kept = keep(speaker.folder, digit, each.word.y)
                listener.note_kept(number, f"“{kept.digit}” by {speaker.name}, take {kept.take}")
                st.rerun()
