"""Building a network: from a ``NetworkConfig`` to a Keras model that returns logits.

In: a config, an image's shape. Out: a Keras model of our quick layers, or of stock ones for export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.learning.activations import ACTIVATIONS
from core.learning.initialisers import INITIALISERS
from core.learning.network_config import (
    Block,
    Convolution,
    Dropout,
    Flatten,
    GlobalPooling,
    NetworkConfig,
    Pooling,
)
from core.learning.network_shapes import Shape, network_layers

if TYPE_CHECKING:
    import keras

NORM_MOMENTUM = 0.97
"""What batch norm's running statistics keep at each step: they forget in some 30 steps, because a
run here has hundreds of steps and Keras's 0.99 would still remember the first weights."""


def _initialiser(name: str) -> Any:
    import keras

    entry = INITIALISERS[name]
    return getattr(keras.initializers, entry.keras_name)(**entry.options)


def _convolution(block: Convolution, name: str, initialiser: str, stock: bool) -> list[Any]:
    """Return the layers of a convolution: itself, its batch norm, its activation."""
    import keras

    from core.learning.convolution import TapConv2D

    activation = ACTIVATIONS[block.activation].keras_name
    conv = (keras.layers.Conv2D if stock else TapConv2D)(
        block.filters,
        block.kernel,
        strides=block.stride,
        padding=block.padding,
        activation=None if block.batch_norm else activation,
        use_bias=not block.batch_norm,  # the batch norm that follows has one
        kernel_initializer=_initialiser(initialiser),
        name=name,
    )
    if not block.batch_norm:
        return [conv]
    number = name.removeprefix("conv_")
    norm = keras.layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"norm_{number}")
    if block.activation == "relu":
        return [conv, norm, keras.layers.ReLU(name=f"relu_{number}")]
    return [conv, norm, keras.layers.Activation(activation, name=f"{block.activation}_{number}")]


def _layers_of(block: Block, name: str, initialiser: str, n_dropout: int, stock: bool) -> list[Any]:
    """Return the Keras layers of one block."""
    import keras

    from core.learning.pooling import SliceMaxPooling2D

    if isinstance(block, Convolution):
        return _convolution(block, name, initialiser, stock)
    if isinstance(block, Pooling):
        if block.keeps == "average":
            return [keras.layers.AveragePooling2D(block.size, name=name)]
        pool = keras.layers.MaxPooling2D if stock else SliceMaxPooling2D
        return [pool(block.size, name=name)]
    if isinstance(block, GlobalPooling):
        kind = "GlobalMaxPooling2D" if block.keeps == "max" else "GlobalAveragePooling2D"
        return [getattr(keras.layers, kind)(name=name)]
    if isinstance(block, Dropout):
        return [keras.layers.Dropout(block.rate, seed=n_dropout, name=name)]
    if isinstance(block, Flatten):
        return [keras.layers.Flatten(name=name)]
    return [
        keras.layers.Dense(
            block.units,
            activation=ACTIVATIONS[block.activation].keras_name,
            kernel_initializer=_initialiser(initialiser),
            name=name,
        )
    ]


def build_config(
    config: NetworkConfig, shape: Shape, n_answers: int, prefix: str = "", stock: bool = False
) -> keras.Model:
    """Return the network of a config, freshly initialised from Keras's global random state.

    Parameters
    ----------
    config : NetworkConfig
    shape : tuple of int
        Rows, frames and channels of the image.
    n_answers : int
        Answers to choose from.
    prefix : str
        What the names of its weights begin with; see ``core.learning.networks.Network.prefix``.
    stock : bool
        Whether every layer is Keras's own, for a file that loads without this app.

    Raises
    ------
    ValueError
        If the network is impossible; the sentence names the layer.
    """
    planned = network_layers(config, shape, n_answers)
    import keras

    layers: list[Any] = []
    n_dropout = 0
    for block, plan in zip(config.blocks, planned, strict=False):
        n_dropout += isinstance(block, Dropout)
        layers += _layers_of(block, plan.name, config.initialiser, n_dropout, stock)
    bad = INITIALISERS[config.initialiser].bad
    first = _initialiser(config.initialiser if bad else "glorot")
    layers.append(keras.layers.Dense(n_answers, kernel_initializer=first, name="answers"))
    image = keras.Input(shape, name="image")  # (n, rows, frames, 1)
    if prefix:
        return keras.Sequential([image, *layers], name=prefix)
    x = image
    for layer in layers:
        x = layer(x)
    return keras.Model(image, x, name="network")
