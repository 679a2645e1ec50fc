"""Charts of listening: a recording's words on a timeline, and what a sensitivity costs.

In: samples, words, measured points. Out: Plotly figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.learning import MARK, STRANGERS, TRAINING, VALIDATION
from core.charts.plain import plain
from core.charts.sound import envelope

MOST_MARKED = 200
"""Words that are marked; more would cover the waveform."""


@dataclass(frozen=True)
class Segment:
    """One word on a timeline."""

    start: float
    end: float
    """Seconds."""
    text: str
    """What it was heard as."""


def timeline_figure(y: NDArray[np.float32], sr: int, segments: Sequence[Segment]) -> go.Figure:
    """Return a recording's waveform with each word marked by what it was heard as.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
    sr : int
        Samples a second.
    segments : sequence of Segment
    """
    seconds, amplitude = envelope(y, sr) if len(y) else (np.zeros(1), np.zeros(1, np.float32))
    figure = go.Figure(
        go.Scatter(
            x=seconds,
            y=amplitude,
            mode="lines",
            line={"width": 1, "color": TRAINING},
            hovertemplate="%{x:.2f} s<extra></extra>",
        )
    )
    for segment in segments[:MOST_MARKED]:
        figure.add_vrect(
            segment.start,
            segment.end,
            fillcolor=STRANGERS,
            opacity=0.25,
            line_width=0,
            annotation={
                "text": f"<b>{plain(segment.text)}</b>",
                "font": {"size": 16},
                "yanchor": "bottom",
                "y": 1.0,
                "yref": "paper",
            },
        )
    figure.update_xaxes(title_text="time (s)", rangemode="tozero")
    figure.update_yaxes(title_text="amplitude")
    figure.update_layout(
        height=240,
        showlegend=False,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        uirevision="timeline",
    )
    return figure


@dataclass(frozen=True)
class Rate:
    """A share or a rate with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Cost:
    """What one sensitivity costs."""

    sensitivity: float
    missed: Rate
    """Share of digits that are answered by none, in [0, 1]."""
    alarms: Rate
    """Digits heard an hour where none is spoken."""


def tradeoff_figure(costs: Sequence[Cost], chosen: float) -> go.Figure:
    """Return misses against false alarms an hour, a point a sensitivity, the chosen one ringed."""
    figure = go.Figure()

    def bars(rates: Sequence[Rate], scale: float) -> dict[str, object]:
        return {
            "type": "data",
            "symmetric": False,
            "array": [scale * (r.high - r.value) for r in rates],
            "arrayminus": [scale * (r.value - r.low) for r in rates],
            "thickness": 1,
            "color": MARK,
        }

    missed, alarms = [c.missed for c in costs], [c.alarms for c in costs]
    figure.add_scatter(
        x=[r.value for r in alarms],
        y=[100 * r.value for r in missed],
        error_x=bars(alarms, 1.0),
        error_y=bars(missed, 100.0),
        mode="lines+markers",
        line={"color": TRAINING, "dash": "dot"},
        marker={"size": 7},
        text=[f"{c.sensitivity:+g}" for c in costs],
        hovertemplate="sensitivity %{text}: %{y:.1f} % missed, %{x:.0f} an hour<extra></extra>",
    )
    for cost in costs:
        if cost.sensitivity == chosen:
            figure.add_scatter(
                x=[cost.alarms.value],
                y=[100 * cost.missed.value],
                mode="markers+text",
                marker={
                    "size": 18,
                    "symbol": "circle-open",
                    "color": VALIDATION,
                    "line": {"width": 3},
                },
                text=["yours"],
                textposition="top right",
                hoverinfo="skip",
            )
    figure.update_xaxes(title_text="false digits an hour of speech", rangemode="tozero")
    figure.update_yaxes(title_text="digits missed (%)", rangemode="tozero")
    figure.update_layout(height=320, showlegend=False, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure
