"""Live: one button, say a digit, see it; and see what was heard, and why."""

import streamlit as st

from core.listening.doctor import Browser
from pages.listening import doctoring, exam, files, screen, sound, tuning, words
from pages.listening.choosing import Chosen, choose, tell
from pages.listening.watch import watch
from pages.shared import frame, problems
from pages.shared.microphone import microphone
from pages.shared.session import Visitor, visitor

VIEWS = ("Words", "Sound", "Exam", "Sensitivity", "Doctor")
"""What opens from the first screen."""


def listening(me: Visitor, chosen: Chosen, playing: bool) -> None:
    """Draw what is heard, or was heard before the microphone was stopped."""
    if playing:
        tell(me, chosen)
        assert me.listener is not None
        screen.draw(me.listener)
    elif me.listener is not None:
        me.listener.close()
        screen.stopped(me.listener)


def opened(me: Visitor, chosen: Chosen, browser: Browser, playing: bool) -> None:
    """Draw the choice of what to see further, and that."""
    view = st.segmented_control("See more", VIEWS, key="live-view", on_change=exam.ask_anew)
    with problems.told():
        if view == "Words":
            words.draw(me.listener, chosen, playing)
        elif view == "Sound":
            sound.draw(me.listener, playing)
        elif view == "Exam":
            exam.draw(me.listener, chosen, playing)
        elif view == "Sensitivity":
            tuning.draw(chosen)
        elif view == "Doctor":
            doctoring.draw(me.listener, browser, playing)


def limits(chosen: Chosen) -> None:
    """Draw what the chosen network cannot do."""
    if chosen.main.card.n_answers == 10:
        st.caption(
            "This network knows ten answers and none of them is “not a digit”: it rejects a word "
            "only when it is not sure enough of any digit (shown as –). How sure is enough, the "
            "sensitivity says."
        )


frame.inside()
st.title("Talk to it")
st.caption(
    ":material/lock: Audio goes only to the computer that this app runs on, and nothing of it is "
    "kept unless you ask. Press the button, allow the microphone, and say a digit in English."
)
me = visitor()
playing = False
with problems.told():  # servers that were set wrongly are a sentence, and files work all the same
    context = microphone(frame.KEY, lambda: me.listener)
    playing = context.state.playing or context.state.signalling
with problems.told():
    browser = watch(playing)
    chosen = choose()
    if chosen is not None:
        listening(me, chosen, playing)
        limits(chosen)
        failed = doctoring.has_failed(me.listener, browser, playing)
        if not playing:
            # where a browser does not tell why it refuses, what to do stands here anyway
            st.caption(
                "If your browser refuses the microphone (“NotAllowedError”), allow it beside the "
                "address bar and press again. Without a microphone, use the recorder or a file "
                "below."
            )
        opened(me, chosen, browser, playing)
        with st.expander("Without WebRTC: record or upload", expanded=failed):
            files.draw(chosen)
