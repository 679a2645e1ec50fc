"""Shapes that several lessons' pictures share: curves, rows of pictures, squares in colours.

In: plain values. Out: Plotly figures of one size.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.charts.learning import STRANGERS, TRAINING, VALIDATION

COLOURS = (TRAINING, VALIDATION, STRANGERS, "#7a5195", "#7a8699")
DASHES = ("solid", "dot", "dash", "dashdot", "longdash")


def laid_out(figure: go.Figure, legend: bool = False, height: int = 300) -> go.Figure:
    """Return the figure at the height and with the margins of all lessons' pictures."""
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        showlegend=legend,
        legend={"orientation": "h", "y": -0.3},
    )
    return figure


def curves(
    x: Any, named: Mapping[str, Any], x_title: str, y_title: str, legend: bool = True
) -> go.Figure:
    """Return named curves over one axis, told apart by colour and dash."""
    figure = go.Figure()
    for i, (name, y) in enumerate(named.items()):
        line = {"color": COLOURS[i % 5], "dash": DASHES[i % 5]}
        figure.add_scatter(x=np.asarray(x), y=np.asarray(y), mode="lines", name=name, line=line)
    figure.update_xaxes(title_text=x_title)
    figure.update_yaxes(title_text=y_title)
    return laid_out(figure, legend)


def pictures(images: Sequence[Any], titles: Sequence[str], rows: int = 1) -> go.Figure:
    """Return pictures [shape=(rows, frames)] beside each other, low frequencies below."""
    columns = -(-len(images) // rows)
    figure = make_subplots(rows=rows, cols=columns, subplot_titles=titles, vertical_spacing=0.15)
    for i, image in enumerate(images):
        figure.add_heatmap(
            z=np.round(np.asarray(image, np.float64), 2), colorscale="Viridis", showscale=False,
            hoverinfo="skip", row=i // columns + 1, col=i % columns + 1,
        )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return laid_out(figure, height=190 * rows + 20)


def squares(tables: Sequence[Any], titles: Sequence[str], words: Sequence[str]) -> go.Figure:
    """Return tables of numbers as coloured squares; the words say what each number means."""
    figure = make_subplots(rows=1, cols=len(tables), subplot_titles=titles)
    n = len(words)
    scale = [[edge, COLOURS[i]] for i in range(n) for edge in (i / n, (i + 1) / n)]
    for i, table in enumerate(tables):
        figure.add_heatmap(
            z=table, zmin=-0.5, zmax=n - 0.5, colorscale=scale, xgap=4, ygap=4,
            showscale=i == len(tables) - 1,
            colorbar={"tickvals": [*range(n)], "ticktext": [*words]},
            hoverinfo="skip", row=1, col=i + 1,
        )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed")
    return laid_out(figure, height=240)
