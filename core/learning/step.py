"""The training step: one jitted function from a batch to changed weights.

In: a Keras model and a Keras optimizer. Out: pure functions over their values. Keras supplies the
layers and the update rules (``stateless_call``, ``stateless_apply``); the loop and what is
measured in it are ours. Steps are dispatched one by one: under ``lax.scan`` XLA computes every
convolution on a CPU several times more slowly than dispatching costs.
"""

from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

Values = list[Any]

TINY = 1e-12
"""Keeps a ratio finite where all weights of a layer are zero."""


@dataclass
class TrainingState:
    """What changes from step to step: plain JAX arrays in Keras's order."""

    weights: Values
    """Trainable variables."""
    other: Values
    """Batch-norm statistics and the state of dropout's random numbers."""
    slots: Values
    """The optimizer's variables: iteration, learning rate, momenta."""
    averaged: Values
    """Running average of the weights; the weights themselves where none is kept."""


class Stepper:
    """Jitted steps over one model and one optimizer."""

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        label_smoothing: float = 0.0,
        average: float = 0.0,
        signals: bool = False,
    ) -> None:
        self.layers = layers_of(model) if signals else ()
        self.model = model
        self._gradients = jax.jit(partial(_gradients, model, label_smoothing))
        self._logits = jax.jit(partial(_logits, model))
        self._average = average
        self._averaging = average > 0
        self._use(optimizer)

    def _use(self, optimizer: keras.optimizers.Optimizer) -> None:
        optimizer.build(self.model.trainable_variables)
        self._optimizer = optimizer
        self._rate_at = next(
            i for i, v in enumerate(optimizer.variables) if v.path.endswith("learning_rate")
        )
        self._apply = jax.jit(
            partial(_apply, optimizer, self._average, self.layers),
            donate_argnums=(0, 1, 3) if self._averaging else (0, 1),
        )

    def with_optimizer(self, optimizer: keras.optimizers.Optimizer) -> "Stepper":
        """Return steps of another optimizer over the same model, which is compiled only once."""
        other = copy(self)
        other._use(optimizer)
        return other

    def initial_state(self) -> TrainingState:
        """Return the state of the freshly built model and optimizer."""
        # copies: the first step takes its inputs over, and the model must keep its own
        weights = [jnp.array(v.value) for v in self.model.trainable_variables]
        other = [v.value for v in self.model.non_trainable_variables]
        slots = [jnp.array(v.value) for v in self._optimizer.variables]
        averaged = [jnp.array(w) for w in weights] if self._averaging else weights
        return TrainingState(weights, other, slots, averaged)

    def gradients(self, state: TrainingState, images: Any, answers: Any, weight: Any) -> Any:
        """Return the gradients of the summed loss, and what was measured, for one micro-batch.

        Parameters
        ----------
        state : TrainingState
        images : array [shape=(n, rows, frames, 1)], float32
        answers : array [shape=(n,)], int32, or [shape=(n, n_answers)], float32
            The right answer, or shares of each.
        weight : array [shape=(n,)], float32
            1 for an example that counts, 0 for one that fills up the batch.

        Returns
        -------
        gradients : list of arrays
        sums : array [shape=(3,)]
            Summed loss, right answers, examples.
        """
        gradients, (state.other, sums) = self._gradients(
            state.weights, state.other, images, answers, weight
        )
        return gradients, sums

    def apply(self, state: TrainingState, gradients: Values, count: Any, rate: float) -> Any:
        """Take one step with the mean of summed gradients at a learning rate.

        Returns
        -------
        signals : jax.Array [shape=(n_layers, 2)], float32
            Of each of ``layers``: the norm of its gradient, and the norm of its update over the
            norm of its weights. No rows where signals are off.
        """
        state.slots[self._rate_at] = jnp.asarray(rate, jnp.float32)
        kept = state.averaged if self._averaging else None
        state.weights, state.slots, averaged, signals = self._apply(
            state.weights, state.slots, gradients, kept, count
        )
        state.averaged = averaged if self._averaging else state.weights
        return signals

    def logits(self, state: TrainingState, images: np.ndarray, batch_size: int = 256) -> np.ndarray:
        """Return the averaged network's logits [shape=(n, n_answers)] for images."""
        n = len(images)
        outputs = []
        for start in range(0, n, batch_size):
            batch = images[start : start + batch_size]
            missing = min(batch_size, max(n, 1)) - len(batch)
            if missing > 0:  # one shape, one compilation
                batch = np.concatenate([batch, np.zeros((missing, *batch.shape[1:]), np.float32)])
            outputs.append(np.asarray(self._logits(state.averaged, state.other, batch)))
        return np.concatenate(outputs)[:n]

    def model_with(self, state: TrainingState) -> keras.Model:
        """Return the model, now holding the averaged weights of a state."""
        model = self.model
        for variable, value in zip(model.trainable_variables, state.averaged, strict=True):
            variable.assign(value)
        for variable, value in zip(model.non_trainable_variables, state.other, strict=True):
            variable.assign(value)
        return model


