"""What happens inside a network: its activations on a fixed set of images, layer by layer.

In: a model, its values at one step, images. Out: plain numbers for the log, the charts and the
diagnosis. Gradients and updates are measured in the step itself, see ``core.learning.step``.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from core.learning.history import Activity
from core.learning.step import TrainingState

DEAD_SHARE = 0.0
"""A unit is dead if it is above zero for no larger a share of its places than this."""
SATURATED = {"sigmoid": (0.05, 0.95), "tanh": (-0.9, 0.9)}
"""Beyond these a unit's slope is below a fifth of its steepest: it hardly learns. The limits are
the 5 % at either end of a sigmoid's range, and the same of a tanh's."""


def _kind(layer: keras.layers.Layer) -> str | None:
    """Return the name of a layer's activation; None for a layer that has none of its own."""
    if isinstance(layer, keras.layers.ReLU):
        return "relu"
    activation = getattr(layer, "activation", None)
    name = getattr(activation, "__name__", None)
    return name if name not in (None, "linear") else None


class Probe:
    """Measures the activations of a model's layers.

    Parameters
    ----------
    model : keras.Model
        Looked at, never changed.
    """

    def __init__(self, model: keras.Model) -> None:
        kinds = {layer.name: _kind(layer) for layer in model.layers}
        self._kinds = {name: kind for name, kind in kinds.items() if kind is not None}
        outputs = [model.get_layer(name).output for name in self._kinds]
        self._look = None
        if outputs:
            inner = keras.Model(model.inputs, outputs)
            # its variables are the model's own, perhaps in another order and without the last
            trainable = _places(inner.trainable_variables, model.trainable_variables)
            other = _places(inner.non_trainable_variables, model.non_trainable_variables)
            kinds_in_order = tuple(self._kinds.values())
            self._look = jax.jit(partial(_look, inner, kinds_in_order, trainable, other))

    def measure(self, state: TrainingState, images: Any) -> tuple[Activity, ...]:
        """Return what the layers do now.

        Parameters
        ----------
        state : TrainingState
            The model's values.
        images : array [shape=(n, rows, frames, 1)], float32
            Always the same ones, so that one look can be compared with the next.

        Returns
        -------
        activities : tuple of Activity
            One for every layer with a nonlinearity, from the image to the answers.
        """
        if self._look is None:
            return ()
        table = np.asarray(self._look(state.weights, state.other, images))
        return tuple(
            Activity(
                name,
                float(mean),
                float(variance),
                float(dead) if kind == "relu" else None,
                float(flat) if kind in SATURATED else None,
            )
            for (name, kind), (mean, variance, dead, flat) in zip(
                self._kinds.items(), table, strict=True
            )
        )


def _places(some: list[Any], among: list[Any]) -> tuple[int, ...]:
    at = {id(variable): i for i, variable in enumerate(among)}
    return tuple(at[id(variable)] for variable in some)


def _look(
    inner: keras.Model,
    kinds: tuple[str, ...],
    trainable: tuple[int, ...],
    other: tuple[int, ...],
    weights: list[Any],
    rest: list[Any],
    images: Any,
) -> Any:
    """Return mean, variance, dead and saturated share of each output [shape=(n_layers, 4)]."""
    outputs, _ = inner.stateless_call(
        [weights[i] for i in trainable], [rest[i] for i in other], images, training=False
    )
    rows = []
    for kind, values in zip(kinds, jax.tree.leaves(outputs), strict=True):
        alive = (values > 0).mean(axis=tuple(range(values.ndim - 1)))  # (units,)
        low, high = SATURATED.get(kind, (-jnp.inf, jnp.inf))
        flat = ((values < low) | (values > high)).mean()
        rows.append(jnp.stack([values.mean(), values.var(), (alive <= DEAD_SHARE).mean(), flat]))
    return jnp.stack(rows)
