"""The guided session: the page says a digit, the visitor says it, both look at it.

In: a recording from the browser. Out: takes in the store; on a reload the session goes on.
"""

import zlib
from collections import Counter

import streamlit as st

from core.sound.recordings import DIGIT_WORDS
from core.voices.own import Speaker, catalogue, keep
from core.voices.session import session, still_to_say
from core.voices.trash import delete_takes
from core.voices.uploads import Clip, clips_of
from pages.shared import problems
from pages.shared.literal import literal
from pages.shared.session import visitor
from pages.voice_taking import review, who

TAKES = (1, 2, 3, 5, 10, 20, 50)
"""Takes of each digit to choose from; FSDD's speakers recorded 50."""


def draw() -> None:
    """Draw the session."""
    me = visitor().taking
    left_column, right_column = st.columns([3, 2])
    with left_column:
        speaker = who.choose()
    if speaker is None:
        return
    takes = right_column.select_slider(
        "Takes of each digit",
        TAKES,
        3,
        key="takes",
        help="With three or more, some takes can be kept apart to test a network on your voice.",
    )
    counts = Counter(r.digit for r in catalogue().recordings if r.speaker == speaker.folder)
    order = session(zlib.crc32(speaker.folder.encode()), takes)
    left = still_to_say(order, {d: counts[d] for d in range(10)}, me.last)
    n_done = len(order) - len(left)
    st.progress(n_done / len(order), text=f"{n_done} of {len(order)} takes")
    if me.asked is None and left:
        me.asked = left[0]
    if me.asked is None:
        finished(speaker, counts)
        taken_back(speaker)
    else:
        record(speaker, me.asked)
    choose_digit(counts, takes)


def choose_digit(counts: Counter[int | None], takes: int) -> None:
    """Draw how many takes there are of each digit; a press asks for that digit."""
    me = visitor().taking
    st.session_state["say"] = me.asked

    def changed() -> None:
        me.asked, me.heard = st.session_state["say"], None
        me.number += 1

    st.pills(
        "Digits and how often each was said; press one to say it next",
        range(10),
        format_func=lambda d: f"{d}{' ✓' if counts[d] >= takes else ''} ({counts[d]})",
        key="say",
        on_change=changed,
        wrap=True,
    )


def record(speaker: Speaker, digit: int) -> None:
    """Draw the recorder and, once it holds something, what came of it."""
    me = visitor().taking
    word = DIGIT_WORDS[digit]
    st.html(
        '<div role="status" aria-live="polite" data-testid="say" style="font-size:clamp(2.2rem,'
        f'9vw,4rem);line-height:1.15;text-align:center">Say: <b>{word}</b> ({digit})</div>'
    )
    recording = st.audio_input(
        f"Press, say “{word}” once, press again. Leave a short silence before and after it.",
        sample_rate=16000,
        key=f"recorder-{me.number}",
    )
    if recording is None:
        me.heard = None
        taken_back(speaker)
        if st.button("Skip this digit", icon=":material/skip_next:", key="skip"):
            forward(digit)
            st.rerun()
        st.caption(
            "If your browser refuses the microphone, allow it beside the address bar. Recording "
            "works on this computer itself, or over HTTPS; elsewhere, upload files instead."
        )
        return
    if me.heard is None or me.heard[0] != recording.file_id:
        with st.spinner("Listening ..."):
            found = clips_of([("Your recording", recording.getvalue())])
        me.heard = recording.file_id, found[0]
    decide(speaker, digit, me.heard[1])


def decide(speaker: Speaker, digit: int, clip: Clip) -> None:
    """Draw a take with the buttons that keep or discard it."""
    me = visitor().taking
    review.judge(clip, digit)
    good = review.is_good(clip)
    with st.container(horizontal=True):
        if review.may_be_kept(clip) and st.button(
            "Keep it" if good else "Keep it all the same",
            type="primary" if good else "secondary",
            icon=":material/check:",
            shortcut="K",
            key="keep",
        ):
            with problems.told():
                assert clip.take is not None
                me.kept = keep(speaker.folder, digit, clip.take.y)
                forward(digit)
                st.rerun()
        if st.button(
            "Say it again",
            type="secondary" if good else "primary",
            icon=":material/replay:",
            shortcut="A",
            key="again",
        ):
            me.number += 1
            me.heard = None
            st.rerun()
    review.show(clip, f"“{digit}” by {speaker.name}, not kept yet")


def forward(digit: int) -> None:
    """Go on to the next digit with an empty recorder."""
    me = visitor().taking
    me.last, me.asked, me.heard = digit, None, None
    me.number += 1


def taken_back(speaker: Speaker) -> None:
    """Draw the take kept last, with the button that takes it back."""
    me = visitor().taking
    if me.kept is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":green[:material/check:] Kept “{me.kept.digit}” by {literal(speaker.name)}, "
            f"take {me.kept.take}.",
            width="content",
        )
        if st.button("Undo", icon=":material/undo:", key="take-back"):
            with problems.told():
                kept, me.kept = me.kept, None
                delete_takes([kept])
                me.asked, me.last = kept.digit, None
                st.rerun()


def finished(speaker: Speaker, counts: Counter[int | None]) -> None:
    """Draw that there are enough takes, and what to do with them."""
    st.success(
        f"{literal(speaker.name)} has said every digit: {sum(counts.values())} takes. Ask for more "
        "above, press a digit to say it once more, or go on.",
        icon=":material/task_alt:",
    )
    with st.container(horizontal=True):
        if st.button("See them", icon=":material/library_music:", key="see"):
            visitor().dataset = "own"
            st.switch_page("pages/browse.py")
        if st.button("Train with them", icon=":material/model_training:", key="learn"):
            visitor().dataset = "own"
            st.switch_page("pages/train.py")