def _gradients(
    model: keras.Model,
    smoothing: float,
    weights: Values,
    other: Values,
    images: Any,
    answers: Any,
    weight: Any,
) -> Any:
    def loss(weights: Values) -> Any:
        logits, changed = model.stateless_call(weights, other, images, training=True)  # (n, k)
        log_p = jax.nn.log_softmax(logits)
        k = logits.shape[-1]
        # blended examples come with shares of each answer, the others with its number
        shares = jax.nn.one_hot(answers, k) if answers.ndim == 1 else answers  # (n, k)
        target = shares * (1 - smoothing) + smoothing / k
        losses = -(target * log_p).sum(axis=-1)  # (n,)
        right = (logits.argmax(axis=-1) == shares.argmax(axis=-1)) * weight
        sums = jnp.stack([(losses * weight).sum(), right.sum(), weight.sum()])
        return sums[0], (changed, sums)

    (_, measured), gradients = jax.value_and_grad(loss, has_aux=True)(weights)
    return gradients, measured


def layers_of(model: keras.Model) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the layers that have weights, each with the places of its trainable variables."""
    places: dict[str, list[int]] = {}
    for i, variable in enumerate(model.trainable_variables):
        places.setdefault(variable.path.split("/")[-2], []).append(i)
    return tuple((name, tuple(found)) for name, found in places.items())


def _norms(values: Values, layers: tuple[tuple[str, tuple[int, ...]], ...]) -> Any:
    """Return the Euclidean norm of each layer's values [shape=(n_layers,)]."""
    squares = [jnp.sum(jnp.square(v)) for v in values]
    return jnp.sqrt(jnp.stack([sum(squares[i] for i in places) for _, places in layers]))


def _apply(
    optimizer: keras.optimizers.Optimizer,
    average: float,
    layers: tuple[tuple[str, tuple[int, ...]], ...],
    weights: Values,
    slots: Values,
    gradients: Values,
    averaged: Values | None,
    count: Any,
) -> Any:
    mean = [g / count for g in gradients]
    moved, slots = optimizer.stateless_apply(slots, mean, weights)
    signals = jnp.zeros((0, 2))
    if layers:
        updates = [new - old for new, old in zip(moved, weights, strict=True)]
        ratios = _norms(updates, layers) / (_norms(weights, layers) + TINY)
        # of the sum, not of the mean: that need not be written down for a second reader
        signals = jnp.stack([_norms(gradients, layers) / count, ratios], axis=1)
    if averaged is not None:
        # young averages follow quickly: after t steps the decay is at most (1 + t) / (10 + t)
        t = slots[0].astype(jnp.float32)
        decay = jnp.minimum(average, (1 + t) / (10 + t))
        averaged = [decay * a + (1 - decay) * w for a, w in zip(averaged, moved, strict=True)]
    return moved, slots, averaged, signals


def _logits(model: keras.Model, weights: Values, other: Values, images: Any) -> Any:
    logits, _ = model.stateless_call(weights, other, images, training=False)
    return logits
