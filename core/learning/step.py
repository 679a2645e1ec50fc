"""The training step: one jitted function from a batch to changed weights.

In: a Keras model and a Keras optimizer. Out: pure functions over their values. Keras supplies the
layers and the update rules (``stateless_call``, ``stateless_apply``); the loop and what is
measured in it are ours.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

Values = list[Any]


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
    ) -> None:
        optimizer.build(model.trainable_variables)
        self._model = model
        self._optimizer = optimizer
        self._rate_at = next(
            i for i, v in enumerate(optimizer.variables) if v.path.endswith("learning_rate")
        )
        self._gradients = jax.jit(partial(_gradients, model, label_smoothing))
        self._apply = jax.jit(partial(_apply, optimizer, average), donate_argnums=(0, 1, 3))
        self._logits = jax.jit(partial(_logits, model))

    def initial_state(self) -> TrainingState:
        """Return the state of the freshly built model and optimizer."""
        # copies: the first step takes its inputs over, and the model must keep its own
        weights = [jnp.array(v.value) for v in self._model.trainable_variables]
        other = [v.value for v in self._model.non_trainable_variables]
        slots = [jnp.array(v.value) for v in self._optimizer.variables]
        return TrainingState(weights, other, slots, [jnp.array(w) for w in weights])

    def gradients(self, state: TrainingState, images: Any, answers: Any, weight: Any) -> Any:
        """Return the gradients of the summed loss, and what was measured, for one micro-batch.

        Parameters
        ----------
        state : TrainingState
        images : array [shape=(n, rows, frames, 1)], float32
        answers : array [shape=(n,)], int32
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

    def apply(self, state: TrainingState, gradients: Values, count: Any, rate: float) -> None:
        """Take one step with the mean of summed gradients at a learning rate."""
        state.slots[self._rate_at] = jnp.asarray(rate, jnp.float32)
        state.weights, state.slots, state.averaged = self._apply(
            state.weights, state.slots, gradients, state.averaged, count
        )

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
        model = self._model
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
        target = jax.nn.one_hot(answers, k) * (1 - smoothing) + smoothing / k
        losses = -(target * log_p).sum(axis=-1)  # (n,)
        right = (logits.argmax(axis=-1) == answers) * weight
        sums = jnp.stack([(losses * weight).sum(), right.sum(), weight.sum()])
        return sums[0], (changed, sums)

    (_, measured), gradients = jax.value_and_grad(loss, has_aux=True)(weights)
    return gradients, measured


def _apply(
    optimizer: keras.optimizers.Optimizer,
    average: float,
    weights: Values,
    slots: Values,
    gradients: Values,
    averaged: Values,
    count: Any,
) -> Any:
    mean = [g / count for g in gradients]
    weights, slots = optimizer.stateless_apply(slots, mean, weights)
    # young averages follow quickly: after t steps the decay is at most (1 + t) / (10 + t)
    t = slots[0].astype(jnp.float32)
    decay = jnp.minimum(average, (1 + t) / (10 + t)) if average else 0.0
    averaged = [decay * a + (1 - decay) * w for a, w in zip(averaged, weights, strict=True)]
    return weights, slots, averaged


def _logits(model: keras.Model, weights: Values, other: Values, images: Any) -> Any:
    logits, _ = model.stateless_call(weights, other, images, training=False)
    return logits
