"""Uploads: files or a zip of them become clips that are looked at, kept or discarded.

In: files from anybody. Out: takes in the store, each with the digit that its name or the visitor
says.
"""

import streamlit as st

from core.voices.own import Speaker, keep
from core.voices.uploads import AUDIO, MOST_CLIPS, Clip, clips_of
from pages.shared import problems
from pages.shared.literal import literal
from pages.shared.session import visitor
from pages.voice_taking import review, who

MOST_TOLD = 10
"""Sentences about unreadable files that are shown; there may be hundreds."""


def draw() -> None:
    """Draw the upload and the clips that wait."""
    speaker = who.choose()
    if speaker is None:
        return
    me = visitor().taking
    files = st.file_uploader(
        "Recordings of single digits, or a zip of them",
        type=[*AUDIO, "zip"],
        accept_multiple_files=True,
        key=f"clips-{me.number}",
        help=f"{', '.join(AUDIO)}; up to {MOST_CLIPS} at once. A name such as 7_anna_3.wav or "
        "seven.wav says what was said.",
    )
    if files:
        with st.spinner("Listening ..."):
            found = clips_of((file.name, file.getvalue()) for file in files)
        me.told = tuple(f"{c.name}: {c.problem}" for c in found if c.take is None)
        waiting = [c for c in (*me.clips, *found) if c.take is not None]
        me.clips, over = waiting[:MOST_CLIPS], waiting[MOST_CLIPS:]
        if over:
            me.told = (
                f"{len(over)} more were not taken, the first of them {over[0].name}: {MOST_CLIPS} "
                "clips wait at most. Keep or discard some, then upload these again.",
                *me.told,
            )
        me.number += 1  # an empty uploader: what was in it waits below
        st.rerun()
    for sentence in me.told[:MOST_TOLD]:
        st.warning(literal(sentence), icon=":material/hearing_disabled:")
    if len(me.told) > MOST_TOLD:
        st.caption(f"{len(me.told) - MOST_TOLD} more files were not taken for like reasons.")
    if not me.clips:
        st.caption(
            "Several speakers in one zip, as this app exports them, are imported under “Pass on”."
        )
        return
    all_at_once(speaker)
    one_by_one(speaker)


def all_at_once(speaker: Speaker) -> None:
    """Draw how many clips wait, and the buttons for all of them."""
    me = visitor().taking
    good = [c for c in me.clips if review.is_good(c) and c.digit is not None]
    st.markdown(
        f"**Clips that wait: {len(me.clips)}.** Good ones whose names say what was said: "
        f"{len(good)}."
    )
    with st.container(horizontal=True):
        if st.button(
            f"Keep all good ones ({len(good)})",
            icon=":material/done_all:",
            key="keep-all",
            disabled=not good,
        ):
            with problems.told(), st.spinner("Keeping ..."):
                for clip in good:
                    kept(speaker, clip, clip.digit)
                st.rerun()
        if st.button("Discard all", icon=":material/delete_sweep:", key="discard-all"):
            me.clips, me.told = [], ()
            st.rerun()


def one_by_one(speaker: Speaker) -> None:
    """Draw one of the clips that wait, with its digit and the buttons that decide about it."""
    me = visitor().taking
    place = st.selectbox(
        "Clip",
        range(len(me.clips)),
        format_func=lambda i: _in_words(me.clips[i], i),
        key=f"waiting-{me.number}-{len(me.clips)}",
    )
    clip = me.clips[place or 0]
    digit = st.pills(
        "What was said?",
        range(10),
        default=clip.digit,
        key=f"said-{me.number}-{len(me.clips)}-{place}",
        wrap=True,
    )
    review.judge(clip, digit)
    with st.container(horizontal=True):
        if review.may_be_kept(clip) and st.button(
            "Keep it" if review.is_good(clip) else "Keep it all the same",
            type="primary" if review.is_good(clip) else "secondary",
            icon=":material/check:",
            shortcut="K",
            key="keep",
            disabled=digit is None,
            help="Say first what was said." if digit is None else None,
        ):
            with problems.told():
                kept(speaker, clip, digit)
                st.rerun()
        if st.button("Discard it", icon=":material/delete:", shortcut="D", key="discard"):
            me.clips = [c for c in me.clips if c is not clip]
            st.rerun()
    review.show(clip, f"{clip.name}, not kept yet")


def kept(speaker: Speaker, clip: Clip, digit: int | None) -> None:
    """Keep a clip; it waits no longer."""
    me = visitor().taking
    assert clip.take is not None and digit is not None
    keep(speaker.folder, digit, clip.take.y)
    me.clips = [c for c in me.clips if c is not clip]


def _in_words(clip: Clip, place: int) -> str:
    said = "?" if clip.digit is None else f"“{clip.digit}”"
    state = "good" if review.is_good(clip) else "look at it"
    return f"{place + 1}. {clip.name}, {said}, {state}"
