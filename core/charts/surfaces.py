"""Charts of surfaces and slopes: paths seen from above, and one weight's steps.

In: a surface and paths over it; a slope and its steps. Out: Plotly figures.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.race import look_of
from core.learning.glass import LOWEST, Step, loss
from core.learning.optimizers import OPTIMIZERS
from core.learning.paths import Path
from core.learning.surfaces import Surface

CELLS = 90
"""Heights along each side of the picture."""
HEIGHTS = ((0.0, "#ffffff"), (1.0, "#7ba3d4"))
"""Low is white, high is blue, and nowhere so dark that a path cannot be seen on it."""
CLICKS = 25
"""Points along each side that can be clicked to begin there."""


def paths_figure(
    surface: Surface, paths: Mapping[str, Path], start: tuple[float, float]
) -> go.Figure:
    """Return the surface from above, its height on a logarithmic scale, with paths over it.

    Parameters
    ----------
    surface : Surface
    paths : mapping
        Of optimizers, keys of ``OPTIMIZERS``.
    start : tuple of float
        Where they begin.
    """
    x, y = np.linspace(*surface.x, CELLS), np.linspace(*surface.y, CELLS)
    heights = surface.height(*np.meshgrid(x, y))
    figure = go.Figure(
        go.Contour(
            x=x,
            y=y,
            z=np.round(np.log10(heights + 1e-3), 2),
            colorscale=HEIGHTS,
            ncontours=22,
            showscale=False,
            line={"width": 0.5},
            hoverinfo="skip",
        )
    )
    points = np.stack(
        np.meshgrid(np.linspace(*surface.x, CLICKS), np.linspace(*surface.y, CLICKS)), axis=-1
    ).reshape(-1, 2)
    # a contour cannot be clicked, points that are hovered over can; they are there, and not seen
    figure.add_scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="markers",
        marker={"size": 14, "opacity": 0},
        showlegend=False,
        customdata=np.round(surface.height(*points.T), 3),
        hovertemplate="(%{x:.2f}, %{y:.2f}): height %{customdata:.3g}<extra></extra>",
        name="begin here",
    )
    for name, path in paths.items():
        look, label = look_of(name), OPTIMIZERS[name].label
        figure.add_scatter(
            x=np.round(path.x, 4),
            y=np.round(path.y, 4),
            mode="lines+markers",
            name=label + (" (ran away)" if path.lost else ""),
            line={"color": look.colour, "dash": look.dash, "width": 2},
            marker={"symbol": look.symbol, "size": 4},
            unselected={"marker": {"opacity": 1}},  # a click elsewhere must not fade it
            customdata=np.stack([np.arange(len(path.x)), path.heights], axis=1),
            hovertemplate="step %{customdata[0]}: height %{customdata[1]:.3g}"
            f"<extra>{label}</extra>",
        )
    for place, symbol, words in ((start, "circle", "start"), (surface.lowest, "star", "goal")):
        figure.add_scatter(
            x=[place[0]],
            y=[place[1]],
            mode="markers",
            marker={
                "symbol": symbol,
                "size": 14,
                "color": "white",
                "line": {"width": 2, "color": "#111111"},
            },
            unselected={"marker": {"opacity": 1}},
            showlegend=False,
            hoverinfo="skip",
        )
        # on a ground of its own: readable on every height, in the light and the dark theme
        figure.add_annotation(
            x=place[0],
            y=place[1],
            text=words,
            yshift=20,
            showarrow=False,
            bgcolor="rgba(255, 255, 255, 0.85)",
            font={"color": "#111111"},
        )
    figure.update_xaxes(title_text="weight x", range=[*surface.x], zeroline=False)
    figure.update_yaxes(title_text="weight y", range=[*surface.y], zeroline=False)
    figure.update_layout(
        height=520,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        uirevision=surface.label,
        legend={"orientation": "h", "y": -0.15},
        clickmode="event+select",
    )
    return figure


def heights_figure(paths: Mapping[str, Path]) -> go.Figure:
    """Return the height of each path by step, on a logarithmic axis."""
    figure = go.Figure()
    for name, path in paths.items():
        look, label = look_of(name), OPTIMIZERS[name].label
        figure.add_scatter(
            x=[*range(len(path.heights))],
            y=[max(h, 1e-12) for h in path.heights],
            mode="lines",
            name=label,
            line={"color": look.colour, "dash": look.dash, "width": 2},
            hovertemplate=f"step %{{x}}: height %{{y:.3g}}<extra>{label}</extra>",
        )
    figure.update_xaxes(title_text="step", rangemode="tozero")
    figure.update_yaxes(title_text="height", type="log", exponentformat="power")
    figure.update_layout(
        height=300,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        uirevision="heights",
        showlegend=True,
        legend={"orientation": "h", "y": -0.3},
    )
    return figure


def slope_figure(steps: Mapping[str, Sequence[Step]], steepness: float, number: int) -> go.Figure:
    """Return the slope of one weight, with each optimizer's step of that number as an arrow.

    Parameters
    ----------
    steps : mapping
        Of optimizers, their steps so far.
    steepness : float
        Of the slope.
    number : int
        Which step is drawn large, counted from 1; those before it are dots.
    """
    figure = go.Figure()
    shown = [w for each in steps.values() for s in each[:number] for w in (s.before, s.after)]
    reach = 1.15 * max(1.0, *(abs(w - LOWEST) for w in shown))
    w = np.linspace(LOWEST - reach, LOWEST + reach, 121)
    figure.add_scatter(
        x=w,
        y=[loss(float(each), steepness) for each in w],
        mode="lines",
        line={"color": "#9aa4b2", "width": 2},
        showlegend=False,
        hovertemplate="weight %{x:.3g}: loss %{y:.3g}<extra></extra>",
    )
    for name, each in steps.items():
        look, label = look_of(name), OPTIMIZERS[name].label
        step = each[number - 1]
        past = [s.before for s in each[:number]]
        ends = [step.before, step.after]
        figure.add_scatter(
            x=past,
            y=[loss(v, steepness) for v in past],
            mode="markers",
            marker={"symbol": look.symbol, "size": 6, "color": look.colour, "opacity": 0.5},
            showlegend=False,
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=ends,
            y=[loss(v, steepness) for v in ends],
            mode="lines+markers",
            name=label,
            line={"color": look.colour, "dash": look.dash, "width": 3},
            marker={"symbol": "arrow", "angleref": "previous", "size": [0, 16]},
            hovertemplate=f"%{{x:.4g}}: loss %{{y:.3g}}<extra>{label}</extra>",
        )
    figure.update_xaxes(title_text="weight")
    figure.update_yaxes(title_text="loss", rangemode="tozero")
    figure.update_layout(
        height=340,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": -0.3},
    )
    return figure
