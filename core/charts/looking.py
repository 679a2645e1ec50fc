"""Charts of a network's inside: filters, what layers make of a clip, what an answer rests on.

In: arrays of ``core.learning.looking``. Out: Plotly figures, each one picture of many tiles.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

COLUMNS = 8
"""Tiles side by side."""


def tiles(pictures: NDArray[np.float32], columns: int = COLUMNS) -> NDArray[np.float32]:
    """Return pictures [shape=(n, rows, columns)] side by side, a cell of NaN between two.

    The first stands at the top left; within each, row 0 is the lowest, as in the pictures.
    """
    n, rows, width = pictures.shape
    columns = min(columns, n)
    lines = -(-n // columns)
    sheet = np.full((lines * (rows + 1) - 1, columns * (width + 1) - 1), np.nan, np.float32)
    for i, picture in enumerate(pictures):
        line, column = divmod(i, columns)
        top = (lines - 1 - line) * (rows + 1)
        left = column * (width + 1)
        sheet[top : top + rows, left : left + width] = picture
    return sheet


def filters_figure(filters: NDArray[np.float32]) -> go.Figure:
    """Return filters [shape=(n, rows, columns)] as tiles on one scale around zero."""
    most = float(np.abs(filters).max()) or 1.0
    return _sheet(tiles(filters), "RdBu", -most, most, len(filters), filters.shape[1])


def maps_figure(maps: NDArray[np.float32]) -> go.Figure:
    """Return feature maps [shape=(n, rows, columns)] as tiles, each to its own largest value."""
    peaks = np.maximum(np.abs(maps).max(axis=(1, 2), keepdims=True), 1e-9)
    low = -1.0 if (maps < 0).any() else 0.0
    return _sheet(tiles(maps / peaks), "Viridis", low, 1.0, len(maps), maps.shape[1])


def _sheet(
    sheet: NDArray[np.float32], colours: str, low: float, high: float, n: int, rows: int
) -> go.Figure:
    figure = go.Figure(
        go.Heatmap(
            z=np.round(sheet, 3),
            zmin=low,
            zmax=high,
            colorscale=colours,
            showscale=False,
            hovertemplate="%{z:.2f}<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, scaleanchor="x" if rows < 12 else None)
    figure.update_layout(height=40 + 90 * -(-n // COLUMNS), margin={"l": 5, "r": 5, "t": 5, "b": 5})
    return figure


def evidence_figure(
    image: NDArray[np.float32],
    evidence: NDArray[np.float32],
    mask: NDArray[np.float32],
    seconds: Sequence[float],
    row_title: str,
) -> go.Figure:
    """Return the picture, what speaks for and against the answer, and what is left of the picture.

    Parameters
    ----------
    image, evidence, mask : np.ndarray [shape=(rows, columns)]
        As ``core.learning.looking`` gives them.
    seconds : sequence of float
        The time of each column.
    row_title : str
        What the rows are.
    """
    titles = ("What it is shown", "For (blue) and against (red)", "What it used most")
    figure = make_subplots(rows=1, cols=3, subplot_titles=titles, shared_yaxes=True)
    most = float(np.abs(evidence).max()) or 1.0
    left = np.where(mask > 0, image, np.nan)
    span = {"zmin": float(image.min()), "zmax": float(image.max()) or 1.0}
    pictures = (
        (image, {"colorscale": "Viridis", **span}),
        (evidence, {"colorscale": "RdBu", "zmin": -most, "zmax": most}),
        (left, {"colorscale": "Viridis", **span}),
    )
    for i, (z, colours) in enumerate(pictures):
        figure.add_heatmap(
            x=list(seconds),
            z=np.round(z, 4),
            showscale=False,
            hovertemplate="%{x:.2f} s, row %{y}: %{z:.3f}<extra></extra>",
            **colours,
            row=1,
            col=i + 1,
        )
        figure.update_xaxes(title_text="time (s)", row=1, col=i + 1)
    figure.update_yaxes(title_text=row_title, row=1, col=1)
    figure.update_layout(height=320, margin={"l": 10, "r": 10, "t": 40, "b": 10})
    return figure
