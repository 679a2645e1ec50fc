"""The convolution layer: Keras's Conv2D, computed in the way that a CPU does quickly.

In: a batch of images and a kernel. Out: the same numbers as ``keras.layers.Conv2D``.

XLA computes a convolution on a CPU two to four times more slowly where no side is padded, and its
gradient with respect to the weights more slowly still. Here a convolution without padding is padded
by one row, which is dropped again, and the weight gradient is one plain matrix product a kernel
row: the image's columns, shifted and laid side by side, transposed, times the gradient of the
output. ``benchmarks/step.py`` prints what each is worth.
"""

from functools import partial
from typing import Any

import jax
import keras
from jax import lax
from jax import numpy as jnp

Array = Any
Pair = tuple[int, int]
Pads = tuple[Pair, Pair]


def _pads(images: Array, kernel: Array, strides: Pair, padding: str) -> Pads:
    """Return the rows and columns of zeros before and after, as the field defines them."""
    rows, columns = lax.padtype_to_pads(
        images.shape[1:3], kernel.shape[:2], strides, padding.upper()
    )
    return rows, columns


def _stock(images: Array, kernel: Array, strides: Pair, pads: Pads) -> Array:
    return lax.conv_general_dilated(
        images, kernel, strides, pads, dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def _forward(images: Array, kernel: Array, strides: Pair, padding: str) -> Array:
    pads = _pads(images, kernel, strides, padding)
    if any(map(any, pads)) or kernel.shape[:2] == (1, 1):
        return _stock(images, kernel, strides, pads)
    one_more = ((0, strides[0]), (0, 0))  # gives exactly one row more
    return _stock(images, kernel, strides, one_more)[:, :-1]


@partial(jax.custom_vjp, nondiff_argnums=(2, 3))
def convolve(images: Array, kernel: Array, strides: Pair, padding: str) -> Array:
    """Return the two-dimensional convolution, as the field defines it.

    Parameters
    ----------
    images : jax.Array [shape=(n, height, width, channels)], float32
    kernel : jax.Array [shape=(rows, columns, channels, filters)], float32
    strides : tuple of int
        Rows and columns from one place of the kernel to the next.
    padding : str
        ``valid`` or ``same``.

    Returns
    -------
    features : jax.Array [shape=(n, height', width', filters)], float32
    """
    return _forward(images, kernel, strides, padding)


def _remember(
    images: Array, kernel: Array, strides: Pair, padding: str
) -> tuple[Array, tuple[Array, Array]]:
    return _forward(images, kernel, strides, padding), (images, kernel)


def _gradients(
    strides: Pair, padding: str, saved: tuple[Array, Array], upstream: Array
) -> tuple[Array, Array]:
    images, kernel = saved
    pads = _pads(images, kernel, strides, padding)
    _, to_images = jax.vjp(lambda x: _stock(x, kernel, strides, pads), images)
    rows, columns, channels, filters = kernel.shape
    down, right = strides
    height, width = upstream.shape[1:3]
    padded = jnp.pad(images, ((0, 0), *pads, (0, 0)))
    # (n, height + pads, width', columns * channels): what each column of the kernel sees
    seen = jnp.concatenate(
        [padded[:, :, j : j + right * (width - 1) + 1 : right] for j in range(columns)], axis=-1
    )
    flat = upstream.reshape(-1, filters)  # (n * height' * width', filters)
    by_row = [
        seen[:, i : i + down * (height - 1) + 1 : down].reshape(-1, columns * channels).T @ flat
        for i in range(rows)
    ]
    return to_images(upstream)[0], jnp.stack(by_row).reshape(kernel.shape)


convolve.defvjp(_remember, _gradients)


@keras.saving.register_keras_serializable(package="spoken_digit_lab")
class TapConv2D(keras.layers.Conv2D):  # type: ignore[misc]
    """``keras.layers.Conv2D``, whose weight gradient is one matrix product a kernel row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain = (
            tuple(self.dilation_rate) == (1, 1)
            and self.groups == 1
            and self.padding in ("valid", "same")
            and self.data_format == "channels_last"
        )
        if not plain:
            raise ValueError(
                f"TapConv2D got dilation_rate={self.dilation_rate}, groups={self.groups}, "
                f"padding={self.padding!r}, data_format={self.data_format!r}. It does dilation 1, "
                "one group, 'valid' or 'same', channels_last; use keras.layers.Conv2D for the rest."
            )

    def convolution_op(self, inputs: Array, kernel: Array) -> Array:
        """Return the convolution; on anything but a CPU the stock one is quicker."""
        if jax.default_backend() != "cpu":
            return super().convolution_op(inputs, kernel)
        kernel = keras.ops.convert_to_tensor(kernel)
        return convolve(inputs, kernel, tuple(self.strides), self.padding)
