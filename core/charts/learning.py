"""Charts of learning: the curves of a run, and what answers were confused.

In: a history, counts. Out: Plotly figures.
"""

from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.charts.axes import AXES, fewer, places, smoothed
from core.learning.history import History

TRAINING, VALIDATION, STRANGERS = "#3b7dd8", "#d9730d", "#2a9d8f"
"""Blue, orange and green: told apart by colour-blind people, and by their dash as well."""
MARK = "#7a8699"
FINE = {"color": TRAINING, "dash": "solid"}
"""The fine curve of training, between two epochs."""


def curves_figure(
    history: History,
    axis: str = "epoch",
    weight: float = 0.0,
    span: tuple[int, int] | None = None,
) -> go.Figure:
    """Return loss and accuracy over a run, for training, validation and speakers left out.

    Parameters
    ----------
    history : History
    axis : str
        A key of ``core.charts.axes.AXES``.
    weight : float
        How much the curves are smoothed, in [0, 1); the raw ones stay behind them.
    span : tuple of int, optional
        First and last epoch of a stretch to be set off.
    """
    figure = make_subplots(
        rows=1, cols=2, subplot_titles=("Loss (lower is better)", "Accuracy (higher is better)")
    )
    figure.update_annotations(font_size=12)  # side by side on a phone
    moments = fewer(history.moments)
    at_moments = places(history, moments, axis)
    at_epochs = places(history, history.epochs, axis)
    for column, name, unit in ((1, "loss", ".3f"), (2, "accuracy", ".1%")):
        for key, label, points, at, line in (
            (name, "training, in steps", moments, at_moments, FINE),
            (name, "training", history.epochs, at_epochs, {"color": TRAINING, "dash": "solid"}),
            (
                f"val_{name}",
                "validation",
                history.epochs,
                at_epochs,
                {"color": VALIDATION, "dash": "dot"},
            ),
            (
                f"unseen_{name}",
                "speakers left out",
                history.epochs,
                at_epochs,
                {"color": STRANGERS, "dash": "dash"},
            ),
        ):
            values = [getattr(point, key) for point in points]
            if key.startswith("unseen") and all(v is None for v in values):
                continue  # nobody is left out: not measured, which is no curve at zero
            raw = smoothed(values, 0.0)
            fine = line is FINE
            style = {
                "mode": "lines" if fine else "lines+markers",
                "legendgroup": label,
                "hovertemplate": f"{axis} %{{x:.4~g}}: %{{y:{unit}}}<extra>{label}</extra>",
            }
            if weight > 0:  # the raw curve stays behind, faintly
                figure.add_scatter(
                    x=at,
                    y=raw,
                    line={**line, "width": 1},
                    opacity=0.25,
                    name=f"{label}, raw",
                    showlegend=False,
                    **{**style, "mode": "lines", "hoverinfo": "skip", "hovertemplate": None},
                    row=1,
                    col=column,
                )
            figure.add_scatter(
                x=at,
                y=smoothed(values, weight),
                line={**line, "width": 1} if fine and not weight else line,
                opacity=0.35 if fine and not weight else 1.0,
                name=label,
                showlegend=column == 1,
                **style,
                row=1,
                col=column,
            )
    _mark(figure, history, axis)
    _set_off(figure, history, axis, span)
    figure.update_xaxes(title_text=AXES[axis].lower(), rangemode="tozero")
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%", row=1, col=2)
    figure.update_layout(
        height=340,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        uirevision=f"curves {axis}",  # zoom and hidden curves stay while it moves
        legend={"orientation": "h", "y": -0.25},
    )
    return figure


def _set_off(figure: go.Figure, history: History, axis: str, span: tuple[int, int] | None) -> None:
    """Shade the stretch of epochs that a finding rests on."""
    epochs = [e for e in history.epochs if span is not None and span[0] <= e.epoch <= span[1]]
    if not epochs:
        return
    first, last = (at for at in places(history, [epochs[0], epochs[-1]], axis))
    if span is not None and span[0] <= 1:
        first = 0.0
    for column in (1, 2):
        figure.add_vrect(
            first, last, fillcolor=VALIDATION, opacity=0.12, line_width=0, row=1, col=column
        )


