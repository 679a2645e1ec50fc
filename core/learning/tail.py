"""A network cut in two: a front that stays as it is, and a tail that learns.

In: a trained Keras network. Out: what the front makes of images, once; and the tail's weights after
a few steps. The front does most of the arithmetic, and a voice it has never heard needs no other
edges and spots, only another reading of them.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
from numpy.typing import NDArray

from core.learning.adapter import Part
from core.sound.images import Images

Weights = list[Any]
BATCH = 50
"""Images at once through the front; the last batch is filled up: one shape, one compilation."""


def _cut_at(layers: list[Any], part: Part) -> int:
    """Return how many layers the front has."""
    if part == "all":
        return 0
    if part == "head":
        return len(layers) - 1
    # by the shape that comes out: pooling over space leaves a picture, global pooling a vector
    pooled = [
        i for i, layer in enumerate(layers)
        if "pooling" in type(layer).__name__.lower() and len(layer.output.shape) == 4
    ]  # fmt: skip
    return pooled[-1] + 1 if pooled else 0


class CutNetwork:
    """A network whose last part can learn while its first stays.

    Batch norm keeps the statistics it has, and dropout is off: a handful of clips of one voice
    would move the first away from everybody else's.

    Parameters
    ----------
    network : keras.Model
        As ``core.learning.networks.build_network`` makes it: one layer after another.
    part : str
        What learns; see ``core.learning.adapter.Part``.
    """

    def __init__(self, network: Any, part: Part) -> None:
        self.network = network
        layers = [x for x in network.layers if not isinstance(x, keras.layers.InputLayer)]
        at = _cut_at(layers, part)
        x = start = keras.Input(layers[at].input.shape[1:])
        for layer in layers[at:]:
            x = layer(x)
        self._tail = keras.Model(start, x)
        self._other = [v.value for v in self._tail.non_trainable_variables]
        self._front = None
        if at:
            front = keras.Model(network.inputs, layers[at - 1].output)
            values = (
                [v.value for v in front.trainable_variables],
                [v.value for v in front.non_trainable_variables],
            )
            self._front = jax.jit(
                lambda images: front.stateless_call(*values, images, training=False)[0]
            )
        self._logits = jax.jit(self._answers)
        self._optimizer = keras.optimizers.Adam(1.0)  # every step brings its rate
        self._optimizer.build(self._tail.trainable_variables)
        self._fresh_slots = [np.asarray(v.value) for v in self._optimizer.variables]
        self._rate_at = next(
            i for i, v in enumerate(self._optimizer.variables) if v.path.endswith("learning_rate")
        )
        self._step = jax.jit(self._one_step)

    @property
    def weights(self) -> Weights:
        """The tail's trainable weights as they are now."""
        return [jnp.array(v.value) for v in self._tail.trainable_variables]

    def features(
        self, images: Images, progress: Callable[[float], None] | None = None
    ) -> NDArray[np.float32]:
        """Return what the front makes of images [shape=(n, ...)]; the images if there is none."""
        return images if self._front is None else _in_batches(self._front, images, progress)

    def logits(self, weights: Weights, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the tail's answers [shape=(n, n_answers)] with some weights."""
        return _in_batches(lambda batch: self._logits(weights, batch), features)

    def put(self, weights: Weights) -> None:
        """Give the network itself these weights."""
        for variable, value in zip(self._tail.trainable_variables, weights, strict=True):
            variable.assign(value)

    def learn(
        self,
        draws: Callable[[int], tuple[NDArray[np.float32], ...]],
        steps: int,
        learning_rate: float,
        progress: Callable[[float], None] | None = None,
    ) -> Weights:
        """Return the tail's weights after some steps of Adam; the network itself stays.

        Parameters
        ----------
        draws : callable
            Step -> features [shape=(n, ...)], targets [shape=(n, n_answers)] as shares that sum
            to one, and each example's weight in the loss [shape=(n,)]; of one shape every time.
        steps : int
        learning_rate : float
            At the first step; it falls to 0 along a cosine.
        progress : callable, optional
            Called with the fraction done.
        """
        weights, slots = self.weights, [jnp.array(v) for v in self._fresh_slots]
        for i in range(steps):
            rate = np.float32(learning_rate * 0.5 * (1 + np.cos(np.pi * i / steps)))
            weights, slots = self._step(weights, slots, rate, *draws(i))
            if progress is not None:
                progress((i + 1) / steps)
        return list(weights)

    def _one_step(self, weights: Weights, slots: Weights, rate: Any, *batch: Any) -> Any:
        """Return weights and Adam's slots after one step on features, targets and shares."""
        features, targets, shares = batch

        def loss(weights: Weights) -> Any:
            log_p = jax.nn.log_softmax(self._answers(weights, features))  # (n, n_answers)
            return -((targets * log_p).sum(axis=-1) * shares).sum() / shares.sum()

        slots = [*slots]
        slots[self._rate_at] = rate
        return self._optimizer.stateless_apply(slots, jax.grad(loss)(weights), weights)

    def _answers(self, weights: Weights, features: Any) -> Any:
        return self._tail.stateless_call(weights, self._other, features, training=False)[0]


def _in_batches(
    work: Callable[[Any], Any],
    values: NDArray[np.float32],
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.float32]:
    """Return what a compiled function makes of many rows."""
    parts = []
    for start in range(0, max(1, len(values)), BATCH):
        real = values[start : start + BATCH]
        batch = np.zeros((BATCH, *values.shape[1:]), np.float32)
        batch[: len(real)] = real
        parts.append(np.asarray(work(batch), np.float32)[: len(real)])
        if progress is not None:
            progress(min(1.0, (start + BATCH) / max(1, len(values))))
    return np.concatenate(parts)
