"""Activations: the table of what a layer does to each of its numbers.

In: nothing. Out: names for Keras, words for the page. Imports nothing heavy.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Activation:
    """One activation: an entry of ``ACTIVATIONS``."""

    label: str
    summary: str
    source: str
    keras_name: str
    """Its name in ``keras.activations``."""


ACTIVATIONS = {
    "relu": Activation(
        "ReLU",
        "Negative becomes zero: quick, and dead where it is always negative.",
        "Nair & Hinton 2010",
        "relu",
    ),
    "leaky": Activation(
        "Leaky ReLU",
        "Negative becomes a fifth of itself: no unit can die.",
        "Maas et al. 2013; slope 0.2 is Keras's",
        "leaky_relu",
    ),
    "elu": Activation(
        "ELU",
        "Negative bends smoothly towards -1.",
        "Clevert, Unterthiner & Hochreiter 2016",
        "elu",
    ),
    "gelu": Activation(
        "GELU",
        "A ReLU with a soft knee, as transformers use it.",
        "Hendrycks & Gimpel 2016",
        "gelu",
    ),
    "tanh": Activation(
        "tanh",
        "Squeezes into -1 to 1; far out its slope, and so the gradient, vanishes.",
        "LeCun et al. 1998",
        "tanh",
    ),
    "sigmoid": Activation(
        "Sigmoid",
        "Squeezes into 0 to 1; its slope is at most a quarter, so deep networks stall.",
        "Glorot & Bengio 2010 (why it stalls)",
        "sigmoid",
    ),
}
"""Every activation: to add one, write its entry here."""
