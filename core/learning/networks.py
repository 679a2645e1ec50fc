"""Networks: the table of what can be trained.

In: an image's shape and the number of answers. Out: a built Keras model that returns logits.
The table imports nothing heavy; a builder imports Keras when it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Network:
    """One network: an entry of ``NETWORKS``."""

    label: str
    summary: str
    source: str
    layers: tuple[str, ...]
    """The layers from the image to the answers, in words, for the page."""
    builder: Callable[[Shape, int], Any]
    """(image shape, number of answers) -> keras.Model whose output are logits [shape=(n, k)]."""


def _seed(shape: Shape, n_answers: int) -> keras.Model:
    """Return the first experiment's network; it left the sizes open, and these are ours."""
    import keras

    from core.learning.convolution import TapConv2D

    return keras.Sequential(
        [
            keras.Input(shape, name="image"),  # (n, rows, frames, 1)
            TapConv2D(16, 3, activation="relu", name="conv_1"),
            TapConv2D(32, 3, activation="relu", name="conv_2"),
            keras.layers.MaxPooling2D(2, name="pool"),  # halves rows and frames
            keras.layers.Dropout(0.25, seed=1, name="dropout_1"),
            keras.layers.Flatten(name="flatten"),  # (n, rows' * frames' * 32)
            keras.layers.Dense(128, activation="relu", name="dense_1"),
            keras.layers.Dropout(0.5, seed=2, name="dropout_2"),
            keras.layers.Dense(n_answers, name="answers"),  # (n, n_answers) logits
        ],
        name="seed",
    )


def _strong(filters: tuple[int, ...], dropout: float) -> Callable[[Shape, int], keras.Model]:
    """Return a builder of batch-normed convolutions, pooled twofold after the first three."""

    def build(shape: Shape, n_answers: int) -> keras.Model:
        import keras

        from core.learning.convolution import TapConv2D

        x = image = keras.Input(shape, name="image")  # (n, rows, frames, 1)
        for i, n in enumerate(filters, start=1):
            # no bias: the batch norm that follows has one
            x = TapConv2D(
                n,
                3,
                padding="same",
                use_bias=False,
                kernel_initializer="he_normal",
                name=f"conv_{i}",
            )(x)
            x = keras.layers.BatchNormalization(momentum=0.97, name=f"norm_{i}")(x)
            x = keras.layers.ReLU(name=f"relu_{i}")(x)
            if i <= 3:
                x = keras.layers.MaxPooling2D(2, name=f"pool_{i}")(x)  # halves rows and frames
        x = keras.layers.GlobalAveragePooling2D(name="average")(x)  # (n, filters[-1])
        x = keras.layers.Dropout(dropout, seed=1, name="dropout")(x)
        return keras.Model(image, keras.layers.Dense(n_answers, name="answers")(x), name="strong")

    return build


NETWORKS = {
    "seed": Network(
        label="The first experiment's CNN",
        summary="Two convolutions, one pooling, two dense layers: small to explain, big to store.",
        source="LeCun et al. 1998; the experiment that this app began with",
        layers=(
            "conv 3x3, 16 filters, ReLU",
            "conv 3x3, 32 filters, ReLU",
            "max-pool 2x2",
            "dropout 0.25",
            "flatten",
            "dense 128, ReLU",
            "dropout 0.5",
            "dense: one number an answer",
        ),
        builder=_seed,
    ),
    "strong": Network(
        label="Batch-normed CNN",
        summary="Five small convolutions with batch norm and one average at the end: few numbers "
        "to store, and much better on voices it has not heard.",
        source="Ioffe & Szegedy 2015 (batch norm); Lin et al. 2014 (global average pooling)",
        layers=(
            "conv 3x3, 16 filters, batch norm, ReLU, max-pool 2x2",
            "conv 3x3, 24 filters, batch norm, ReLU, max-pool 2x2",
            "conv 3x3, 32 filters, batch norm, ReLU, max-pool 2x2",
            "conv 3x3, 48 filters, batch norm, ReLU",
            "conv 3x3, 64 filters, batch norm, ReLU",
            "global average pooling",
            "dropout 0.2",
            "dense: one number an answer",
        ),
        builder=_strong((16, 24, 32, 48, 64), dropout=0.2),
    ),
    "wide": Network(
        label="Wide batch-normed CNN",
        summary="The batch-normed CNN with two to three times the filters: the shipped model's.",
        source="as the batch-normed CNN; widths from the prototype described in the README",
        layers=(
            "conv 3x3, 24 filters, batch norm, ReLU, max-pool 2x2",
            "conv 3x3, 48 filters, batch norm, ReLU, max-pool 2x2",
            "conv 3x3, 64 filters, batch norm, ReLU, max-pool 2x2",
            "conv 3x3, 96 filters, batch norm, ReLU",
            "conv 3x3, 128 filters, batch norm, ReLU",
            "global average pooling",
            "dropout 0.1",
            "dense: one number an answer",
        ),
        builder=_strong((24, 48, 64, 96, 128), dropout=0.1),
    ),
}
"""Every network: to add one, write its builder and its entry here."""


def build_network(name: str, shape: Shape, n_answers: int, seed: int) -> keras.Model:
    """Return a freshly initialised network.

    Parameters
    ----------
    name : str
        A key of ``NETWORKS``.
    shape : tuple of int
        Rows, frames and channels of the image.
    n_answers : int
        Answers to choose from: 10 digits, or 11 with "not a digit".
    seed : int
        First weights and dropout depend on it alone.
    """
    import keras

    if name not in NETWORKS:
        raise ValueError(f"network={name!r} is not known. Choose one of {[*NETWORKS]}.")
    keras.utils.set_random_seed(seed)
    return NETWORKS[name].builder(shape, n_answers)
