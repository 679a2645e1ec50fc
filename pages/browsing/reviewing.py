"""Review by ear: the suspicious clips one after the other, each fine, flagged or excluded.

In: the ranked list. Out: marks; which clips this visitor has found fine.
"""

from collections.abc import Sequence

import streamlit as st

from core.browsing.index import Index
from core.browsing.suspicion import Suspicion
from core.sound.images import LOG_MEL
from core.sound.recordings import Recording
from core.sound.spectrograms import spectrogram
from core.voices.flags import Kind, mark
from pages.browsing import marking
from pages.shared import cached, player, problems
from pages.shared.clip_data import RowScale
from pages.shared.clip_viewer import clip_viewer
from pages.shared.session import visitor


def draw(index: Index, dataset: str, found: Sequence[Suspicion]) -> None:
    """Draw the next suspicious clip that nobody has marked and this visitor has not heard."""
    me = visitor().review
    known = cached.marked_in(index)
    waiting = [
        (recording, suspicion)
        for suspicion in found
        for recording in [index.recording(suspicion.place)]
        if recording not in known and name_in(dataset, recording) not in me.heard
    ]
    st.subheader("Review by ear")
    marking.last_one()
    if not waiting:
        st.success("All of these clips are heard or marked.", icon=":material/task_alt:")
        return
    recording, suspicion = waiting[0]
    st.progress(1 - len(waiting) / len(found), text=f"{len(waiting)} of {len(found)} to be heard")
    st.text(f"{player.name_of(recording)}: {'; '.join(suspicion.reasons)}")
    decide(recording, suspicion, dataset)
    y = cached.waveform(recording)
    clip_viewer(
        y,
        spectrogram(y, "log_mel", LOG_MEL.analysis),
        hop_length=LOG_MEL.analysis.hop_length,
        rows=RowScale.of("log_mel", LOG_MEL.analysis),
        top_db=LOG_MEL.analysis.top_db,
        name=player.name_of(recording),
        key="review",
    )


def name_in(dataset: str, recording: Recording) -> str:
    """Return what tells a recording from all others that a visitor hears."""
    return f"{dataset}/{recording.name}"


def decide(recording: Recording, suspicion: Suspicion, dataset: str) -> None:
    """Draw the buttons that decide about a clip, and the reason that a mark will bear."""
    me = visitor().review
    reason = st.text_input(
        "Reason for a mark", "; ".join(suspicion.reasons), key=f"why-{name_in(dataset, recording)}"
    )

    def marked(kind: Kind) -> None:
        with problems.told():
            one = mark(recording, kind, reason, cached.title_of(dataset))
            me.last = one, player.name_of(recording)
            st.rerun()

    with st.container(horizontal=True):
        if st.button("It is fine", icon=":material/check:", shortcut="F", key="fine"):
            me.heard.add(name_in(dataset, recording))
            me.last = None
            st.rerun()
        if st.button("Flag it", icon=":material/flag:", key="flag-it"):
            marked("flag")
        if st.button("Exclude it", icon=":material/block:", shortcut="X", key="exclude-it"):
            marked("exclude")
