"""Chart of probes: the loss after a few steps at each learning rate, all from one point.

In: what was measured. Out: a Plotly figure.
"""

import math

import plotly.graph_objects as go

from core.charts.learning import MARK, TRAINING
from core.learning.probes import Probes


def probes_figure(probes: Probes) -> go.Figure:
    """Return the loss over the learning rate, beside the loss before the steps."""
    finite = {rate: loss for rate, loss in probes.losses.items() if math.isfinite(loss)}
    near = [v for v in (probes.before, *finite.values()) if v <= 2 * probes.before < math.inf]
    ceiling = 1.1 * max(near, default=1.0)  # a rate that threw it far off stands above the picture
    figure = go.Figure(
        go.Scatter(
            x=[*finite],
            y=[*finite.values()],
            mode="lines+markers",
            line={"color": TRAINING},
            hovertemplate="rate %{x:.2g}: loss %{y:.3f}<extra></extra>",
        )
    )
    figure.add_hline(
        probes.before,
        line={"width": 1, "dash": "dot", "color": MARK},
        annotation={"text": "before the steps", "font": {"size": 11, "color": MARK}},
    )
    figure.add_vline(
        probes.own,
        line={"width": 1.5, "dash": "dashdot", "color": MARK},
        annotation={
            "x": math.log10(probes.own),  # see core.charts.rates
            "text": f"its own: {probes.own:.2g}",
            "textangle": -90,
            "font": {"size": 11, "color": MARK},
            "yanchor": "top",
            "xanchor": "right",
        },
    )
    figure.update_xaxes(type="log", title_text="learning rate", exponentformat="power")
    figure.update_yaxes(title_text="loss after the steps", range=[0, ceiling])
    figure.update_layout(
        height=280, margin={"l": 10, "r": 10, "t": 20, "b": 10}, uirevision="probes"
    )
    return figure
