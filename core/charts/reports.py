"""Charts of a model's report: calibration, rejection, robustness, and a matrix to be clicked.

In: plain values. Out: Plotly figures.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.browsing.robustness import Step, Sweep
from core.charts.learning import STRANGERS, TRAINING, VALIDATION, confusion_figure
from core.learning.calibration import Calibration
from core.learning.rejection import WorkingPoint

NEUTRAL = "#7a8699"


def clickable_confusion(counts: list[list[int]], last: str = "none") -> go.Figure:
    """Return a confusion matrix whose cells can be clicked.

    A picture returns no click, so an unseen point lies on every cell; its ``customdata`` is the row
    and the column.
    """
    figure = confusion_figure(counts, last)
    cells = [(i, j) for i, row in enumerate(counts) for j in range(len(row))]
    names = list(figure.data[0].x)
    figure.add_scatter(
        x=[names[j] for _, j in cells],
        y=[names[i] for i, _ in cells],
        customdata=cells,
        mode="markers",
        marker={"size": 26, "opacity": 0, "symbol": "square"},
        hoverinfo="skip",
        showlegend=False,
    )
    return figure


def calibration_figure(found: Calibration) -> go.Figure:
    """Return accuracy over confidence, a point a bin, with the diagonal that they should lie on."""
    bins = [b for b in found.bins if b.total]
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name="as it should be",
        line={"color": NEUTRAL, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[b.confidence for b in bins],
        y=[b.accuracy for b in bins],
        mode="lines+markers",
        name="this model",
        line={"color": TRAINING},
        marker={"size": [6 + 18 * (b.total / found.total) ** 0.5 for b in bins]},
        customdata=[b.total for b in bins],
        hovertemplate="%{x:.0%} sure, %{y:.0%} right<br>%{customdata} clips<extra></extra>",
    )
    figure.update_xaxes(title_text="how sure it was", range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(title_text="how often it was right", range=[0, 1.04], tickformat=".0%")
    return _laid_out(figure)


def rejection_figure(curve: Sequence[WorkingPoint], threshold: float) -> go.Figure:
    """Return what becomes of clips at every threshold, with the one in force marked."""
    figure = go.Figure()
    at = [point.threshold for point in curve]
    lines: list[tuple[str, str, str, list[float]]] = []
    if curve[0].n_digits:
        n = curve[0].n_digits
        lines += [
            ("digits answered rightly", TRAINING, "solid", [p.right / n for p in curve]),
            ("digits answered wrongly", VALIDATION, "dash", [p.wrong / n for p in curve]),
        ]
    if curve[0].n_others:
        others = [p.raised / p.n_others for p in curve]
        lines.append(("other words that raise a digit", STRANGERS, "dot", others))
    for name, colour, dash, shares in lines:
        figure.add_scatter(
            x=at,
            y=shares,
            mode="lines",
            name=name,
            line={"color": colour, "dash": dash},
            hovertemplate="at %{x}: %{y:.1%}<extra>" + name + "</extra>",
        )
    figure.add_vline(threshold, line={"width": 1.5, "color": NEUTRAL})
    figure.update_xaxes(title_text="least confidence for a digit", range=[0, 1])
    figure.update_yaxes(title_text="share of the clips", range=[-0.02, 1.04], tickformat=".0%")
    return _laid_out(figure)


def sweep_figure(entry: Sweep, steps: Sequence[Step]) -> go.Figure:
    """Return accuracy at every level of a change, with 95 % intervals."""
    figure = go.Figure()
    shares = [step.accuracy.share for step in steps]
    figure.add_scatter(
        x=[step.level for step in steps],
        y=shares,
        mode="lines+markers",
        line={"color": TRAINING},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [s.accuracy.high - s.accuracy.share for s in steps],
            "arrayminus": [s.accuracy.share - s.accuracy.low for s in steps],
            "thickness": 1,
        },
        hovertemplate="%{x}: %{y:.1%}<extra></extra>",
    )
    if entry.as_it_was is not None:
        figure.add_vline(entry.as_it_was, line={"width": 1, "dash": "dot", "color": NEUTRAL})
    figure.update_xaxes(title_text=entry.unit)
    figure.update_yaxes(title_text="right, forced choice", range=[0, 1.04], tickformat=".0%")
    return _laid_out(figure)


def _laid_out(figure: go.Figure) -> go.Figure:
    figure.update_layout(
        height=320,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        legend={"orientation": "h", "y": -0.3},
    )
    return figure
