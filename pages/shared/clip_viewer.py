"""The clip viewer: one clip as waveform and spectrogram, to be seen, heard and cut in the browser.

In: samples and a picture of them. Out: a component that draws and plays by itself, without a
rerun, and the region that the visitor has selected, in samples.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.shared.clip_data import RowScale, colour_table, viewer_data

__all__ = ["Region", "RowScale", "clip_viewer", "colour_table", "region_of"]

FOLDER = Path(__file__).parent


def _source() -> str:
    """Return the component's JavaScript: files of one idea each, joined to the one module it is."""
    parts = ("_sound", "_clip", "_picture", "_parts", "_gestures", "")
    return "\n".join((FOLDER / f"clip_viewer{part}.js").read_text("utf-8") for part in parts)


_component = st.components.v2.component(
    "spoken_digit_lab_clip_viewer",
    css=(FOLDER / "clip_viewer.css").read_text("utf-8"),
    js=_source(),
)


@dataclass(frozen=True)
class Region:
    """Samples from ``start_sample`` up to, and without, ``end_sample``: ``y[start:end]``."""

    start_sample: int
    end_sample: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_sample < self.end_sample:
            raise ValueError(
                f"start_sample={self.start_sample}, end_sample={self.end_sample}: expected "
                "0 <= start_sample < end_sample."
            )

    def of(self, y: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the selected samples [shape=(end_sample - start_sample,)] of ``y``."""
        return y[self.start_sample : self.end_sample]


def region_of(state: object, clip: str, n: int) -> Region | None:
    """Return the region that a browser reports, if it is one of this clip.

    Parameters
    ----------
    state : object
        Whatever came: it is the visitor's browser that says it.
    clip : str
        The clip that is shown; a region of another one is none.
    n : int
        Its samples.
    """
    if not isinstance(state, dict) or state.get("clip") != clip:
        return None
    start, end = state.get("start"), state.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= n:
        return None
    return Region(start, end)


def clip_viewer(
    y: NDArray[np.float32],
    picture: NDArray[np.float32],
    *,
    sr: int = 8000,
    hop_length: int,
    rows: RowScale,
    top_db: float = 80.0,
    colours: NDArray[np.uint8] | None = None,
    name: str,
    key: str,
) -> Region | None:
    """Draw a clip that can be zoomed, played and cut; return what is selected.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32, in [-1, 1]
        Waveform; of a clip longer than ``MAX_SECONDS`` the beginning is shown, and it says so.
    picture : np.ndarray [shape=(n_rows, n_frames)], float32
        As ``core.sound.spectrograms.spectrogram`` makes it: row 0 the lowest, column t centred on
        sample ``t * hop_length``. Above ``MAX_ROWS`` x ``MAX_FRAMES`` neighbours are pooled.
    sr : int
        Samples a second.
    hop_length : int
        Samples between columns.
    rows : RowScale
        What the rows are.
    top_db : float
        The floor of a picture in dB; unused where the cells are not in dB.
    colours : np.ndarray [shape=(256, 3)], uint8, optional
        Weakest to strongest; ``colour_table()`` unless given.
    name : str
        What the clip is, in words: data, never markup.
    key : str
        One a viewer. Keep it while clips change: the component then stays and only redraws.

    Returns
    -------
    region : Region or None
        The samples selected in this clip. Changes at the end of a selection, not during it.
    """
    data = viewer_data(
        y,
        picture,
        sr=sr,
        hop_length=hop_length,
        rows=rows,
        top_db=top_db,
        colours=colours,
        name=name,
        key=key,
    )
    result = _component(key=key, data=data, on_region_change=_nothing)
    return region_of(result.get("region"), data["clip"], len(data["audio"]))


def _nothing() -> None:
    """Be there: Streamlit keeps only a state that has a callback; the page reruns anyway."""
