"""The lessons' pictures that are computed: small networks and valleys, trained when a page asks.

In: nothing. Out: Plotly figures.
"""

import numpy as np
import plotly.graph_objects as go

from core.charts.learning import MARK, STRANGERS, TRAINING, VALIDATION
from core.charts.lesson_shapes import curves, laid_out


def vanishing() -> go.Figure:
    """Return what is left of an error after each layer, for sigmoid and ReLU."""
    layers = ["answers", *(f"hidden {i}" for i in range(8, 0, -1))]
    figure = go.Figure()
    for name, share, colour in (("sigmoid, at most", 0.25, VALIDATION), ("ReLU", 1.0, TRAINING)):
        left = [share**i for i in range(len(layers))]
        figure.add_bar(
            x=layers,
            y=left,
            base=1e-6,
            name=name,
            marker={"color": colour},
            text=[f"{v:.0e}" if v < 0.01 else f"{v:.2g}" for v in left],
            textposition="outside",
        )
    figure.update_yaxes(
        type="log", range=[-6, 0.6], exponentformat="power", title_text="what is left of the error"
    )
    figure.update_xaxes(title_text="back propagation goes this way, from the answers")
    return laid_out(figure, legend=True)


def dead() -> go.Figure:
    """Return a ReLU and what arrives at it, all of it negative."""
    x = np.linspace(-6, 3, 200)
    arriving = np.exp(-((x + 3.2) ** 2) / 0.6)
    figure = curves(
        x,
        {"ReLU": np.maximum(x, 0), "what arrives, over all clips": 2 * arriving},
        "what arrives at the unit",
        "what it gives",
    )
    figure.add_vrect(-6, 0, fillcolor=VALIDATION, opacity=0.1, line_width=0)
    figure.add_annotation(x=-3, y=2.5, text="here the slope is 0: no way back", showarrow=False)
    return figure


def valley(rates: dict[str, float], n: int) -> go.Figure:
    """Return gradient descent on w squared, computed, at some rates."""
    w = np.linspace(-4, 4, 200)
    figure = curves(w, {"loss": w**2}, "weight", "loss")
    for (name, rate), colour in zip(rates.items(), (VALIDATION, STRANGERS), strict=False):
        at = [1.5]
        for _ in range(n):
            at.append(at[-1] - rate * 2 * at[-1])
        figure.add_scatter(
            x=at, y=[a**2 for a in at], mode="lines+markers", name=name,
            line={"color": colour, "dash": "dot"},
        )  # fmt: skip
    figure.update_yaxes(range=[-0.5, 14])
    figure.update_xaxes(range=[-4, 4])
    return figure


def alike() -> go.Figure:
    """Return the weights of four hidden units, trained from zero and from random ones."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 3))
    y = np.sign(x[:, 0] * x[:, 1])
    figure = go.Figure()
    for name, width, colour in (("random", 0.5, TRAINING), ("all zeros", 0.0, VALIDATION)):
        first = width * np.random.default_rng(3).normal(size=(3, 4))
        second = width * np.random.default_rng(4).normal(size=4)
        path = []
        for _ in range(120):
            hidden = np.tanh(x @ first)
            error = hidden @ second - y
            back = np.outer(error, second) * (1 - hidden**2)
            first = first - 0.3 * x.T @ back / len(x)
            second = second - 0.3 * hidden.T @ error / len(x)
            path.append(first[0].copy())
        for i, unit in enumerate(np.array(path).T):
            figure.add_scatter(
                y=unit, mode="lines", name=f"begun {name}", legendgroup=name, showlegend=i == 0,
                line={"color": colour, "width": 4 if width == 0 else 2},
            )  # fmt: skip
    figure.update_xaxes(title_text="step")
    figure.update_yaxes(title_text="one weight of each of four units")
    return laid_out(figure, legend=True)


def sure() -> go.Figure:
    """Return the loss of random answers over how wide they are."""
    rng = np.random.default_rng(0)
    widths = np.geomspace(0.1, 100, 25)
    logits = rng.normal(size=(400, 10))
    losses = [
        float(np.mean(np.log(np.exp(w * (logits - logits.max(1)[:, None])).sum(1))
                      - w * (logits[:, 0] - logits.max(1))))
        for w in widths
    ]  # fmt: skip
    figure = curves(widths, {"loss before the first step": losses}, "width of the answers", "loss")
    figure.add_hline(np.log(10), line={"dash": "dash", "color": MARK})
    figure.add_annotation(x=-0.8, y=1.3, text="ln 10 = 2.30, a guess", showarrow=False)
    figure.update_xaxes(type="log")
    figure.update_yaxes(type="log")
    return figure


def one_number() -> go.Figure:
    """Return how ten digits lie on one number."""
    x = np.linspace(-4, 4, 200)
    rng = np.random.default_rng(1)
    bells = {
        str(digit): np.exp(-((x - centre) ** 2) / 0.9)
        for digit, centre in enumerate(rng.uniform(-2, 2, 10))
    }
    return curves(x, bells, "the one number", "how often, digit by digit", legend=False)


def by_heart() -> go.Figure:
    """Return polynomials of degree 1, 3 and 9 through ten noisy points, fitted."""
    rng = np.random.default_rng(2)
    x = np.linspace(-1, 1, 10)
    y = np.sin(3 * x) + rng.normal(0, 0.25, 10)
    fine = np.linspace(-1, 1, 300)
    fits = {
        f"{degree + 1} numbers to fit": np.polynomial.Polynomial.fit(x, y, degree)(fine)
        for degree in (1, 3, 9)
    }
    figure = curves(fine, fits, "sound", "answer")
    figure.add_scatter(
        x=x, y=y, mode="markers", name="clips to train on", marker={"color": "#c44", "size": 9}
    )
    figure.update_yaxes(range=[-2.2, 2.2])
    return figure


def batches() -> go.Figure:
    """Return 3 exact and 60 noisy steps on one valley, computed."""
    rng = np.random.default_rng(6)
    grid = np.linspace(-4, 4, 60)
    a, b = np.meshgrid(grid, grid)
    figure = go.Figure(
        go.Contour(x=grid, y=grid, z=a**2 / 2 + 2 * b**2, showscale=False, colorscale="Greys",
                   opacity=0.4, contours={"coloring": "lines"})
    )  # fmt: skip
    slope = np.array([1.0, 4.0])
    for name, n, noise, colour in (
        ("all clips: 3 steps", 3, 0.0, VALIDATION),
        ("32 clips at a time: 60 steps", 60, 1.5, TRAINING),
    ):
        at = [np.array([-3.6, 2.5])]
        for _ in range(n):
            at.append(at[-1] - 0.06 * (slope * at[-1] + rng.normal(0, noise + 1e-9, 2)))
        path = np.array(at)
        figure.add_scatter(
            x=path[:, 0], y=path[:, 1], mode="lines+markers", name=name, line={"color": colour}
        )
    figure.update_xaxes(title_text="one weight")
    figure.update_yaxes(title_text="another")
    return laid_out(figure, legend=True)
