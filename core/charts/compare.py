"""Charts of several clips at once, on identical scales.

In: waveforms. Out: Plotly figures.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from core.charts.sound import COLOUR_MAPS, envelope
from core.sound.spectrograms import Analysis, spectrogram


def gallery_figure(
    clips: Sequence[NDArray[np.float32]],
    titles: Sequence[str],
    kind: str | None,
    analysis: Analysis,
    colours: str = "Viridis",
    columns: int = 5,
) -> go.Figure:
    """Return one small picture a clip, all with the same scales of time, level and colour.

    Parameters
    ----------
    clips : sequence of np.ndarray [shape=(n_i,)], float32
    titles : sequence of str
        Above each picture.
    kind : str or None
        A key of ``SPECTROGRAMS``; None for waveforms.
    analysis : Analysis
        Frame, hop, bands, floor.
    colours : str
        A key of ``COLOUR_MAPS``.
    columns : int
        Pictures in a row.
    """
    columns = min(columns, len(clips))
    rows = -(-len(clips) // columns)
    longest = max(len(y) for y in clips) / analysis.sr
    loudest = max(float(np.abs(y).max()) for y in clips)
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=list(titles),
        shared_xaxes="all",
        shared_yaxes="all",
        vertical_spacing=0.18 / rows,
        horizontal_spacing=0.02,
    )
    for i, y in enumerate(clips):
        place = {"row": i // columns + 1, "col": i % columns + 1}
        if kind is None:
            seconds, amplitude = envelope(y, analysis.sr)
            figure.add_scatter(
                x=seconds, y=amplitude, mode="lines", line={"width": 1, "color": "#3b7dd8"}, **place
            )
            continue
        picture = spectrogram(y, kind, analysis)
        figure.add_heatmap(
            z=np.round(picture, 1),
            x=np.arange(picture.shape[1]) * analysis.hop_length / analysis.sr,
            colorscale=COLOUR_MAPS[colours],
            coloraxis="coloraxis",
            **place,
        )
    figure.update_xaxes(range=[0, longest])
    for i in range(columns):
        figure.update_xaxes(title_text="time (s)", row=rows, col=i + 1)
    if kind is None:
        figure.update_yaxes(range=[-loudest, loudest])
    figure.update_layout(
        height=60 + 190 * rows,
        showlegend=False,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        coloraxis={
            "colorscale": COLOUR_MAPS[colours],
            "colorbar": {"title": "dB", "thickness": 12},
        },
    )
    return figure


def difference_figure(pictures: Sequence[NDArray[np.float32]], names: Sequence[str]) -> go.Figure:
    """Return two mean pictures [shape=(n_rows, n_frames)] and the first minus the second, in dB."""
    first, second = pictures
    titles = [*names, f"{names[0]} minus {names[1]}"]
    figure = make_subplots(rows=1, cols=3, subplot_titles=titles, shared_yaxes=True)
    for i, picture in enumerate((first, second)):
        figure.add_heatmap(z=np.round(picture, 1), coloraxis="coloraxis", row=1, col=i + 1)
    figure.add_heatmap(z=np.round(first - second, 1), coloraxis="coloraxis2", row=1, col=3)
    figure.update_layout(
        height=300,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        coloraxis={"colorscale": "Viridis", "colorbar": {"x": 0.64, "thickness": 8, "title": "dB"}},
        coloraxis2={
            "colorscale": "RdBu",
            "cmid": 0,
            "colorbar": {"thickness": 8, "title": "dB"},
        },
    )
    return figure
