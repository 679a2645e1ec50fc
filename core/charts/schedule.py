"""Chart of a learning rate over a run, before it has begun.

In: the rate and its schedule. Out: a Plotly figure.
"""

import plotly.graph_objects as go

from core.charts.learning import TRAINING
from core.learning.schedules import scheduled_rate

POINTS = 200


def schedule_figure(rate: float, schedule: str, epochs: int) -> go.Figure:
    """Return the learning rate over the epochs of a run.

    Parameters
    ----------
    rate : float
        The rate that the schedule multiplies.
    schedule : str
        A key of ``SCHEDULES``.
    epochs : int
    """
    rates = [scheduled_rate(rate, schedule, i, POINTS) for i in range(POINTS)]
    figure = go.Figure(
        go.Scatter(
            x=[epochs * i / POINTS for i in range(POINTS)],
            y=rates,
            mode="lines",
            line={"color": TRAINING, "shape": "hv"},
            hovertemplate="epoch %{x:.1f}: %{y:.2g}<extra></extra>",
        )
    )
    figure.update_xaxes(title_text="epoch", range=[0, epochs])
    figure.update_yaxes(title_text="learning rate", range=[0, 1.1 * rate], exponentformat="power")
    figure.update_layout(height=180, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure
