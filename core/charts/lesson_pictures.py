"""A picture for each lesson: why it goes wrong, drawn or computed in a few lines.

In: two takes of one word as pictures, for the lessons that are about pictures. Out: Plotly figures,
each with a sentence that says the same. Curves are computed, not drawn by hand: the small networks
and valleys here are trained when the page asks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.learning import MARK, STRANGERS, TRAINING, VALIDATION
from core.charts.lesson_clips import augmented_pictures, wave_and_spectrogram
from core.charts.lesson_shapes import curves, laid_out, squares

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Picture:
    """One lesson's picture: an entry of ``PICTURES``."""

    words: str
    """What it shows, in a sentence; also its text alternative."""
    draw: Callable[[], go.Figure] | None = None
    """None where it needs recordings; see ``of_clips``."""
    of_clips: Callable[[list[NDArray[np.float32]]], go.Figure] | None = None
    """Waveforms of two takes of one word -> figure."""


def _vanishing() -> go.Figure:
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
    figure.update_yaxes(type="log", range=[-6, 0.6], title_text="what is left of the error")
    figure.update_xaxes(title_text="back propagation goes this way, from the answers")
    return laid_out(figure, legend=True)


def _dead() -> go.Figure:
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


def _valley(rates: dict[str, float], n: int) -> go.Figure:
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


def _alike() -> go.Figure:
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


def _sure() -> go.Figure:
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


def _one_number() -> go.Figure:
    x = np.linspace(-4, 4, 200)
    rng = np.random.default_rng(1)
    bells = {
        str(digit): np.exp(-((x - centre) ** 2) / 0.9)
        for digit, centre in enumerate(rng.uniform(-2, 2, 10))
    }
    return curves(x, bells, "the one number", "how often, digit by digit", legend=False)


def _by_heart() -> go.Figure:
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


def _dropped() -> go.Figure:
    rng = np.random.default_rng(5)
    return squares(
        [(rng.random((4, 6)) > 0.5).astype(int) for _ in range(3)],
        ["one step", "the next", "and the next"],
        ["switched off", "at work"],
    )


def _stopping() -> go.Figure:
    x = np.arange(1, 51)
    training = 2.3 * np.exp(-x / 6)
    validation = 2.3 * np.exp(-x / 6) * 0.8 + 0.4 + 0.012 * x
    figure = curves(x, {"training": training, "validation": validation}, "epoch", "loss")
    best = int(x[validation.argmin()])
    figure.add_vline(best, line={"dash": "dash", "color": MARK})
    figure.add_annotation(x=best, y=2.2, text="stop here", showarrow=False, xanchor="left")
    return figure


def _batches() -> go.Figure:
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


def _shuffled() -> go.Figure:
    order = np.random.default_rng(8).permutation(10)
    figure = go.Figure()
    for clip, answer in enumerate(order):
        right = clip == answer
        figure.add_scatter(
            x=["clip", "its label"], y=[clip, answer], mode="lines+markers", showlegend=False,
            line={"color": TRAINING if right else VALIDATION},
        )  # fmt: skip
    figure.update_yaxes(tickmode="linear", title_text="digit said, digit written")
    return laid_out(figure)


def _leak() -> go.Figure:
    clean = np.repeat([[0], [1], [2]], 8, axis=1)
    clean[0, :] = 0
    leaked = clean.copy()
    leaked[1:, :] = 3
    return squares(
        [leaked, clean],
        ["leaked", "kept apart"],
        ["trains", "chooses the epoch", "is scored", "all of it, and trained on"],
    )


def _speakers() -> go.Figure:
    """Return clips of two digits by three known voices and a stranger, as points."""
    rng = np.random.default_rng(9)
    figure = go.Figure()
    for digit, symbol, shift in ((3, "circle", -0.7), (7, "diamond", 0.7)):
        for speaker, x, colour in (
            ("anna", -3, TRAINING), ("ben", 0, STRANGERS), ("carl", 3, "#7a5195"),
            ("a stranger", 6.5, VALIDATION),
        ):  # fmt: skip
            y = shift * (-1 if speaker == "a stranger" else 1) + x / 3
            figure.add_scatter(
                x=rng.normal(x, 0.45, 12), y=rng.normal(y, 0.3, 12), mode="markers",
                name=f"{digit}, {speaker}", marker={"color": colour, "symbol": symbol, "size": 8},
            )  # fmt: skip
    figure.update_xaxes(title_text="voice")
    figure.update_yaxes(title_text="what the network measures")
    return laid_out(figure, legend=True)


PICTURES = {
    "vanishing_gradients": Picture(
        "Back propagation multiplies by one derivative a layer: a sigmoid's is at most a quarter, "
        "an open ReLU's is one.", _vanishing),
    "dead_relus": Picture(
        "All that arrives at this unit is negative: it gives 0, and its slope is 0 too.", _dead),
    "rate_too_high": Picture(
        "Gradient descent in one valley: with steps that are too long each lands higher on the "
        "other side.", lambda: _valley({"far too long": 1.15, "short enough": 0.15}, 6)),
    "rate_too_low": Picture(
        "Gradient descent in one valley: the same six steps, one of them a hundredth as long.",
        lambda: _valley({"far too short": 0.0015, "long enough": 0.15}, 6)),
    "zeros": Picture(
        "Four units learn. Begun at zero they stay one and the same line; begun at random each "
        "goes its own way.", _alike),
    "huge_start": Picture(
        "The wider the first answers, the worse the loss of a network that knows nothing.", _sure),
    "underfitting": Picture(
        "Ten digits on one number: wherever the borders are drawn, the heaps overlap.",
        _one_number),
    "overfitting": Picture(
        "The more numbers there are to fit, the closer the curve passes by the clips, and the "
        "wilder it is between them.", _by_heart),
    "dropout": Picture(
        "At every step other units are at work: none can rely on its neighbour.", _dropped),
    "augmentation": Picture(
        "One take, and copies from other throats into other microphones: still the same word.",
        of_clips=augmented_pictures),
    "early_stopping": Picture(
        "Schematic: training goes on falling, validation turns. The best place to stop is between.",
        _stopping),
    "full_batch": Picture(
        "The clips are looked at three times. All at once, that is three exact steps; 32 at a "
        "time, sixty rough ones.", _batches),
    "waveform": Picture(
        "Two takes of one word: their waveforms differ wherever one looks, their spectrograms "
        "show the same bands.", of_clips=wave_and_spectrogram),
    "shuffled_labels": Picture(
        "Each clip keeps a label, but mostly another clip's.", _shuffled),
    "leaked_split": Picture(
        "Each square is a clip. Above, what should test the network also trains it.", _leak),
    "speaker_overfitting": Picture(
        "Schematic: a line that parts 3 from 7 for each known voice says little about the "
        "stranger.", _speakers),
}  # fmt: skip
"""A picture for every lesson."""
