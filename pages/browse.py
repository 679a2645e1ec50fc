"""Browse: choose a digit and a speaker, see the waveform and the spectrogram, press play."""

from dataclasses import replace

import streamlit as st

from core.charts.sound import COLOUR_MAPS, clip_figure, image_figure
from core.sound.images import LOG_MEL, to_image
from core.sound.spectrograms import SPECTROGRAMS
from pages.shared import cached, frame, player, problems
from pages.shared.choices import (
    choose_dataset,
    dataset_in_force,
    offer_more_data,
    open_chosen,
    synthetic_note,
)
from pages.shared.session import visitor

FINE = replace(LOG_MEL.analysis, hop_length=40)  # the network's, with a frame every 5 ms

frame.inside()
st.title("Browse recordings")
choose_dataset()
synthetic_note()

with problems.told():
    catalogue = open_chosen()
    digit = st.pills(
        "Digit",
        catalogue.digits,
        default=catalogue.digits[0],
        required=True,
        key="digit",
        bind="query-params",
        wrap=True,
    )
    if digit is None:  # the address bar says "?digit="
        digit = catalogue.digits[0]
    speaker_column, take_column = st.columns([2, 1])
    speakers = sorted({r.speaker for r in catalogue.recordings if r.digit == digit})
    with speaker_column:
        speaker = st.selectbox("Speaker", speakers, key="speaker", bind="query-params")
    takes = [r for r in catalogue.recordings if r.digit == digit and r.speaker == speaker]
    with take_column:
        number = st.selectbox("Take", [r.take for r in takes], key="take", bind="query-params")
    recording = next((r for r in takes if r.take == number), takes[0])
    visitor().heard_a_recording = True

    picture_column, network_column = st.columns([2, 1])
    with picture_column:
        kind_column, colour_column = st.columns(2)
        kind = kind_column.segmented_control(
            "Picture",
            [*SPECTROGRAMS],
            default="log_mel",
            required=True,
            format_func=lambda k: SPECTROGRAMS[k].label,
            key="kind",
        )
        colours = colour_column.selectbox("Colours", [*COLOUR_MAPS], key="colours")
        player.play(recording)
        y = cached.waveform(recording)
        st.plotly_chart(
            clip_figure(y, kind, FINE, colours),
            key="clip",
            alt=f"Waveform and {SPECTROGRAMS[kind].label} spectrogram of "
            f"{player.name_of(recording)}",
        )
        st.caption(
            f"{SPECTROGRAMS[kind].summary} {len(y) / 8000:.2f} s, {len(y)} samples at 8 kHz. "
            "Loudness in dB below the loudest cell."
        )
    with network_column:
        st.markdown("**What the network sees**")
        image = to_image(y, LOG_MEL)
        st.plotly_chart(
            image_figure(image, colours), key="image", alt="The image given to the network"
        )
        st.caption(
            f"{image.shape[0]} mel bands x {image.shape[1]} frames of one second, "
            f"shifted and scaled to mean 0 and variance 1; here {image.min():.1f} to "
            f"{image.max():.1f}. The clip stands in the middle; it is never stretched."
        )
    st.caption(cached.limits_of(dataset_in_force(), catalogue))

offer_more_data()
