"""Optimizers: the table of ways to walk downhill.

In: a learning rate. Out: a Keras optimizer for the training step. The table imports nothing
heavy; a builder imports Keras when it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Optimizer:
    """One optimizer: an entry of ``OPTIMIZERS``."""

    label: str
    summary: str
    """One sentence: what it does with a gradient."""
    update: str
    """The update rule in LaTeX: w weights, g gradient, eta learning rate."""
    source: str
    learning_rate: float
    """A sensible default for the networks here."""
    builder: Callable[[float], Any]
    """learning rate -> keras.optimizers.Optimizer"""
    full_batch: bool = False
    """Whether one step looks at all training examples."""
    adaptive: bool = False
    """Whether each step is divided by the size of the gradient: the rate alone says how long it
    is (Kingma & Ba 2015, section 2.1)."""


def _keras(name: str, **options: Any) -> Callable[[float], keras.optimizers.Optimizer]:
    """Return a builder of one of Keras's own optimizers."""

    def build(learning_rate: float) -> keras.optimizers.Optimizer:
        import keras

        return getattr(keras.optimizers, name)(learning_rate, **options)

    return build


OPTIMIZERS = {
    "gradient_descent": Optimizer(
        label="Gradient descent",
        summary="Looks at every training example before each single step: exact, and slow.",
        update=r"w \leftarrow w - \eta\, g_{\text{all examples}}",
        source="Cauchy 1847",
        learning_rate=0.05,
        builder=_keras("SGD"),
        full_batch=True,
    ),
    "sgd": Optimizer(
        label="SGD",
        summary="Steps after each small batch: noisier steps, but dozens of them an epoch.",
        update=r"w \leftarrow w - \eta\, g",
        source="Robbins & Monro 1951",
        learning_rate=0.05,
        builder=_keras("SGD"),
    ),
    "momentum": Optimizer(
        label="SGD with momentum",
        summary="Keeps nine tenths of its last step, like a ball that rolls through small bumps.",
        update=r"v \leftarrow 0.9\, v - \eta\, g,\quad w \leftarrow w + v",
        source="Polyak 1964",
        learning_rate=0.01,
        builder=_keras("SGD", momentum=0.9),
    ),
    "nesterov": Optimizer(
        label="Nesterov momentum",
        summary="Momentum that measures the slope where it is about to be, so it brakes earlier.",
        update=r"v \leftarrow 0.9\, v - \eta\, g,\quad w \leftarrow w + 0.9\, v - \eta\, g",
        source="Nesterov 1983; Sutskever et al. 2013",
        learning_rate=0.01,
        builder=_keras("SGD", momentum=0.9, nesterov=True),
    ),
    "adagrad": Optimizer(
        label="Adagrad",
        summary="Shortens the step of each weight by all the gradients that it has ever seen.",
        update=r"G \leftarrow G + g^2,\quad w \leftarrow w - \eta\, g / \sqrt{G + \epsilon}",
        source="Duchi, Hazan & Singer 2011",
        learning_rate=0.01,
        builder=_keras("Adagrad"),
        adaptive=True,
    ),
    "rmsprop": Optimizer(
        label="RMSprop",
        summary="Divides each weight's step by the recent size of its gradient, forgetting.",
        update=r"s \leftarrow 0.9\, s + 0.1\, g^2,\quad "
        r"w \leftarrow w - \eta\, g / \sqrt{s + \epsilon}",
        source="Tieleman & Hinton 2012",
        learning_rate=0.0005,
        builder=_keras("RMSprop"),
        adaptive=True,
    ),
    "adam": Optimizer(
        label="Adam",
        summary="Momentum for the direction and RMSprop for the length of each weight's step.",
        update=r"w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)",
        source="Kingma & Ba 2015",
        learning_rate=0.001,
        builder=_keras("Adam"),
        adaptive=True,
    ),
    "adamw": Optimizer(
        label="AdamW",
        summary="Adam that also shrinks every weight a little each step, apart from the gradient.",
        update=r"w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon) - \eta\, \lambda\, w",
        source="Loshchilov & Hutter 2019",
        learning_rate=0.001,
        builder=_keras("AdamW", weight_decay=0.01),
        adaptive=True,
    ),
}
"""Every optimizer: to add one, write its entry here."""


def build_optimizer(
    name: str, learning_rate: float, weight_decay: float = 0.0
) -> keras.optimizers.Optimizer:
    """Return an optimizer.

    Parameters
    ----------
    name : str
        A key of ``OPTIMIZERS``.
    learning_rate : float
        Above zero.
    weight_decay : float
        Share, times the learning rate, by which each step shrinks the kernels, apart from the
        gradient (Loshchilov & Hutter 2019); biases and batch norm are left alone. 0: what the
        optimizer does by itself.
    """
    if name not in OPTIMIZERS:
        raise ValueError(f"optimizer={name!r} is not known. Choose one of {[*OPTIMIZERS]}.")
    if not learning_rate > 0:
        raise ValueError(f"learning_rate={learning_rate} must be above 0.")
    optimizer = OPTIMIZERS[name].builder(learning_rate)
    if weight_decay:
        optimizer.weight_decay = weight_decay
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
