"""The set at a glance: digits by speakers, with counts and mean spectrograms; a click opens."""

import numpy as np
import streamlit as st

from core.browsing.filters import Choice, chosen, counts
from core.browsing.index import Index
from core.browsing.mean_pictures import thumbnail
from core.charts.sets import grid_figure
from pages.browsing import background
from pages.browsing.selection import go_to, shown_speakers


def draw(index: Index, dataset: str) -> None:
    """Draw the grid; a click on a cell opens its first clip."""
    places = chosen(index, Choice())
    st.caption(f"{len(places)} clips. A cell shows how many, over their mean spectrogram.")
    speakers = shown_speakers(index, "grid")
    if not speakers:
        st.info("No speaker of that name. Search for a part of the name.")
        return
    means = background.mean_pictures(index, dataset, speakers)
    if means is None:
        return
    digits = sorted({digit for digit, _ in index.cells})
    thumbnails = np.full((len(digits), len(speakers), 20, 26), np.nan, np.float32)
    for i, digit in enumerate(digits):
        for j, speaker in enumerate(speakers):
            picture = means.of(digit, speaker)
            if picture is not None:
                thumbnails[i, j] = thumbnail(picture).astype(np.float32) / 255
    in_all = counts(index, places)
    codes = [index.code_of(s) for s in speakers]
    shown = np.array([[in_all[d, c] if c is not None else 0 for c in codes] for d in digits])

    def opened() -> None:
        points = st.session_state["grid"].selection.points
        if points:
            digit, speaker = points[0]["customdata"]
            go_to(index.recording(int(index.cells[int(digit), speaker][0])))

    st.plotly_chart(
        grid_figure(thumbnails, shown, digits, speakers),
        key="grid",
        on_select=opened,
        selection_mode="points",
        config={"displayModeBar": False},
        alt="Digits by speakers: how many clips, and their mean spectrogram",
    )
