"""A picture for each lesson: why it goes wrong, drawn or computed in a few lines.

In: two takes of one word as pictures, for the lessons that are about pictures. Out: Plotly figures,
each with a sentence that says the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.learning import MARK, STRANGERS, TRAINING, VALIDATION
from core.charts.lesson_clips import augmented_pictures, wave_and_spectrogram
from core.charts.lesson_computed import (
    alike,
    batches,
    by_heart,
    dead,
    one_number,
    sure,
    valley,
    vanishing,
)
from core.charts.lesson_shapes import curves, laid_out, squares


@dataclass(frozen=True)
class Picture:
    """One lesson's picture: an entry of ``PICTURES``."""

    words: str
    """What it shows, in a sentence; also its text alternative."""
    draw: Callable[[], go.Figure] | None = None
    """None where it needs recordings; see ``of_clips``."""
    of_clips: Callable[[list[NDArray[np.float32]]], go.Figure] | None = None
    """Waveforms of two takes of one word -> figure."""


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
        "an open ReLU's is one.", vanishing),
    "dead_relus": Picture(
        "All that arrives at this unit is negative: it gives 0, and its slope is 0 too.", dead),
    "rate_too_high": Picture(
        "Gradient descent in one valley: with steps that are too long each lands higher on the "
        "other side.", lambda: valley({"far too long": 1.15, "short enough": 0.15}, 6)),
    "rate_too_low": Picture(
        "Gradient descent in one valley: the same six steps, one of them a hundredth as long.",
        lambda: valley({"far too short": 0.0015, "long enough": 0.15}, 6)),
    "zeros": Picture(
        "Four units learn. Begun at zero they stay one and the same line; begun at random each "
        "goes its own way.", alike),
    "huge_start": Picture(
        "The wider the first answers, the worse the loss of a network that knows nothing.", sure),
    "underfitting": Picture(
        "Ten digits on one number: wherever the borders are drawn, the heaps overlap.",
        one_number),
    "overfitting": Picture(
        "The more numbers there are to fit, the closer the curve passes by the clips, and the "
        "wilder it is between them.", by_heart),
    "dropout": Picture(
        "At every step other units are at work: none can rely on its neighbour.", _dropped),
    "augmentation": Picture(
        "One take, and three copies with bands and moments hidden: still the same word.",
        of_clips=augmented_pictures),
    "early_stopping": Picture(
        "Schematic: training goes on falling, validation turns. The best place to stop is between.",
        _stopping),
    "full_batch": Picture(
        "The clips are looked at three times. All at once, that is three exact steps; 32 at a "
        "time, sixty rough ones.", batches),
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
