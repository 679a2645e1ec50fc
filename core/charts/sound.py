"""Charts of sound: a waveform and a spectrogram on a shared scale of time.

In: samples and pictures. Out: Plotly figures.
"""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from core.sound.spectrograms import SPECTROGRAMS, Analysis, spectrogram

SEED_COLOURS = [
    [0.0, "#00007f"],
    [0.15, "#0000ff"],
    [0.38, "#00ffff"],
    [0.62, "#ffff00"],
    [0.85, "#ff0000"],
    [1.0, "#7f0000"],
]
"""Dark blue for weak through red for strong: the colours of the first experiment's pictures."""

COLOUR_MAPS = {"Viridis": "Viridis", "First experiment": SEED_COLOURS, "Greys": "Greys"}
"""Name on the page -> Plotly colour scale. The first one colour-blind people can read as well."""

MAX_POINTS = 2000
"""Points of a drawn waveform; more than a screen is wide."""


def envelope(y: NDArray[np.float32], sr: int) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return a waveform reduced to what a screen can show.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
    sr : int
        Samples a second.

    Returns
    -------
    seconds, amplitude : np.ndarray [shape=(m,)], m <= MAX_POINTS
        All samples, or the lowest and the highest of each stretch: no peak is lost.
    """
    if len(y) <= MAX_POINTS:
        return np.arange(len(y)) / sr, y
    width = -(-len(y) // (MAX_POINTS // 2))
    padded = np.concatenate([y, np.full(-len(y) % width, y[-1])]).reshape(-1, width)
    amplitude = np.stack([padded.min(axis=1), padded.max(axis=1)], axis=1).ravel()
    seconds = np.repeat(np.arange(len(padded)) * width / sr, 2)
    return seconds, amplitude


def clip_figure(
    y: NDArray[np.float32], kind: str, analysis: Analysis, colours: str = "Viridis"
) -> go.Figure:
    """Return a clip's waveform above its spectrogram; both zoom together in time.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Waveform at ``analysis.sr``.
    kind : str
        A key of ``SPECTROGRAMS``.
    analysis : Analysis
        Frame, hop, mel bands, floor.
    colours : str
        A key of ``COLOUR_MAPS``.
    """
    picture = spectrogram(y, kind, analysis)  # (n_rows, n_frames)
    times = np.arange(picture.shape[1]) * analysis.hop_length / analysis.sr
    unit = SPECTROGRAMS[kind].row_unit
    rows = np.arange(len(picture), dtype=float)
    if kind == "stft":
        rows *= analysis.sr / analysis.n_fft  # bin -> Hz
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.35, 0.65], vertical_spacing=0.05
    )
    seconds, amplitude = envelope(y, analysis.sr)
    figure.add_scatter(
        x=seconds,
        y=amplitude,
        mode="lines",
        line={"width": 1},
        row=1,
        col=1,
        hovertemplate="%{x:.3f} s, %{y:.3f}<extra></extra>",
    )
    is_db = kind != "mfcc"
    figure.add_heatmap(
        x=times,
        y=rows,
        z=np.round(picture, 1),
        row=2,
        col=1,
        colorscale=COLOUR_MAPS[colours],
        zmin=-analysis.top_db if is_db else None,
        zmax=0 if is_db else None,
        colorbar={"title": "dB" if is_db else "", "len": 0.65, "y": 0.32, "thickness": 12},
        hovertemplate="%{x:.3f} s, "
        + f"{unit} "
        + "%{y:.0f}: %{z:.1f}"
        + (" dB" if is_db else "")
        + "<extra></extra>",
    )
    figure.update_yaxes(title_text="amplitude", row=1, col=1)
    names = {"Hz": "frequency (Hz)", "mel band": "mel band", "coefficient": "coefficient"}
    figure.update_yaxes(title_text=names[unit], row=2, col=1)
    figure.update_xaxes(title_text="time (s)", row=2, col=1)
    figure.update_layout(
        height=430,
        showlegend=False,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        uirevision="clip",
    )
    return figure


def image_figure(image: NDArray[np.float32], colours: str = "Viridis") -> go.Figure:
    """Return the very image a network sees [shape=(n_rows, n_frames, 1)], cell by cell."""
    figure = go.Figure(
        go.Heatmap(
            z=np.round(image[..., 0], 3),
            colorscale=COLOUR_MAPS[colours],
            showscale=True,
            colorbar={"thickness": 12},
            hovertemplate="frame %{x}, row %{y}: %{z:.2f}<extra></extra>",
        )
    )
    figure.update_xaxes(title_text="frame")
    figure.update_yaxes(title_text="row")
    figure.update_layout(height=260, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure
