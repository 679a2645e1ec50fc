"""Several runs on one chart: the same curve of each, told apart by colour and by dash.

In: titles and histories. Out: a Plotly figure.
"""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.charts.axes import AXES, places, smoothed
from core.charts.plain import plain
from core.learning.history import History

MOST_RUNS = 6
"""More curves than this nobody tells apart."""
STYLES = (
    ("#0072b2", "solid", "circle"),
    ("#d55e00", "dash", "square"),
    ("#009e73", "dot", "diamond"),
    ("#cc79a7", "dashdot", "cross"),
    ("#8a6d00", "longdash", "triangle-up"),
    ("#5b6b7b", "longdashdot", "star"),
)
"""Colour, dash and sign of each run; the first five are Okabe & Ito's (2008), yellow darkened to
be seen on white."""
CURVES = {
    "val": "Validation",
    "": "Training",
    "unseen": "Speakers left out",
}
"""What can be compared: part of the name of an epoch's numbers, and its words."""


def overlaid_figure(
    runs: Sequence[tuple[str, History]],
    curve: str = "val",
    axis: str = "epoch",
    weight: float = 0.0,
) -> go.Figure:
    """Return loss and accuracy of up to ``MOST_RUNS`` runs.

    Parameters
    ----------
    runs : sequence of (title, History)
        A title is data, never markup.
    curve : str
        A key of ``CURVES``. A run without that curve has none: not measured is not zero.
    axis : str
        A key of ``core.charts.axes.AXES``.
    weight : float
        How much the curves are smoothed, in [0, 1); the raw ones stay behind them.
    """
    words = CURVES[curve].lower()
    figure = make_subplots(rows=1, cols=2, subplot_titles=(f"Loss, {words}", f"Accuracy, {words}"))
    for (title, history), (colour, dash, sign) in zip(runs[:MOST_RUNS], STYLES, strict=False):
        at = places(history, history.epochs, axis)
        for column, kind, unit in ((1, "loss", ".3f"), (2, "accuracy", ".1%")):
            name = f"{curve}_{kind}" if curve else kind
            values = smoothed([getattr(e, name) for e in history.epochs], 0.0)
            if all(v is None for v in values) and history.epochs:
                continue
            line = {"color": colour, "dash": dash}
            if weight > 0:
                figure.add_scatter(
                    x=at,
                    y=values,
                    mode="lines",
                    line={**line, "width": 1},
                    opacity=0.25,
                    showlegend=False,
                    legendgroup=title,
                    hoverinfo="skip",
                    row=1,
                    col=column,
                )
            figure.add_scatter(
                x=at,
                y=smoothed(values, weight),
                mode="lines+markers",
                name=plain(title),
                line=line,
                marker={"symbol": sign, "size": 6},
                legendgroup=title,
                showlegend=column == 1,
                hovertemplate=f"{axis} %{{x:.4~g}}: %{{y:{unit}}}<extra>{plain(title)}</extra>",
                row=1,
                col=column,
            )
    figure.update_xaxes(title_text=AXES[axis].lower(), rangemode="tozero")
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%", row=1, col=2)
    figure.update_layout(
        height=360,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        uirevision=f"runs {axis}",
        legend={"orientation": "h", "y": -0.25},
    )
    return figure
