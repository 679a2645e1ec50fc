"""One step under glass: a single weight on a slope, with every number of its step.

In: a slope, a weight, a learning rate. Out: each step's gradient, memory, length and new weight, by
plain arithmetic that a reader can repeat; and the same weights from Keras's own optimizer, which
must agree. Keras is imported only for the latter.

The slope is L(w) = s (w - 1)^2 / 2 with the steepness s, so that the gradient is s (w - 1).
"""

import math
from dataclasses import dataclass

from core.learning.optimizers import build_optimizer

LOWEST = 1.0
"""The weight at which the loss is 0."""
KEPT = 0.9
"""What momentum keeps of its last step, as in ``OPTIMIZERS``."""
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7
"""Adam's, as Kingma & Ba 2015 recommend them; epsilon as in Keras."""
GLASS = {"gradient_descent": 0.1, "momentum": 0.1, "adam": 0.1}
"""The optimizers that are looked at, with the learning rate that each begins with."""


@dataclass(frozen=True)
class Step:
    """One step of one weight."""

    number: int
    """Counted from 1."""
    before: float
    gradient: float
    change: float
    """What is added to the weight: its sign is the direction, its size the step's length."""
    after: float
    velocity: float = 0.0
    """Of momentum: the step before it."""
    mean: float = 0.0
    """Of Adam: the running mean of the gradients, after this one (m)."""
    square: float = 0.0
    """And of their squares (v)."""

    @property
    def corrected(self) -> tuple[float, float]:
        """Adam's means, corrected for the zeros with which they began."""
        return self.mean / (1 - BETA_1**self.number), self.square / (1 - BETA_2**self.number)


def loss(weight: float, steepness: float) -> float:
    """Return the loss of a weight."""
    return steepness * (weight - LOWEST) ** 2 / 2


def gradient(weight: float, steepness: float) -> float:
    """Return the derivative of the loss with respect to the weight."""
    return steepness * (weight - LOWEST)


def steps(optimizer: str, steepness: float, start: float, rate: float, n: int) -> tuple[Step, ...]:
    """Return the first n steps of an optimizer, by plain arithmetic.

    Parameters
    ----------
    optimizer : str
        A key of ``GLASS``.
    steepness : float
        Of the slope, above 0.
    start : float
        The weight before the first step.
    rate : float
        Learning rate, above 0.
    n : int
        How many steps.

    References
    ----------
    .. [1] Polyak 1964, "Some methods of speeding up the convergence of iteration methods".
    .. [2] Kingma & Ba 2015, "Adam: a method for stochastic optimization", algorithm 1, with the
       epsilon of the remark at the end of section 2, as in Keras.
    """
    found: list[Step] = []
    weight, velocity, mean, square = start, 0.0, 0.0, 0.0
    for number in range(1, n + 1):
        g = gradient(weight, steepness)
        before = velocity
        if optimizer == "gradient_descent":
            change = -rate * g
        elif optimizer == "momentum":
            change = velocity = KEPT * velocity - rate * g
        elif optimizer == "adam":
            mean = BETA_1 * mean + (1 - BETA_1) * g
            square = BETA_2 * square + (1 - BETA_2) * g**2
            corrected = rate * math.sqrt(1 - BETA_2**number) / (1 - BETA_1**number)
            change = -corrected * mean / (math.sqrt(square) + EPSILON)
        else:
            raise ValueError(f"optimizer={optimizer!r}: expected one of {[*GLASS]}.")
        after = weight + change
        found.append(Step(number, weight, g, change, after, before, mean, square))
        weight = after
    return tuple(found)


def keras_weights(
    optimizer: str, steepness: float, start: float, rate: float, n: int
) -> tuple[float, ...]:
    """Return the weight after each of n steps of Keras's own optimizer; imports Keras."""
    import keras
    import numpy as np

    made = build_optimizer(optimizer, rate)
    weight = keras.Variable(np.float32(start), name="weight")
    made.build([weight])
    found = []
    for _ in range(n):
        g = keras.ops.convert_to_tensor(np.float32(gradient(float(weight.value), steepness)))
        made.apply([g], [weight])
        found.append(float(weight.value))
    return tuple(found)


def agrees(ours: float, keras: float, start: float) -> bool:
    """Return whether two weights are the same but for Keras's single precision.

    Seven digits are kept of a number; n steps add up n roundings of the largest one on the way.
    """
    return abs(ours - keras) <= 2e-5 * max(1.0, abs(start), abs(ours))
