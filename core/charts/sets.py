"""Charts of a whole data set: the grid of digits and speakers, distances, the map of clips.

In: thumbnails, counts, matrices, points. Out: Plotly figures whose points can be clicked.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.plain import plain

GAP = 1
"""Empty cells between two thumbnails of the grid."""
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "star", "x", "hexagon")
"""Marks of the map: colour is never the only sign."""


def grid_figure(
    thumbnails: NDArray[np.float32],
    counts: NDArray[np.int64],
    digits: Sequence[int],
    speakers: Sequence[str],
) -> go.Figure:
    """Return the digit x speaker grid: a mean spectrogram and a count in each cell.

    Parameters
    ----------
    thumbnails : np.ndarray [shape=(n_digits, n_speakers, n_rows, n_frames)], float32, in [0, 1]
        Mean pictures; NaN where a speaker has no clip of a digit.
    counts : np.ndarray [shape=(n_digits, n_speakers)], int64
    digits, speakers : sequences
        Labels of the two axes.

    Returns
    -------
    figure : go.Figure
        A click on a cell selects a point whose ``customdata`` is (digit, speaker).
    """
    n_digits, n_speakers, n_rows, n_frames = thumbnails.shape
    height, width = n_rows + GAP, n_frames + GAP
    mosaic = np.full((n_speakers * height, n_digits * width), np.nan, np.float32)
    for i in range(n_digits):
        for j in range(n_speakers):
            mosaic[j * height : j * height + n_rows, i * width : i * width + n_frames] = thumbnails[
                i, j, ::-1
            ]  # row 0, the lowest, at the bottom of its cell
    figure = go.Figure(
        go.Heatmap(
            z=np.round(mosaic, 2),
            colorscale="Viridis",
            showscale=False,
            hoverinfo="skip",
            zmin=0,
            zmax=1,
        )
    )
    x = [(i + 0.5) * width - 1 for i in range(n_digits)]
    y = [(j + 0.5) * height - 1 for j in range(n_speakers)]
    cells = [(i, j) for i in range(n_digits) for j in range(n_speakers) if counts[i, j]]
    figure.add_scatter(
        x=[x[i] for i, _ in cells],
        y=[y[j] - n_rows * 0.36 for _, j in cells],  # over high frequencies, which are dark
        mode="text",
        text=[str(counts[i, j]) for i, j in cells],
        textfont={"color": "white", "size": 11},
        hoverinfo="skip",
        showlegend=False,
    )
    # Plotly tells no click on a heatmap: transparent squares take it
    figure.add_scatter(
        x=[x[i] for i, _ in cells],
        y=[y[j] for _, j in cells],
        mode="markers",
        marker={"symbol": "square", "size": 44, "opacity": 0.0},
        customdata=[[digits[i], speakers[j]] for i, j in cells],
        text=[f"digit {digits[i]}, {plain(speakers[j])}" for i, j in cells],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(
        tickvals=x,
        ticktext=[str(d) for d in digits],
        side="top",
        title_text="digit",
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        tickvals=y,
        ticktext=[plain(s) for s in speakers],
        autorange="reversed",
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_layout(
        height=90 + 62 * n_speakers,
        margin={"l": 10, "r": 10, "t": 50, "b": 10},
        dragmode=False,
    )
    return figure


def matrix_figure(
    values: NDArray[np.float64], names: Sequence[str], title: str, unit: str = ""
) -> go.Figure:
    """Return a labelled square matrix, such as the distances between speakers.

    Parameters
    ----------
    values : np.ndarray [shape=(n, n)], float64
        NaN is left blank: not measured.
    names : sequence of str
        Labels of rows and columns.
    title : str
        What a cell is.
    unit : str
        Behind each number.
    """
    text = [["" if np.isnan(v) else f"{v:.1f}" for v in row] for row in values]
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=[plain(name) for name in names],
            y=[plain(name) for name in names],
            text=text,
            texttemplate="%{text}",
            colorscale="Viridis",
            reversescale=True,
            colorbar={"title": title, "thickness": 12},
            hovertemplate="%{y} and %{x}: %{text}" + unit + "<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(type="category")
    figure.update_layout(height=120 + 44 * len(names), margin={"l": 10, "r": 10, "t": 20, "b": 10})
    return figure


def map_figure(
    points: NDArray[np.float32], groups: Sequence[str], names: Sequence[str]
) -> go.Figure:
    """Return the map of all clips; a click selects a point whose ``customdata`` is its index.

    Parameters
    ----------
    points : np.ndarray [shape=(n, 2)], float32
        From PCA or t-SNE.
    groups : sequence of str
        What each clip is coloured by: its digit, speaker, split ...
    names : sequence of str
        Shown when the pointer is on it.
    """
    figure = go.Figure()
    labels = np.asarray(groups)
    for k, group in enumerate(sorted(set(groups))):
        members = np.nonzero(labels == group)[0].tolist()
        figure.add_scattergl(
            x=points[members, 0],
            y=points[members, 1],
            mode="markers",
            name=plain(group),
            marker={"size": 6, "symbol": SYMBOLS[k % len(SYMBOLS)], "opacity": 0.75},
            customdata=[[i] for i in members],
            text=[plain(names[i]) for i in members],
            selected={"marker": {"size": 16, "opacity": 1}},
            unselected={"marker": {"opacity": 0.6}},
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_xaxes(showticklabels=False, zeroline=False, showgrid=False)
    figure.update_yaxes(showticklabels=False, zeroline=False, showgrid=False)
    figure.update_layout(
        height=560,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        uirevision="map",
        legend={"orientation": "h", "y": -0.05},
    )
    return figure
