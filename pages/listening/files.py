"""A recording of many digits, made here or brought along: its words on a timeline.

In: a file of anybody. Out: segments and answers, by the very path of the microphone and of
``python -m core.listening``.
"""

from dataclasses import dataclass

import streamlit as st
from plotly.graph_objects import Figure
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.charts.listening import Segment, timeline_figure
from core.listening.stream import Word
from core.sound.audio import write_wav
from pages.listening.choosing import Chosen
from pages.listening.screen import digit_of, in_words
from pages.shared import problems
from pages.shared.session import visitor

MOST_SHOWN = 50
"""Words with a player of their own."""


def draw(chosen: Chosen) -> None:
    """Draw the recorder and the upload, each with what was heard in it beneath it."""
    st.markdown("The same path, for a recording made here or a file you have, of many digits.")
    recording = st.audio_input("Record some digits", sample_rate=16000, key="recorder")
    if recording is not None:
        result(recording, chosen, "recorder")
    upload = st.file_uploader(
        "Or choose a file", type=["wav", "flac", "ogg", "mp3", "aiff"], key="upload"
    )
    if upload is not None:
        result(upload, chosen, "upload")


def result(source: UploadedFile, chosen: Chosen, purpose: str) -> None:
    """Draw what was heard in a recording: its timeline, and word by word."""
    with problems.told():
        found = heard_in(source, chosen, purpose)
        if not found.words:
            st.info("No word was heard. Speak a little louder or closer, with a pause before.")
        st.plotly_chart(
            found.timeline,
            key=f"timeline-{purpose}",
            alt="The recording's waveform, each word marked by what it was heard as",
        )
        show(found.words)


@dataclass(frozen=True, eq=False)
class Listened:
    """What was heard in a recording, and what is drawn of it; its samples may be gigabytes."""

    words: tuple[Word, ...]
    seconds: float
    """How long the recording is."""
    timeline: Figure


def heard_in(source: UploadedFile, chosen: Chosen, purpose: str) -> Listened:
    """Return what was heard in a recording: it is read and heard once for each choice of models.

    Raises
    ------
    AudioError
        If it cannot be read as audio.
    ModelError
        If the model's files are damaged.
    """
    from core.listening.files import MAX_SECONDS, hear
    from core.sound.audio import read_audio

    me = visitor()
    mark = f"{source.file_id} {chosen.key}"
    if me.live.uploaded.get(purpose, ("",))[0] != mark:
        with st.spinner("Listening ..."):
            y, sr = read_audio(source.getvalue(), MAX_SECONDS)
            words = tuple(hear(y, sr, chosen.recogniser(chosen.main)))
            marked = [Segment(w.start, w.end, digit_of(w.answer)) for w in words]
            # before anything else is drawn: there a press elsewhere ends this run
            me.live.uploaded[purpose] = (
                mark,
                Listened(words, len(y) / sr, timeline_figure(y, sr, marked)),
            )
            me.words_heard += len(words) if purpose in ("recorder", "upload") else 0
    return me.live.uploaded[purpose][1]


def show(words: tuple[Word, ...]) -> None:
    """Draw every word of a recording with its answer, and its sound."""
    st.code(" ".join(digit_of(w.answer) for w in words) or " ", language=None)
    for word in words[:MOST_SHOWN]:
        text, sound = st.columns([2, 3], vertical_alignment="center")
        answer = in_words(word.answer, word.in_speech)
        text.markdown(f"**{answer}, at {word.start:.2f} to {word.end:.2f} s**")
        sound.audio(write_wav(word.y), format="audio/wav")
    if len(words) > MOST_SHOWN:
        st.caption(f"Of {len(words)} words the first {MOST_SHOWN} can be played here.")
