"""Networks: the table of what can be trained, each a list of blocks to start from.

In: an image's shape and the number of answers. Out: a built Keras model that returns logits.
The table imports nothing heavy; building imports Keras when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.learning.network_config import (
    Block,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling,
    NetworkConfig,
    Pooling,
)
from core.learning.network_shapes import Layer, Shape, network_layers

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Network:
    """One network: an entry of ``NETWORKS``."""

    label: str
    summary: str
    source: str
    config: NetworkConfig
    prefix: str = ""
    """What the names of its weights begin with. Models kept by the first versions name the first
    experiment's weights ``seed/conv_1/kernel``, and must still be found."""

    def layers(self, shape: Shape, n_answers: int = 10) -> tuple[Layer, ...]:
        """Return its layers on an image; see ``network_layers``."""
        return network_layers(self.config, shape, n_answers)


def _staged(stages: tuple[tuple[int, ...], ...], dropout: float) -> NetworkConfig:
    """Return batch-normed convolutions in stages, pooled twofold between two stages."""
    blocks: list[Block] = []
    for stage in stages:
        blocks += [Pooling()] * bool(blocks)
        blocks += [Convolution(n, batch_norm=True) for n in stage]
    return NetworkConfig((*blocks, GlobalPooling(), Dropout(dropout)), initialiser="he")


def _batch_normed(filters: tuple[int, ...], dropout: float) -> NetworkConfig:
    """Return batch-normed convolutions, pooled twofold after the first three."""
    blocks: list[Block] = []
    for i, n in enumerate(filters):
        blocks.append(Convolution(n, batch_norm=True))
        if i < 3:
            blocks.append(Pooling())
    return NetworkConfig((*blocks, GlobalPooling(), Dropout(dropout)), initialiser="he")


NETWORKS = {
    "seed": Network(
        label="The first experiment's CNN",
        summary="Two convolutions, one pooling, two dense layers: small to explain, big to store.",
        source="LeCun et al. 1998; the experiment that this app began with",
        config=NetworkConfig(
            (
                Convolution(16, padding="valid"),
                Convolution(32, padding="valid"),
                Pooling(),
                Dropout(0.25),
                Flatten(),
                Dense(128),
                Dropout(0.5),
            )  # the experiment left the sizes open, and these are ours
        ),
        prefix="seed",
    ),
    "strong": Network(
        label="Batch-normed CNN",
        summary="Five small convolutions with batch norm and one average at the end: few numbers "
        "to store, and much better on voices it has not heard.",
        source="Ioffe & Szegedy 2015 (batch norm); Lin et al. 2014 (global average pooling)",
        config=_batch_normed((16, 24, 32, 48, 64), dropout=0.2),
    ),
    "wide": Network(
        label="Wide batch-normed CNN",
        summary="The batch-normed CNN with two to three times the filters.",
        source="as the batch-normed CNN; widths from the prototype described in the README",
        config=_batch_normed((24, 48, 64, 96, 128), dropout=0.1),
    ),
    "deep": Network(
        label="Deep batch-normed CNN",
        summary="Seven convolutions, most of them where the picture is small already: twice the "
        "wide one's numbers for half as much time again. The shipped model's.",
        source="as the wide one; two convolutions a stage as in Simonyan & Zisserman 2015",
        config=_staged(((16,), (48,), (64, 64), (96, 128, 128)), dropout=0.1),
    ),
}
"""Every network to start from: to add one, write its entry here."""


def config_of(network: str | NetworkConfig) -> NetworkConfig:
    """Return the blocks of a network given by a key of ``NETWORKS`` or by themselves."""
    if isinstance(network, NetworkConfig):
        return network
    if network not in NETWORKS:
        raise ValueError(f"network={network!r} is not known. Choose one of {[*NETWORKS]}.")
    return NETWORKS[network].config


def name_of(network: str | NetworkConfig) -> str:
    """Return what a network is called in lists and file names: its key, or "own"."""
    return network if isinstance(network, str) else "own"


def build_network(
    network: str | NetworkConfig, shape: Shape, n_answers: int, seed: int
) -> keras.Model:
    """Return a freshly initialised network.

    Parameters
    ----------
    network : str or NetworkConfig
        A key of ``NETWORKS``, or blocks.
    shape : tuple of int
        Rows, frames and channels of the image.
    n_answers : int
        Answers to choose from: 10 digits, or 11 with "not a digit".
    seed : int
        First weights and dropout depend on it alone.
    """
    config = config_of(network)
    import keras

    from core.learning.network_building import build_config

    keras.utils.set_random_seed(seed)
    prefix = NETWORKS[network].prefix if isinstance(network, str) else ""
    return build_config(config, shape, n_answers, prefix)