MARKED = {"pause": "paused", "rate": "rate", "stop": "stopped", "resumed": "resumed"}
MOST_MARKS = 40


def _mark(figure: go.Figure, history: History, axis: str) -> None:
    """Draw a line where somebody asked for something, with the word for it.

    All at once: ``add_vline`` copies what is there already for each line, so that forty marks take
    six seconds and these a few milliseconds.
    """
    marks = [m for m in history.marks if m.kind in MARKED][-MOST_MARKS:]
    shapes: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for mark, at in zip(marks, places(history, marks, axis), strict=True):
        if at is None:
            continue
        text = MARKED[mark.kind] + (f" {mark.rate:g}" if mark.rate is not None else "")
        for column in ("", "2"):
            on = {"xref": f"x{column}", "yref": f"y{column} domain"}
            line = {"width": 1, "dash": "dashdot", "color": MARK}
            shapes.append(
                {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": line, **on}
            )
            words.append(
                {
                    "text": text,
                    "x": at,
                    "y": 1,
                    "showarrow": False,
                    "textangle": -90,
                    "font": {"size": 10, "color": MARK},
                    "yanchor": "top",
                    "xanchor": "right",
                    **on,
                }
            )
    figure.update_layout(
        shapes=[*figure.layout.shapes, *shapes], annotations=[*figure.layout.annotations, *words]
    )


def confusion_figure(
    counts: list[list[int]], last: str = "none", pressable: bool = False
) -> go.Figure:
    """Return a confusion matrix: row the digit spoken, column the digit answered.

    Parameters
    ----------
    counts : list of lists
        One row a digit spoken; a column more than ten is for no digit.
    last : str
        What that column, or row, is called.
    pressable : bool
        Whether a cell can be selected: Plotly selects no cell of a heat map, so that an invisible
        point lies on each that is not empty; its ``customdata`` is (spoken, answered).
    """
    names = [str(i) if i < 10 else last for i in range(max(map(len, counts)))]
    shares = [[n / max(1, sum(row)) for n in row] for row in counts]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=names,
            y=names[: len(counts)],
            text=[[n or "" for n in row] for row in counts],
            texttemplate="%{text}",
            colorscale="Blues",
            zmin=0,
            zmax=1,
            showscale=False,
            hovertemplate="spoken %{y}, answered %{x}: %{text}<extra></extra>",
        )
    )
    if pressable:
        cells = [(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) if n]
        figure.add_scatter(
            x=[names[j] for _, j in cells],
            y=[names[i] for i, _ in cells],
            customdata=cells,
            mode="markers",
            marker={"size": 26, "opacity": 0, "symbol": "square"},
            hovertemplate="spoken %{y}, answered %{x}: press to hear<extra></extra>",
            showlegend=False,
        )
    figure.update_xaxes(title_text="answered", type="category")
    figure.update_yaxes(title_text="spoken", type="category", autorange="reversed")
    figure.update_layout(height=380, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure


def probabilities_figure(probabilities: tuple[float, ...]) -> go.Figure:
    """Return a bar for each answer's probability."""
    names = [str(i) if i < 10 else "none" for i in range(len(probabilities))]
    top = max(range(len(probabilities)), key=lambda i: probabilities[i])
    figure = go.Figure(
        go.Bar(
            x=names,
            y=list(probabilities),
            marker={"color": [TRAINING if i == top else "#9aa4b2" for i in range(len(names))]},
            hovertemplate="%{x}: %{y:.1%}<extra></extra>",
        )
    )
    figure.update_xaxes(type="category", title_text="digit")
    figure.update_yaxes(range=[0, 1], tickformat=".0%")
    figure.update_layout(height=220, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure
