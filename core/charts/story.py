"""The spectrogram told as a story: amplitude, one spectrum, chunk after chunk, the picture.

In: a waveform. Out: Plotly figures.
"""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.sound import COLOUR_MAPS, envelope

LINE = "#3b7dd8"


def spectrum_db(y: NDArray[np.float32], n_fft: int) -> NDArray[np.float32]:
    """Return the amplitude spectrum of a stretch of samples.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Samples; windowed with Hann over their length, padded with zeros to ``n_fft``.
    n_fft : int
        Samples that are transformed, at least n.

    Returns
    -------
    S_db : np.ndarray [shape=(1 + n_fft/2,)], float32
        Amplitude in dB relative to a full-scale sine.
    """
    if len(y) > n_fft:
        raise ValueError(f"{len(y)} samples do not fit into n_fft={n_fft}. Choose a larger n_fft.")
    window = np.hanning(len(y) + 1)[:-1] if len(y) > 1 else np.ones(len(y))
    amplitude = np.abs(np.fft.rfft(y * window, n_fft)) * 2 / max(window.sum(), 1e-9)
    S_db: NDArray[np.float32] = (20 * np.log10(np.maximum(amplitude, 1e-6))).astype(np.float32)
    return S_db


def amplitude_figure(
    y: NDArray[np.float32], sr: int, chunk: tuple[int, int] | None = None
) -> go.Figure:
    """Return amplitude over time, with the chunk [start, end) in samples marked."""
    seconds, amplitude = envelope(y, sr)
    figure = go.Figure(
        go.Scatter(x=seconds, y=amplitude, mode="lines", line={"width": 1, "color": LINE})
    )
    if chunk is not None:
        figure.add_vrect(
            x0=chunk[0] / sr, x1=chunk[1] / sr, fillcolor="#d9730d", opacity=0.35, line_width=0
        )
    figure.update_xaxes(title_text="time (s)")
    figure.update_yaxes(title_text="amplitude")
    figure.update_layout(height=200, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure


def spectrum_figure(S_db: NDArray[np.float32], sr: int) -> go.Figure:
    """Return amplitude over frequency [shape=(n_bins,)]."""
    frequencies = np.linspace(0, sr / 2, len(S_db))
    figure = go.Figure(
        go.Scatter(x=frequencies, y=S_db, mode="lines", line={"width": 1, "color": LINE})
    )
    figure.update_xaxes(title_text="frequency (Hz)")
    figure.update_yaxes(title_text="dB", range=[-100, 0])
    figure.update_layout(height=220, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure


def growing_figure(
    picture: NDArray[np.float32], done: int, sr: int, hop_length: int, colours: str
) -> go.Figure:
    """Return the spectrogram as far as its chunks have been stacked.

    Parameters
    ----------
    picture : np.ndarray [shape=(n_bins, n_frames)], float32
        dB relative to the loudest cell.
    done : int
        Columns drawn so far; the last of them is the chunk being looked at.
    sr, hop_length : int
        Samples a second and between columns.
    colours : str
        A key of ``COLOUR_MAPS``.
    """
    shown = np.full(picture.shape, np.nan, np.float32)
    shown[:, :done] = picture[:, :done]
    figure = go.Figure(
        go.Heatmap(
            z=np.round(shown, 1),
            x=np.arange(picture.shape[1]) * hop_length / sr,
            y=np.linspace(0, sr / 2, len(picture)),
            colorscale=COLOUR_MAPS[colours],
            zmin=float(picture.min()),
            zmax=0,
            colorbar={"title": "dB", "thickness": 12},
            hovertemplate="%{x:.3f} s, %{y:.0f} Hz: %{z:.1f} dB<extra></extra>",
        )
    )
    figure.update_xaxes(title_text="time (s)", range=[0, picture.shape[1] * hop_length / sr])
    figure.update_yaxes(title_text="frequency (Hz)")
    figure.update_layout(height=300, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure
