"""A drawing of a network: one box a layer, from the picture to the answers.

In: layers before anything is built. Out: a Plotly figure.
"""

from collections.abc import Sequence
from math import log2, prod

import plotly.graph_objects as go

from core.learning.network_shapes import Layer, Shape

KINDS = (
    ("conv", "#3b7dd8", "convolution"),
    ("pool", "#7a8699", "pooling"),
    ("average", "#7a8699", "pooling"),
    ("maximum", "#7a8699", "pooling"),
    ("dropout", "#cc79a7", "dropout"),
    ("flatten", "#b8c0cc", "flatten"),
    ("dense", "#2a9d8f", "dense"),
    ("answers", "#d9730d", "answers"),
)
"""Beginning of a layer's name, its colour and its word."""
PICTURE = "#444b55"
GAP = 0.5
"""Between two boxes, in the unit of their widths."""


def network_figure(layers: Sequence[Layer], shape: Shape) -> go.Figure:
    """Return a network as boxes: as high as its picture has rows, wider with more channels.

    Parameters
    ----------
    layers : sequence of Layer
        As ``network_layers`` returns them.
    shape : tuple of int
        Rows, frames and channels of the image.
    """
    figure = go.Figure()
    at, seen = 0.0, set()
    boxes = [("the picture", "the picture", tuple(shape), 0, PICTURE, "picture")]
    for layer in layers:
        colour, word = next((c, w) for start, c, w in KINDS if layer.name.startswith(start))
        boxes.append((layer.name, layer.words, layer.shape, layer.parameters, colour, word))
    for name, words, size, parameters, colour, kind in boxes:
        width, height = _size(size, shape[0])
        text = " x ".join(map(str, size))
        # a box is a filled line: it can be pointed at, and the legend names its colour
        figure.add_scatter(
            x=[at, at + width, at + width, at, at],
            y=[-height, -height, height, height, -height],
            mode="lines",
            fill="toself",
            fillcolor=colour,
            opacity=0.75,
            line={"color": colour, "width": 1},
            name=kind,
            legendgroup=kind,
            showlegend=kind not in seen,
            text=f"{name}: {words}<br>{text}<br>{parameters:,} numbers",
            hoverinfo="text",
        )
        figure.add_annotation(
            x=at + width / 2, y=-height, text=text, showarrow=False, textangle=-60,
            yanchor="top", font={"size": 10},
        )  # fmt: skip
        seen.add(kind)
        at += width + GAP
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True, range=[-2.0, 1.1])
    figure.update_layout(
        height=280,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.12},
        hovermode="closest",
    )
    return figure


def _size(size: tuple[int, ...], rows: int) -> tuple[float, float]:
    """Return the width and half the height of a layer's box."""
    if len(size) == 1:  # a row of numbers: as many as the logarithm shows
        return 0.3, 0.08 * max(1.0, log2(prod(size)))
    return 0.4 + 0.22 * log2(max(1, size[2])), max(0.08, size[0] / rows)
