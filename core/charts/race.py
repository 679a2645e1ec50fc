"""Charts of a race: the lanes by epoch, update or second, and the sweeps before it.

In: what a race has measured. Out: Plotly figures. An optimizer looks the same in all of them.
"""

from dataclasses import dataclass

import plotly.graph_objects as go

from core.learning.optimizers import OPTIMIZERS
from core.learning.racing.results import HUGE, Point, Results

AXES = {"epoch": "epoch", "step": "update", "seconds": "second of training"}
"""What a race can be drawn over: attributes of ``Point``, and what they are called."""
MEASURES = {
    "val_loss": "Validation loss",
    "val_accuracy": "Validation accuracy",
    "loss": "Training loss",
    "accuracy": "Training accuracy",
}


@dataclass(frozen=True)
class Look:
    """How an optimizer is drawn: told apart without colour too."""

    colour: str
    dash: str
    symbol: str


_COLOURS = (
    *("#0072b2", "#e69f00", "#009e73", "#d55e00"),
    *("#cc79a7", "#56b4e9", "#8c7a00", "#7f7f7f"),
)
"""Okabe & Ito 2008, told apart by colour-blind people; yellow darkened for a white ground, and grey
in the place of black for a dark one."""
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
_SYMBOLS = (
    *("circle", "square", "diamond", "triangle-up"),
    *("cross", "x", "star", "triangle-down"),
)


def look_of(optimizer: str) -> Look:
    """Return how an optimizer is drawn, in every chart the same way."""
    i = [*OPTIMIZERS].index(optimizer) % len(_COLOURS)
    return Look(_COLOURS[i], _DASHES[i], _SYMBOLS[i])


def race_figure(
    results: Results, optimizers: tuple[str, ...], axis: str, measure: str, log: bool = False
) -> go.Figure:
    """Return one curve a lane.

    Parameters
    ----------
    results : Results
    optimizers : tuple of str
        The lanes, in their order.
    axis : str
        A key of ``AXES``.
    measure : str
        A key of ``MEASURES``.
    log : bool
        Whether the axis below is logarithmic; the start, at 0, is then not drawn.
    """
    figure = go.Figure()
    unit = ".1%" if measure.endswith("accuracy") else ".3f"
    for name in optimizers:
        lane = results.lanes.get(name)
        if lane is None:
            continue
        points = [p for p in (results.start, *lane.points) if p is not None]
        if log:
            points = [p for p in points if getattr(p, axis) > 0]
        look = look_of(name)
        label = f"{OPTIMIZERS[name].label}, {lane.rate:.3g}"
        figure.add_scatter(
            x=[getattr(p, axis) for p in points],
            y=[_shown(p, measure) for p in points],
            mode="lines+markers",
            name=label,
            line={"color": look.colour, "dash": look.dash, "width": 2},
            marker={"symbol": look.symbol, "size": 7},
            hovertemplate=f"{AXES[axis]} %{{x:.4g}}: %{{y:{unit}}}<extra>{label}</extra>",
        )
    figure.update_xaxes(
        title_text=AXES[axis], type="log" if log else "linear", **({} if log else ZERO)
    )
    figure.update_yaxes(title_text=MEASURES[measure], rangemode="tozero")
    if measure.endswith("accuracy"):
        figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_layout(
        height=380,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        uirevision=f"{axis} {measure} {log}",
        showlegend=True,
        legend={"orientation": "h", "y": -0.25},
    )
    return figure


ZERO = {"rangemode": "tozero"}


def _shown(point: Point, measure: str) -> float | None:
    value: float = getattr(point, measure)
    return value if value < HUGE else None


def sweep_figure(results: Results, optimizers: tuple[str, ...]) -> go.Figure:
    """Return the lowest validation loss by learning rate, a curve an optimizer.

    The rate that races is drawn large; a rate at which the loss left all bounds is a cross at the
    top edge.
    """
    figure = go.Figure()
    scores = [t.score for sweep in results.sweeps.values() for t in sweep if t.score < HUGE]
    top = 1.1 * max([*scores, results.start.val_loss if results.start else 1.0])
    for name in optimizers:
        sweep = results.sweeps.get(name, ())
        if not sweep:
            continue
        look, label = look_of(name), OPTIMIZERS[name].label
        racing = results.lanes[name].rate if name in results.lanes else None
        # one that has only begun has no score yet
        known = [t for t in sweep if t.lost or t.best is not None]
        figure.add_scatter(
            x=[t.rate for t in known],
            y=[top if t.lost else t.score for t in known],
            mode="lines+markers",
            name=label,
            line={"color": look.colour, "dash": look.dash, "width": 1.5},
            marker={
                "symbol": ["x-thin-open" if t.lost else look.symbol for t in known],
                "size": [16 if t.rate == racing else 8 for t in known],
                "color": look.colour,
                "line": {"width": 2, "color": look.colour},
            },
            text=["left all bounds" if t.lost else f"{t.score:.3f}" for t in known],
            hovertemplate="learning rate %{x:.3g}: %{text}<extra>" + label + "</extra>",
        )
    figure.update_xaxes(title_text="learning rate", type="log", dtick=1, exponentformat="power")
    figure.update_yaxes(title_text="lowest validation loss", rangemode="tozero")
    figure.update_layout(
        height=340,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        uirevision="sweep",
        showlegend=True,
        legend={"orientation": "h", "y": -0.3},
    )
    return figure
