"""Initialisers: the table of where the weights begin, three of them bad on purpose.

In: nothing. Out: names and options for Keras, words for the page. Imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Initialiser:
    """One way to begin: an entry of ``INITIALISERS``."""

    label: str
    summary: str
    source: str
    keras_name: str
    """Its class in ``keras.initializers``."""
    options: Mapping[str, Any] = field(default_factory=dict)
    bad: bool = False
    """Whether it is there to be seen failing. A bad one begins every layer; a good one begins the
    hidden layers, and the layer of answers begins as Glorot's."""


INITIALISERS = {
    "glorot": Initialiser(
        "Glorot",
        "As wide as keeps the size of numbers and gradients through tanh layers: Keras's default.",
        "Glorot & Bengio 2010",
        "GlorotUniform",
    ),
    "he": Initialiser(
        "He", "Twice as wide, because a ReLU drops half.", "He et al. 2015", "HeNormal"
    ),
    "lecun": Initialiser(
        "LeCun",
        "As wide as keeps the size of numbers forwards.",
        "LeCun et al. 1998",
        "LecunNormal",
    ),
    "zeros": Initialiser(
        "All zeros (bad)",
        "All units of a layer are the same and stay the same: nothing but the last bias learns.",
        "Goodfellow, Bengio & Courville 2016, section 8.4",
        "Zeros",
        bad=True,
    ),
    "tiny": Initialiser(
        "Tiny (bad)",
        "A hundredth of a sensible width or less: the signal fades from layer to layer.",
        "Glorot & Bengio 2010",
        "RandomNormal",
        {"stddev": 1e-4},
        bad=True,
    ),
    "huge": Initialiser(
        "Huge (bad)",
        "Ten times a sensible width or more: the first answers are absurdly sure, and wrong.",
        "Glorot & Bengio 2010",
        "RandomNormal",
        {"stddev": 1.0},
        bad=True,
    ),
}
"""Every initialiser: to add one, write its entry here."""
