"""One clip, properly: waveform and spectrogram on one axis, played, zoomed and cut."""

from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.browsing.index import Index
from core.charts.sound import COLOUR_MAPS, image_figure
from core.sound.images import LOG_MEL, to_image
from core.sound.spectrograms import SPECTROGRAMS, Analysis, spectrogram
from pages.browsing import marking
from pages.browsing.selection import choose_clip
from pages.shared import cached, player
from pages.shared.clip_data import RowScale, colour_table
from pages.shared.clip_viewer import clip_viewer

PRESETS = {
    "Wideband (sees each vocal fold's pulse)": replace(LOG_MEL.analysis, n_fft=64, hop_length=16),
    "Narrowband (sees each harmonic)": replace(LOG_MEL.analysis, n_fft=512, hop_length=40),
    "Between the two": replace(LOG_MEL.analysis, n_fft=256, hop_length=40),
    "What the network sees": LOG_MEL.analysis,
}
OWN = "Your own window and hop"
"""Chosen, it brings two more controls."""


def own_analysis() -> Analysis:
    """Draw the length of a window and the step to the next; return the analysis."""
    left, right = st.columns(2)
    n_fft = left.select_slider(
        "Window and FFT (samples)",
        [32, 64, 128, 256, 512, 1024],
        256,
        key="n-fft",
        help="At 8 kHz, 8 samples are 1 ms. Long windows tell frequencies apart, short ones "
        "moments.",
    )
    hop = right.select_slider(
        "Hop (samples)", [8, 16, 40, 80, 160, 320], 40, key="hop",
        help="From one window's middle to the next one's.",
    )  # fmt: skip
    return replace(LOG_MEL.analysis, n_fft=int(n_fft), hop_length=int(hop))


def analysis_controls() -> tuple[str, Analysis, str]:
    """Draw how the picture is made; return its kind, analysis and colours."""
    kind_column, preset_column, floor_column, colour_column = st.columns([2, 3, 2, 2])
    kind = kind_column.segmented_control(
        "Picture",
        [*SPECTROGRAMS],
        default="stft",
        required=True,
        format_func=lambda k: SPECTROGRAMS[k].label,
        key="kind",
    )
    preset = preset_column.selectbox("Window", [*PRESETS, OWN], index=2, key="preset")
    top_db = floor_column.slider("Floor (dB below the loudest)", 20, 100, 80, 5, key="floor")
    colours = colour_column.selectbox("Colours", [*COLOUR_MAPS], key="colours")
    analysis = own_analysis() if preset == OWN else PRESETS[preset]
    analysis = replace(analysis, top_db=float(top_db))
    if analysis.n_fft < 128 and kind != "stft":
        analysis = replace(analysis, n_mels=16, n_mfcc=13)  # more bands than bins would be empty
    return kind or "stft", analysis, colours


def draw(index: Index, dataset: str) -> None:
    """Draw the selected clip and what a network sees of it."""
    recording = index.recording(choose_clip(index))
    kind, analysis, colours = analysis_controls()
    st.text(player.name_of(recording))  # data, never markup
    y = cached.waveform(recording)
    region = clip_viewer(
        y,
        spectrogram(y, kind, analysis),
        hop_length=analysis.hop_length,
        rows=RowScale.of(kind, analysis),
        top_db=analysis.top_db,
        colours=colour_table(colours),
        name=player.name_of(recording),
        key="clip",
    )
    words = f"{len(y) / 8000:.3f} s, {len(y)} samples at 8 kHz. {SPECTROGRAMS[kind].summary}"
    if region is not None:
        words = f"Selected: samples {region.start_sample} to {region.end_sample}. " + words
    st.caption(words)
    marking.draw(recording, dataset)
    sees = st.expander("What the network sees", key="sees", on_change="rerun")
    if sees.open:  # else another clip would wait for a picture that nobody looks at
        with sees:
            _tensor(y, colours)


def _tensor(y: NDArray[np.float32], colours: str) -> None:
    """Draw the very image that a network is given, with its shape and range."""
    image = to_image(y, LOG_MEL)
    st.plotly_chart(image_figure(image, colours), key="image", alt="The image given to the network")
    st.caption(
        f"{image.shape[0]} mel bands x {image.shape[1]} frames of one second, shifted and "
        f"scaled to mean 0 and variance 1; here {image.min():.1f} to {image.max():.1f}. The "
        "clip stands in the middle; it is never stretched."
    )
