"""One whole step of any batch: its parts, as large as memory holds, and one change of the weights.

In: a stepper, its state and the examples of a batch. Out: what was measured; a state that has moved
on. A step can be rehearsed, so that what it compiles is not counted as training.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.learning.batches import MICRO_BATCH, micro_batches
from core.learning.run_listener import Stopped
from core.learning.step import Stepper, TrainingState


def take_step(
    stepper: Stepper,
    state: TrainingState,
    images: Any,
    answers: Any,
    indices: NDArray[np.int64],
    weights: NDArray[np.float32],
    rate: float,
    stop_asked: Callable[[], bool],
) -> tuple[NDArray[np.float64], Any]:
    """Take one step, in parts that memory holds; ``Stopped`` if that is asked between them.

    Returns
    -------
    sums : np.ndarray [shape=(3,)]
        Summed loss, right answers, examples.
    signals : jax.Array [shape=(n_layers, 2)]
        See ``Stepper.apply``.
    """
    gradients: Any = None
    total = np.zeros(3)
    for part, weight in micro_batches(indices, weights):
        if stop_asked():
            raise Stopped
        found, sums = stepper.gradients(state, images[part], answers[part], weight)
        gradients = (
            found if gradients is None else [a + b for a, b in zip(gradients, found, strict=True)]
        )
        total += np.asarray(sums)
    return total, stepper.apply(state, gradients, np.float32(total[2]), rate)


def rehearse(
    stepper: Stepper,
    state: TrainingState,
    images: Any,
    answers: Any,
    indices: NDArray[np.int64],
    weights: NDArray[np.float32],
    rate: float,
) -> None:
    """Compile what a step calls: take the first part of one, from a copy that is thrown away."""
    import jax.numpy as jnp

    values = (state.weights, state.slots, state.averaged)
    copied, slots, averaged = ([jnp.array(a) for a in value] for value in values)
    aside = TrainingState(copied, state.other, slots, averaged)
    part = slice(MICRO_BATCH)
    take_step(stepper, aside, images, answers, indices[part], weights[part], rate, lambda: False)
