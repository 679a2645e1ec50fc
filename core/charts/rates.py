"""Chart of a learning-rate range test: the loss over the rate, and which rate is suggested.

In: what a range test measured. Out: a Plotly figure.
"""

import math

import plotly.graph_objects as go

from core.charts.learning import MARK, TRAINING, VALIDATION
from core.learning.range_test import HIGHEST, LOWEST, RangeTest


def range_figure(test: RangeTest, in_force: float) -> go.Figure:
    """Return the loss of each batch, and its running mean, over the learning rate.

    Parameters
    ----------
    test : RangeTest
    in_force : float
        The learning rate chosen now, drawn beside the suggested one.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=test.rates,
        y=test.losses,
        mode="markers",
        name="each batch",
        opacity=0.4,
        marker={"color": TRAINING, "size": 4},
        hovertemplate="rate %{x:.2g}: loss %{y:.3f}<extra>each batch</extra>",
    )
    figure.add_scatter(
        x=test.rates,
        y=test.smoothed,
        mode="lines",
        name="running mean",
        line={"color": TRAINING},
        hovertemplate="rate %{x:.2g}: loss %{y:.3f}<extra>running mean</extra>",
    )
    lines = [(in_force, "chosen now", "dot", MARK, "right")]
    if test.steepest is not None:
        lines.append((test.steepest, "falls fastest", "solid", VALIDATION, "left"))
    for rate, words, dash, colour, side in lines:
        figure.add_vline(
            rate,
            line={"width": 1.5, "dash": dash, "color": colour},
            annotation={
                "x": math.log10(rate),  # on such an axis Plotly takes a line's x, and a word's log
                "text": f"{words}: {rate:.2g}",
                "textangle": -90,
                "font": {"size": 11, "color": colour},
                "yanchor": "top",
                "xanchor": side,
            },
        )
    figure.update_xaxes(
        type="log",
        title_text="learning rate",
        exponentformat="power",
        range=[math.log10(LOWEST), math.log10(HIGHEST)],
    )
    figure.update_yaxes(title_text="loss", rangemode="tozero")
    figure.update_layout(
        height=320,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        uirevision="range",
        legend={"orientation": "h", "y": -0.3},
    )
    return figure
