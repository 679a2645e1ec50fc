"""Find things: suspicious clips, the quality of every clip, a map of all, and an export."""

import numpy as np
import pandas as pd
import plotly.express as px
import streamlit as st

from core.browsing.exports import MOST_CLIPS, export_zip
from core.browsing.filters import Choice, chosen
from core.browsing.index import Index
from core.browsing.suspicion import suspicious
from core.sound.datasets import DATASETS, OWN
from core.sound.recordings import Recording
from core.voices.own import store
from pages.browsing import background, mapping, marking, reviewing
from pages.browsing.selection import go_to
from pages.shared import player, problems
from pages.shared.ways import chosen_way

MEASURES = {
    "seconds": "Length (s)",
    "peak": "Peak (1 is full scale)",
    "rms_db": "Level (dB)",
    "clipped": "Clipped samples",
    "leading": "Silence before (s)",
    "trailing": "Silence after (s)",
    "snr_db": "Signal to noise (dB, estimated)",
}


def _open_row(index: Index, key: str, places: list[int]) -> None:
    rows = st.session_state[key].selection.rows
    if rows:
        go_to(index.recording(places[rows[0]]))


def by_ear(index: Index, dataset: str) -> None:
    """Draw the clips worth hearing, worst first."""
    table = background.quality(index, dataset)
    if table is None:
        return
    found = suspicious(index, table)[:50]
    st.caption(
        "Worth hearing, not wrong: outliers in length, level or noise, clipped or doubled clips. "
        "Choose a row to open the clip."
    )
    places = [s.place for s in found]
    st.dataframe(
        pd.DataFrame(
            {
                "clip": [player.name_of(index.recording(p)) for p in places],
                "reasons": ["; ".join(s.reasons) for s in found],
            }
        ),
        key="suspicious",
        selection_mode="single-row",
        hide_index=True,
        width="stretch",
        on_select=lambda: _open_row(index, "suspicious", places),
    )
    reviewing.draw(index, dataset, found)


def measures(index: Index, dataset: str) -> None:
    """Draw every clip's quality, sortable, and one measure's histogram."""
    table = background.quality(index, dataset)
    if table is None:
        return
    columns = table.columns()
    places = [int(p) for p in table.places]
    frame = pd.DataFrame(
        {"clip": [player.name_of(index.recording(p)) for p in places]}
        | {label: np.round(columns[name], 3) for name, label in MEASURES.items()}
    )
    measure = st.selectbox("Histogram of", [*MEASURES.values()], key="measure")
    figure = px.histogram(frame, x=measure, nbins=60)
    figure.update_layout(height=240, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    st.plotly_chart(figure, key="histogram", alt=f"Histogram: {measure}")
    st.dataframe(
        frame,
        key="quality",
        selection_mode="single-row",
        hide_index=True,
        width="stretch",
        on_select=lambda: _open_row(index, "quality", places),
    )


def export(index: Index, dataset: str) -> None:
    """Draw the export of a selection as a zip of WAVs with a table."""
    digits = st.multiselect("Digits", sorted({d for d, _ in index.cells}), key="export-digits")
    speakers = st.multiselect("Speakers", index.speakers, key="export-speakers")
    places = chosen(index, Choice(tuple(digits), tuple(speakers)))
    st.caption(f"{len(places)} clips; nothing chosen means all. At most {MOST_CLIPS}.")
    entry = DATASETS.get(dataset)
    theirs = entry.licence if entry else "as its owner says"

    def licence(recording: Recording) -> str:
        return DATASETS[OWN].licence if recording.root == store() else theirs

    if st.button("Prepare the zip", key="export-prepare", disabled=len(places) == 0):
        with problems.told(), st.spinner("Packing ..."):
            st.download_button(
                "Download the zip",
                export_zip(index.recordings(places), licence),
                "spoken-digits.zip",
                "application/zip",
                key="export-download",
            )


def draw(index: Index, dataset: str) -> None:
    """Draw the way of finding that the visitor chooses."""
    ways = {
        "ear": "Worth hearing",
        "measures": "Quality",
        "map": "Map",
        "marked": "Marked",
        "export": "Export",
    }
    way = chosen_way("Find by", ways, "find-way")
    if way == "marked":
        marking.marked(index)
        return
    {"measures": measures, "map": mapping.draw, "export": export}.get(way, by_ear)(index, dataset)
