"""The max-pooling layer: Keras's MaxPooling2D with a gradient that a CPU computes quickly.

In: a batch of feature maps. Out: the same numbers as ``keras.layers.MaxPooling2D``. XLA looks for
each maximum again on the way back, one after the other; here a pooled value is the maximum of a few
shifted slices, and its gradient a few comparisons.
"""

from collections.abc import Sequence
from typing import Any

import jax
import keras
from jax import numpy as jnp

Array = Any


def _maximum(slices: Sequence[Array]) -> Array:
    """Return the largest of each; by halves, so that equal ones share a gradient alike."""
    if len(slices) == 1:
        return slices[0]
    half = len(slices) // 2
    return jnp.maximum(_maximum(slices[:half]), _maximum(slices[half:]))


@keras.saving.register_keras_serializable(package="spoken_digit_lab")
class SliceMaxPooling2D(keras.layers.MaxPooling2D):  # type: ignore[misc]
    """``keras.layers.MaxPooling2D`` without overlap, as a maximum of slices.

    Equal maxima of one window share its gradient, where Keras's gives it to the first.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain = (
            tuple(self.strides) == tuple(self.pool_size)
            and self.padding == "valid"
            and self.data_format == "channels_last"
        )
        if not plain:
            raise ValueError(
                f"SliceMaxPooling2D got pool_size={self.pool_size}, strides={self.strides}, "
                f"padding={self.padding!r}, data_format={self.data_format!r}. It does windows that "
                "do not overlap, 'valid', channels_last; use keras.layers.MaxPooling2D for the "
                "rest."
            )

    def call(self, inputs: Array) -> Array:
        """Return the pooled maps; on anything but a CPU the stock operation is quicker."""
        if jax.default_backend() != "cpu":
            return super().call(inputs)
        rows, columns = self.pool_size
        height, width = (
            size // k * k for size, k in zip(inputs.shape[1:3], (rows, columns), strict=True)
        )
        slices = [
            inputs[:, i:height:rows, j:width:columns] for i in range(rows) for j in range(columns)
        ]
        return _maximum(slices)
