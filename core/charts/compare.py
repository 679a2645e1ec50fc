"""Charts of several clips at once, on identical scales.

In: waveforms. Out: Plotly figures.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from core.charts.plain import plain
from core.charts.sound import COLOUR_MAPS, envelope
from core.sound.scales import POWERS, on_one_scale
from core.sound.spectrograms import SPECTROGRAMS, Analysis


def gallery_figure(
    clips: Sequence[NDArray[np.float32]],
    titles: Sequence[str],
    kind: str | None,
    analysis: Analysis,
    colours: str = "Viridis",
    columns: int = 5,
) -> go.Figure:
    """Return one small picture a clip, all with the same scales of time, level and colour.

    Levels are in dB relative to the loudest moment of all the clips.

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
        subplot_titles=[plain(title) for title in titles],
        shared_xaxes="all",
        shared_yaxes="all",
        vertical_spacing=0.18 / rows,
        horizontal_spacing=0.02,
    )
    pictures = on_one_scale(clips, kind, analysis) if kind is not None else ()
    step = analysis.sr / analysis.n_fft if kind == "stft" else 1  # Hz a row
    for i, y in enumerate(clips):
        place = {"row": i // columns + 1, "col": i % columns + 1}
        if kind is None:
            seconds, amplitude = envelope(y, analysis.sr)
            figure.add_scatter(
                x=seconds, y=amplitude, mode="lines", line={"width": 1, "color": "#3b7dd8"}, **place
            )
            continue
        picture = pictures[i]
        figure.add_heatmap(
            z=np.round(picture, 1),
            x=np.arange(picture.shape[1]) * analysis.hop_length / analysis.sr,
            y=np.arange(len(picture)) * step,
            coloraxis="coloraxis",
            **place,
        )
    figure.update_xaxes(range=[0, longest])
    for i in range(columns):
        figure.update_xaxes(title_text="time (s)", row=rows, col=i + 1)
    level = kind in POWERS
    if kind is None:
        figure.update_yaxes(range=[-loudest, loudest])
        figure.update_yaxes(title_text="amplitude", col=1)
    else:
        # matched axes do not find the range of pictures by themselves
        figure.update_yaxes(range=[-step / 2, (len(pictures[0]) - 0.5) * step])
        names = {"Hz": "frequency (Hz)", "mel band": "mel band", "coefficient": "coefficient"}
        figure.update_yaxes(title_text=names[SPECTROGRAMS[kind].row_unit], col=1)
    figure.update_layout(
        height=60 + 190 * rows,
        showlegend=False,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        coloraxis={
            "colorscale": COLOUR_MAPS[colours],
            "colorbar": {"title": "dB" if level else "", "thickness": 12},
            **({"cmin": -analysis.top_db, "cmax": 0} if level else {}),
        },
    )
    return figure


SYLLABLES = (("/ˈsɛv/", "#3b7dd8"), ("/(ə)n/", "#d9730d"))
"""What is written over the two parts of "seven", and their colours."""


def syllables_figure(
    clips: Sequence[NDArray[np.float32]],
    titles: Sequence[str],
    boundaries: Sequence[int | None],
    sr: int,
) -> go.Figure:
    """Return waveforms of "seven", one below the other on one scale, with their two parts marked.

    Parameters
    ----------
    clips : sequence of np.ndarray [shape=(n_i,)], float32
    titles : sequence of str
        Above each waveform.
    boundaries : sequence of int or None
        The sample at which each one's second part begins; None where none was found.
    sr : int
        Samples a second.
    """
    n = len(clips)
    figure = make_subplots(
        rows=n,
        cols=1,
        subplot_titles=[plain(title) for title in titles],
        shared_xaxes=True,
        shared_yaxes="all",
        vertical_spacing=0.28 / (n + 1),
    )
    loudest = 1.3 * max(float(np.abs(y).max()) for y in clips)
    for row, (y, at) in enumerate(zip(clips, boundaries, strict=True), start=1):
        parts = [(0, len(y))] if at is None else [(0, at), (at, len(y))]
        for (start, end), (name, colour) in zip(parts, SYLLABLES, strict=False):
            seconds, amplitude = envelope(y[start:end], sr)
            figure.add_scatter(
                x=seconds + start / sr,
                y=amplitude,
                mode="lines",
                line={"width": 1, "color": colour},
                hovertemplate="%{x:.3f} s, %{y:.3f}<extra></extra>",
                row=row,
                col=1,
            )
            if at is not None:
                figure.add_annotation(
                    x=(start + end) / 2 / sr,
                    y=0.82 * loudest,
                    text=f"{name}  {1000 * (end - start) / sr:.0f} ms",
                    showarrow=False,
                    row=row,
                    col=1,
                )
        if at is not None:
            figure.add_vline(x=at / sr, line={"dash": "dot", "width": 1.5}, row=row, col=1)
        figure.update_yaxes(title_text="amplitude", row=row, col=1)
    figure.update_xaxes(range=[0, max(len(y) for y in clips) / sr])
    figure.update_xaxes(title_text="time (s)", row=n, col=1)
    figure.update_yaxes(range=[-loudest, loudest])
    figure.update_layout(
        height=70 + 150 * n, showlegend=False, margin={"l": 10, "r": 10, "t": 40, "b": 10}
    )
    return figure


def difference_figure(pictures: Sequence[NDArray[np.float32]], names: Sequence[str]) -> go.Figure:
    """Return two mean pictures [shape=(n_rows, n_frames)] and the first minus the second, in dB."""
    first, second = pictures
    titles = [plain(name) for name in (*names, f"{names[0]} minus {names[1]}")]
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
