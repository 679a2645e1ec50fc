"""What was heard of the last seconds: waveform and spectrogram with the words marked in them.

In: the listener's recent sound and its words. Out: one small canvas, drawn anew twice a second at
most, so that it costs the recognition nothing.
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.listening.heard import HeardWord
from core.listening.listener import Listener
from core.listening.recent import KEPT_SECONDS, Stretch
from core.sound.audio import SAMPLE_RATE
from core.sound.spectrograms import Analysis, spectrogram
from pages.listening.screen import digit_of
from pages.shared.clip_data import colour_table

POLL_SECONDS = 0.5
COLUMNS = 400
"""Columns of the waveform; a phone is 390 points wide."""
ANALYSIS = Analysis(hop_length=400)
"""A column every 50 ms: 200 for the ten seconds that are kept."""
LOUDEST = 0.05
"""The waveform is drawn at least as if its peak were this: a quiet room shall look quiet."""

_component = st.components.v2.component(
    "spoken_digit_lab_strip",
    js=Path(__file__).with_name("strip.js").read_text("utf-8"),
    isolate_styles=False,
)


def strip_data(recent: Stretch, words: Sequence[HeardWord]) -> dict[str, Any]:
    """Return what the canvas draws: a few kilobytes.

    Parameters
    ----------
    recent : Stretch
    words : sequence of HeardWord
        Those that lie within are marked; their times are the stream's.
    """
    n = round(KEPT_SECONDS * SAMPLE_RATE)
    y = np.concatenate([np.zeros(n - len(recent.y), np.float32), recent.y])
    start = recent.end - KEPT_SECONDS
    S_db = spectrogram(y, "log_mel", ANALYSIS)  # (n_mels, n_frames), in [-top_db, 0]
    cells = np.round(255 * (1 + S_db / ANALYSIS.top_db)).astype(np.uint8)
    inside = [w.word for w in words if w.word.end > start]
    return {
        "start": start,
        "seconds": KEPT_SECONDS,
        "wave": _coded(_waveform(y)),
        "image": _coded(cells),
        "colours": _coded(colour_table()),
        "rows": cells.shape[0],
        "cols": cells.shape[1],
        "words": [{"start": w.start, "end": w.end, "text": digit_of(w.answer)} for w in inside],
        "label": f"The last {KEPT_SECONDS:.0f} s of sound; words heard: "
        + (" ".join(digit_of(w.answer) for w in inside) or "none"),
    }


def _waveform(y: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return the lowest and the highest sample of each column, in turn [shape=(2 * COLUMNS,)]."""
    columns = y[: len(y) // COLUMNS * COLUMNS].reshape(COLUMNS, -1)
    ends = np.stack([columns.min(axis=1), columns.max(axis=1)], axis=1).ravel()
    peak = max(float(np.abs(ends).max()), LOUDEST)
    return np.round(127 * ends / peak).astype(np.int8)


def _coded(values: NDArray[np.int8] | NDArray[np.uint8]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def draw(listener: Listener | None, playing: bool) -> None:
    """Draw the strip; it moves while sound streams."""
    if listener is None:
        st.caption("The last seconds of sound stand here once the microphone was started.")
        return

    @st.fragment(run_every=POLL_SECONDS if playing else None)
    def drawn() -> None:
        heard = listener.heard()
        words = [w for w in heard.words if w.stream == heard.stream]
        _component(key="live-strip", data=strip_data(listener.recent(), words))

    drawn()
    st.caption(
        f"The last {KEPT_SECONDS:.0f} seconds: waveform above, log-mel spectrogram (low at the "
        "bottom) below; what was taken for a word is marked with its answer (– is no digit)."
    )
