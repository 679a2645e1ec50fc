"""How the picture is made: amplitude, one spectrum, chunk after chunk, the picture."""

import streamlit as st

from core.browsing.index import Index
from core.charts.sound import COLOUR_MAPS
from core.charts.story import amplitude_figure, growing_figure, spectrum_db, spectrum_figure
from core.sound.spectrograms import Analysis, spectrogram
from pages.browsing.selection import choose_clip
from pages.shared import cached, player

SR = 8000


def draw(index: Index, dataset: str) -> None:
    """Draw the story of one clip's spectrogram, in the order in which it is told."""
    recording = index.recording(choose_clip(index))
    y = cached.waveform(recording)
    player.play(recording)
    st.markdown("**1. Sound is air pressure over time.** This is the clip's amplitude.")
    milliseconds = st.select_slider(
        "Length of a chunk (ms)", [4, 8, 16, 32, 64], 16, key="chunk-length"
    )
    n_fft = int(milliseconds * SR / 1000)
    analysis = Analysis(n_fft=n_fft, hop_length=max(1, n_fft // 2))
    picture = spectrogram(y, "stft", analysis)
    n_frames = picture.shape[1]
    frame = st.slider("Chunk", 1, n_frames, min(n_frames, 3), key=f"chunk-{n_frames}")
    middle = (frame - 1) * analysis.hop_length
    chunk = (max(0, middle - n_fft // 2), min(len(y), middle + n_fft // 2))
    st.plotly_chart(
        amplitude_figure(y, SR, chunk), key="story-wave", alt="Amplitude over time, chunk marked"
    )
    whole, part = st.columns(2)
    with whole:
        st.markdown("**2. Its spectrum** says how much of each frequency the whole clip holds.")
        st.plotly_chart(
            spectrum_figure(spectrum_db(y, max(1024, len(y))), SR),
            key="story-whole",
            alt="Spectrum of the whole clip",
        )
    with part:
        st.markdown(f"**3. The spectrum of chunk {frame}** alone: {milliseconds} ms of it.")
        st.plotly_chart(
            spectrum_figure(spectrum_db(y[chunk[0] : chunk[1]], max(n_fft, 64)), SR),
            key="story-chunk",
            alt="Spectrum of one chunk",
        )
    colours = st.selectbox("Colours", [*COLOUR_MAPS], key="story-colours")
    st.markdown(
        "**4. Stack the chunks.** Each chunk's spectrum becomes one coloured column, low "
        "frequencies at the bottom. Drag the chunk to the right and watch the picture grow."
    )
    st.plotly_chart(
        growing_figure(picture, frame, SR, analysis.hop_length, colours),
        key="story-picture",
        alt="The spectrogram as far as its chunks have been stacked",
    )
