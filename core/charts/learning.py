"""Charts of learning: the curves of a run, and what answers were confused.

In: a history, counts. Out: Plotly figures.
"""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.learning.history import History

TRAINING, VALIDATION, STRANGERS = "#3b7dd8", "#d9730d", "#2a9d8f"
"""Blue, orange and green: told apart by colour-blind people, and by their dash as well."""
MARK = "#7a8699"
HUGE = 1e29
"""A loss of this size is written for one that is no longer finite, and is not drawn."""


def curves_figure(history: History) -> go.Figure:
    """Return loss and accuracy over epochs, for training and validation."""
    figure = make_subplots(
        rows=1, cols=2, subplot_titles=("Loss (lower is better)", "Accuracy (higher is better)")
    )
    moments = [m for m in history.moments if m.loss < HUGE]
    epochs = [e for e in history.epochs if e.loss < HUGE]
    for column, name, unit in ((1, "loss", ".3f"), (2, "accuracy", ".1%")):
        figure.add_scatter(
            x=[m.epoch for m in moments],
            y=[getattr(m, name) for m in moments],
            mode="lines",
            name="training, in steps",
            opacity=0.35,
            line={"color": TRAINING, "width": 1},
            legendgroup="steps",
            showlegend=column == 1,
            hovertemplate=f"epoch %{{x:.1f}}: %{{y:{unit}}}<extra>training, in steps</extra>",
            row=1,
            col=column,
        )
        for key, label, colour, dash in (
            (name, "training", TRAINING, "solid"),
            (f"val_{name}", "validation", VALIDATION, "dot"),
            (f"unseen_{name}", "speakers left out", STRANGERS, "dash"),
        ):
            values = [getattr(e, key) for e in epochs]
            if key.startswith("unseen") and all(v is None for v in values):
                continue  # nobody is left out: not measured, which is no curve at zero
            figure.add_scatter(
                x=[e.epoch for e in epochs],
                y=[v if v is not None and v < HUGE else None for v in values],
                mode="lines+markers",
                name=label,
                line={"color": colour, "dash": dash},
                legendgroup=label,
                showlegend=column == 1,
                hovertemplate=f"epoch %{{x}}: %{{y:{unit}}}<extra>{label}</extra>",
                row=1,
                col=column,
            )
    _mark(figure, history)
    figure.update_xaxes(title_text="epoch", rangemode="tozero")
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%", row=1, col=2)
    figure.update_layout(
        height=340,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        uirevision="curves",
        legend={"orientation": "h", "y": -0.25},
    )
    return figure


MARKED = {"pause": "paused", "rate": "rate", "stop": "stopped", "resumed": "resumed"}
MOST_MARKS = 40


def _mark(figure: go.Figure, history: History) -> None:
    """Draw a line where somebody asked for something, with the word for it."""
    for mark in [m for m in history.marks if m.kind in MARKED][-MOST_MARKS:]:
        words = MARKED[mark.kind] + (f" {mark.rate:g}" if mark.rate is not None else "")
        for column in (1, 2):
            figure.add_vline(
                mark.epoch,
                line={"width": 1, "dash": "dashdot", "color": MARK},
                annotation={
                    "text": words,
                    "textangle": -90,
                    "font": {"size": 10, "color": MARK},
                    "yanchor": "top",
                    "xanchor": "right",
                },
                row=1,
                col=column,
            )


def confusion_figure(counts: list[list[int]], last: str = "none") -> go.Figure:
    """Return a confusion matrix: row the digit spoken, column the digit answered.

    Parameters
    ----------
    counts : list of lists
        One row a digit spoken; a column more than ten is for no digit.
    last : str
        What that column, or row, is called.
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
