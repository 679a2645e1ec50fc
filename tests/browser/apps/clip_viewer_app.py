"""A page with nothing but the clip viewer, for its tests in a browser."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st

from core.charts.sound import COLOUR_MAPS
from core.sound.audio import load_waveform
from core.sound.spectrograms import SPECTROGRAMS, Analysis, spectrogram
from pages.shared.clip_viewer import RowScale, clip_viewer, colour_table

SR = 8000


def sweep(seconds: float = 1.0) -> np.ndarray:
    """Return a tone that rises from 200 to 3,200 Hz and swells."""
    t = np.arange(round(seconds * SR)) / SR
    y = np.sin(2 * np.pi * (200 * t + 1500 * t**2)) * (0.1 + 0.4 * t)
    return y.astype(np.float32)


def clicks() -> np.ndarray:
    """Return faint noise with a click every 100 ms."""
    y = np.random.default_rng(7).normal(0, 0.01, 6400).astype(np.float32)
    y[::800] = 0.7
    return y


CLIPS = {
    "sweep": sweep,
    "clicks": clicks,
    "**x** <img src=x onerror=alert(1)> $z$": lambda: sweep(0.5)[::-1].copy(),
}
if folder := os.environ.get("CLIP_VIEWER_FOLDER"):  # to look at real speech by eye
    for path in sorted(Path(folder).glob("7_*_3.wav")):
        CLIPS[path.stem] = lambda path=path: load_waveform(path)

st.set_page_config(layout="wide")
left, middle, right = st.columns(3)
name = left.selectbox("Clip", [*CLIPS, "none"], key="chosen")
kind = middle.selectbox("Picture", [*SPECTROGRAMS], key="kind")
colours = right.selectbox("Colours", [*COLOUR_MAPS], key="colours")
analysis = replace(Analysis(), hop_length=40)
if name == "none":
    st.stop()
y = CLIPS[name]()
region = clip_viewer(
    y,
    spectrogram(y, kind, analysis),
    hop_length=40,
    rows=RowScale.of(kind, analysis),
    colours=colour_table(colours),
    name=name,
    key="viewer",
)
st.text(f"region: {region.start_sample} to {region.end_sample}" if region else "region: none")
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"runs: {st.session_state.runs}")
