"""The convolution layer: Keras's Conv2D with a weight gradient that a CPU computes quickly.

In: a batch of images and a kernel. Out: the same numbers as ``keras.layers.Conv2D``.

XLA computes the gradient of a convolution with respect to its weights on a CPU as one more
convolution with a kernel as large as the image; that takes 80 to 90 % of a training step. The same
gradient is a sum over kernel taps of plain matrix products: tap (i, j) is the image shifted by
(i, j), transposed, times the gradient of the output. This module asks for exactly that.
"""

from functools import partial
from typing import Any

import jax
import keras
from jax import lax

Array = Any


def _forward(images: Array, kernel: Array, padding: str) -> Array:
    return lax.conv_general_dilated(
        images, kernel, (1, 1), padding.upper(), dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def convolve(images: Array, kernel: Array, padding: str) -> Array:
    """Return the two-dimensional convolution with stride 1, as the field defines it.

    Parameters
    ----------
    images : jax.Array [shape=(n, height, width, channels)], float32
    kernel : jax.Array [shape=(rows, columns, channels, filters)], float32
    padding : str
        ``valid`` or ``same``.

    Returns
    -------
    features : jax.Array [shape=(n, height', width', filters)], float32
    """
    return _forward(images, kernel, padding)


def _remember(images: Array, kernel: Array, padding: str) -> tuple[Array, tuple[Array, Array]]:
    return _forward(images, kernel, padding), (images, kernel)


def _gradients(padding: str, saved: tuple[Array, Array], upstream: Array) -> tuple[Array, Array]:
    images, kernel = saved
    rows, columns = kernel.shape[:2]
    _, to_images = jax.vjp(lambda x: _forward(x, kernel, padding), images)
    before = [((k - 1) // 2, k - 1 - (k - 1) // 2) for k in (rows, columns)]
    padded = images
    if padding == "same":
        padded = jax.numpy.pad(images, ((0, 0), *before, (0, 0)))
    height, width = upstream.shape[1:3]
    taps = [
        jax.numpy.einsum("nhwc,nhwf->cf", padded[:, i : i + height, j : j + width], upstream)
        for i in range(rows)
        for j in range(columns)
    ]
    by_tap = jax.numpy.stack(taps).reshape(kernel.shape)  # (rows, columns, channels, filters)
    return to_images(upstream)[0], by_tap


convolve.defvjp(_remember, _gradients)


@keras.saving.register_keras_serializable(package="spoken_digit_lab")
class TapConv2D(keras.layers.Conv2D):  # type: ignore[misc]
    """``keras.layers.Conv2D`` with stride 1, whose weight gradient is a sum of tap products."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain = (
            tuple(self.strides) == (1, 1)
            and tuple(self.dilation_rate) == (1, 1)
            and self.groups == 1
            and self.padding in ("valid", "same")
            and self.data_format == "channels_last"
        )
        if not plain:
            raise ValueError(
                f"TapConv2D got strides={self.strides}, dilation_rate={self.dilation_rate}, "
                f"groups={self.groups}, padding={self.padding!r}, data_format="
                f"{self.data_format!r}. It does stride 1, dilation 1, one group, 'valid' or "
                "'same', channels_last; use keras.layers.Conv2D for the rest."
            )

    def convolution_op(self, inputs: Array, kernel: Array) -> Array:
        """Return the convolution; on anything but a CPU the stock gradient is quicker."""
        if jax.default_backend() != "cpu":
            return super().convolution_op(inputs, kernel)
        return convolve(inputs, keras.ops.convert_to_tensor(kernel), self.padding)
