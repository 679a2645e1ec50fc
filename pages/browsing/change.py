"""Play with one clip: louder, higher, faster, another throat, noise or a room; see if 0 stays 0."""

import streamlit as st

from core.browsing.index import Index
from core.browsing.voice_changes import VoiceChange, change_voice
from core.charts.learning import probabilities_figure
from core.charts.sound import clip_figure
from core.learning.saved_models import SHIPPED, find_model
from core.listening.pool import POOL
from core.sound.audio import write_wav
from core.sound.images import LOG_MEL
from pages.browsing import augment
from pages.browsing.selection import choose_clip
from pages.shared import cached, problems


def sliders() -> VoiceChange:
    """Draw a slider for each change; return where they stand."""
    left, middle, right = st.columns(3)
    loudness = left.slider("Loudness (dB)", -40, 40, 0, key="loudness")
    semitones = left.slider("Pitch (semitones)", -12, 12, 0, key="semitones")
    speed = middle.slider("Speed", 0.5, 2.0, 1.0, 0.05, key="speed")
    formants = middle.slider(
        "Timbre (formants)",
        0.7,
        1.4,
        1.0,
        0.02,
        key="formants",
        help="Higher is a shorter throat: women's and children's.",
    )
    noisy = right.toggle("Noise", key="noisy")
    snr = right.slider("Signal to noise (dB)", -10, 60, 20, key="snr", disabled=not noisy)
    room = right.slider("Room echo (s)", 0.0, 2.0, 0.0, 0.1, key="room")
    return VoiceChange(
        float(loudness), float(semitones), speed, formants, float(snr) if noisy else None, room
    )


def draw(index: Index, dataset: str) -> None:
    """Draw the sliders, the changed clip, and what the shipped model makes of it."""
    place = choose_clip(index)
    recording = index.recording(place)
    y = change_voice(cached.waveform(recording), sliders())
    y = augment.changed(index, place, y)
    picture, answer = st.columns([2, 1])
    with picture:
        st.audio(write_wav(y), format="audio/wav")
        st.plotly_chart(
            clip_figure(y, "log_mel", LOG_MEL.analysis),
            key="changed",
            alt="Waveform and spectrogram of the changed clip",
        )
    with answer, problems.told():
        shipped = find_model(SHIPPED)
        if not POOL.ready(shipped):
            with st.spinner("Loading the recogniser ..."):
                POOL.get(shipped)
        found = POOL.get(shipped).recognise(y)
        heard = "not a digit" if found.digit is None else str(found.digit)
        right = "as it was said" if found.digit == recording.digit else f"said: {recording.digit}"
        st.metric("The shipped model hears", heard, right, delta_color="off", border=True)
        st.plotly_chart(
            probabilities_figure(found.probabilities),
            key="changed-p",
            alt="Probability of each digit",
        )
