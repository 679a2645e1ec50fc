"""Charts of what goes on inside a network: gradients, updates and activations, layer by layer.

In: a history with signals. Out: Plotly figures; None where nothing was measured.
"""

import numpy as np
import plotly.graph_objects as go

from core.learning.history import History

MAX_COLUMNS = 200
"""Columns of a picture: more would be narrower than a pixel on most screens."""
PALETTE = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#c7a900", "#d9730d", "#b5367a")
"""From the image (dark) to the answers; told apart by lightness as well as by hue."""


def _steps(history: History) -> tuple[list[float], np.ndarray, np.ndarray, tuple[str, ...]] | None:
    """Return epochs, gradients and ratios, a row a step, thinned; None where there are none."""
    if not history.signals:
        return None
    layers = history.signals[0].layers
    at: list[float] = []
    before = 0.0
    for signals in history.signals:
        n = len(signals.gradients)
        at += [before + (signals.epoch - before) * (i + 1) / n for i in range(n)]
        before = signals.epoch
    gradients = np.array([row for s in history.signals for row in s.gradients])
    ratios = np.array([row for s in history.signals for row in s.ratios])
    every = max(1, -(-len(at) // MAX_COLUMNS))
    return at[::every], gradients[::every], ratios[::every], layers


def gradients_figure(history: History) -> go.Figure | None:
    """Return the norm of each layer's gradient over epochs, on a logarithmic axis."""
    found = _steps(history)
    if found is None:
        return None
    at, gradients, _, layers = found
    figure = go.Figure()
    for i, layer in enumerate(layers):
        colour = PALETTE[round(i * (len(PALETTE) - 1) / max(1, len(layers) - 1))]
        norms = [v if 0 < v < 1e29 else None for v in gradients[:, i]]
        figure.add_scatter(
            x=at,
            y=norms,
            mode="lines",
            name=layer,
            line={"color": colour, "width": 1.5},
            hovertemplate="epoch %{x:.1f}: %{y:.2e}<extra>" + layer + "</extra>",
        )
    figure.update_yaxes(type="log", title_text="norm of the gradient", exponentformat="power")
    figure.update_xaxes(title_text="epoch", rangemode="tozero")
    return _laid_out(figure, "gradients", 300)


def ratios_figure(history: History) -> go.Figure | None:
    """Return each layer's update over its weights as a picture: about 1e-3 is usual."""
    found = _steps(history)
    if found is None:
        return None
    at, _, ratios, layers = found
    exponents = np.log10(np.clip(ratios, 1e-8, 1.0)).T  # (n_layers, n_steps)
    figure = go.Figure(
        go.Heatmap(
            x=at,
            y=[*layers],
            z=exponents,
            zmin=-6,
            zmax=0,
            colorscale="Cividis",
            colorbar={"title": {"text": "update / weights"}, **_powers(-6, 0)},
            hovertemplate="%{y}, epoch %{x:.1f}: 10^%{z:.1f}<extra></extra>",
        )
    )
    figure.update_xaxes(title_text="epoch")
    figure.update_yaxes(autorange="reversed")
    return _laid_out(figure, "ratios", 120 + 22 * len(layers))


def _powers(low: int, high: int) -> dict[str, list[object]]:
    """Return the ticks of a colour bar whose numbers are exponents of ten."""
    exponents = [*range(low, high + 1, 2)]
    return {"tickvals": [*exponents], "ticktext": [f"1e{e}" if e else "1" for e in exponents]}


def units_figure(history: History) -> go.Figure | None:
    """Return the share of dead ReLUs, or of saturated values, of each layer as a picture."""
    looks = [(s.epoch, s.activities) for s in history.signals if s.activities]
    if not looks:
        return None
    looks = looks[:: max(1, -(-len(looks) // MAX_COLUMNS))]
    rows: dict[str, list[float]] = {}
    for _, activities in looks:
        for activity in activities:
            kind, share = (
                ("dead", activity.dead)
                if activity.dead is not None
                else ("saturated", activity.saturated)
            )
            if share is not None:
                rows.setdefault(f"{activity.layer}, {kind}", []).append(share)
    if not rows:
        return None
    figure = go.Figure(
        go.Heatmap(
            x=[epoch for epoch, _ in looks],
            y=[*rows],
            z=[*rows.values()],
            zmin=0,
            zmax=1,
            colorscale="Cividis",
            colorbar={"title": {"text": "share"}, "tickformat": ".0%"},
            hovertemplate="%{y}, epoch %{x:.1f}: %{z:.0%}<extra></extra>",
        )
    )
    figure.update_xaxes(title_text="epoch")
    figure.update_yaxes(autorange="reversed")
    return _laid_out(figure, "units", 120 + 22 * len(rows))


def _laid_out(figure: go.Figure, name: str, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        uirevision=name,
        legend={"orientation": "h", "y": -0.25},
    )
    return figure
