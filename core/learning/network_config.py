"""A network as a list of blocks: what a page edits, a run stores and a builder builds.

In: settings. Out: frozen values, checked one by one; whether the blocks fit together and onto an
image is asked of ``core.learning.network_shapes``. Imports nothing heavy.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.learning.activations import ACTIVATIONS
from core.learning.initialisers import INITIALISERS

MAX_BLOCKS = 30
MAX_KERNEL = 15
MAX_FILTERS = 512
MAX_UNITS = 4096


def _check_whole(owner: object, **limits: tuple[int, int]) -> None:
    """Raise where a setting is no whole number within its limits."""
    for name, (low, high) in limits.items():
        value = getattr(owner, name)
        if type(value) is not int or not low <= value <= high:
            raise ValueError(f"{name}={value!r}: expected a whole number from {low} to {high}.")


def _check_among(owner: object, name: str, known: tuple[Any, ...]) -> None:
    """Raise where a setting is none of the known ones."""
    value = getattr(owner, name)
    if value not in known:
        raise ValueError(f"{name}={value!r}: expected one of {[*known]}.")


@dataclass(frozen=True)
class Convolution:
    """Filters that slide over the image; then batch norm where asked for; then the activation."""

    filters: int = 16
    kernel: int = 3
    """Rows and columns that a filter sees."""
    stride: int = 1
    padding: Literal["same", "valid"] = "same"
    """``same``: zeros around the image keep its size. ``valid``: it loses kernel - 1."""
    activation: str = "relu"
    """A key of ``ACTIVATIONS``."""
    batch_norm: bool = False

    def __post_init__(self) -> None:
        _check_whole(self, filters=(1, MAX_FILTERS), kernel=(1, MAX_KERNEL), stride=(1, 8))
        _check_among(self, "padding", ("same", "valid"))
        _check_among(self, "activation", (*ACTIVATIONS,))
        _check_among(self, "batch_norm", (False, True))


@dataclass(frozen=True)
class Pooling:
    """One number for each small square of the image."""

    size: int = 2
    keeps: Literal["max", "average"] = "max"

    def __post_init__(self) -> None:
        _check_whole(self, size=(2, 16))
        _check_among(self, "keeps", ("max", "average"))


@dataclass(frozen=True)
class Dropout:
    """A share of the numbers is set to zero in training, others each time."""

    rate: float = 0.25

    def __post_init__(self) -> None:
        if not isinstance(self.rate, int | float) or not 0 <= self.rate < 1:
            raise ValueError(f"rate={self.rate!r}: expected 0 to below 1.")


@dataclass(frozen=True)
class GlobalPooling:
    """One number for each filter, wherever in the image it answered."""

    keeps: Literal["max", "average"] = "average"

    def __post_init__(self) -> None:
        _check_among(self, "keeps", ("max", "average"))


@dataclass(frozen=True)
class Flatten:
    """All numbers of the image in one row: where something was remains known."""


@dataclass(frozen=True)
class Dense:
    """Units that each look at all numbers below."""

    units: int = 128
    activation: str = "relu"
    """A key of ``ACTIVATIONS``."""

    def __post_init__(self) -> None:
        _check_whole(self, units=(1, MAX_UNITS))
        _check_among(self, "activation", (*ACTIVATIONS,))


Block = Convolution | Pooling | Dropout | GlobalPooling | Flatten | Dense

BLOCKS: dict[str, type[Block]] = {
    "convolution": Convolution,
    "pooling": Pooling,
    "dropout": Dropout,
    "global_pooling": GlobalPooling,
    "flatten": Flatten,
    "dense": Dense,
}
"""Every kind of block by the name under which it is stored."""


@dataclass(frozen=True)
class NetworkConfig:
    """A network from the image to the answers; the layer of answers itself is not listed."""

    blocks: tuple[Block, ...]
    initialiser: str = "glorot"
    """A key of ``INITIALISERS``."""
    weight_decay: float = 0.0
    """Share, times the learning rate, by which each step shrinks the kernels; biases and batch
    norm are left alone. 0: what the optimizer does by itself."""

    def __post_init__(self) -> None:
        if not isinstance(self.blocks, tuple) or not all(
            isinstance(block, Block) for block in self.blocks
        ):
            raise ValueError(f"blocks={self.blocks!r:.100}: expected a tuple of blocks.")
        if not 1 <= len(self.blocks) <= MAX_BLOCKS:
            raise ValueError(f"{len(self.blocks)} blocks: expected 1 to {MAX_BLOCKS}.")
        _check_among(self, "initialiser", (*INITIALISERS,))
        if not isinstance(self.weight_decay, int | float) or not 0 <= self.weight_decay <= 1:
            raise ValueError(f"weight_decay={self.weight_decay!r}: expected 0 to 1.")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a run's spec or a model's card."""
        kinds = {block: kind for kind, block in BLOCKS.items()}
        blocks = [{"kind": kinds[type(block)], **asdict(block)} for block in self.blocks]
        return {
            "blocks": blocks,
            "initialiser": self.initialiser,
            "weight_decay": self.weight_decay,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "NetworkConfig":
        """Return the config that ``to_dict`` wrote; anything else is a ``ValueError``."""
        try:
            blocks = tuple(_block_from(block) for block in values["blocks"])
            return cls(**{**values, "blocks": blocks})
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"This network is not understood: {error}.") from error


def _block_from(values: Mapping[str, Any]) -> Block:
    """Return a block from plain values with its ``kind``."""
    settings = dict(values)
    kind = settings.pop("kind", None)
    if kind not in BLOCKS:
        raise ValueError(f"kind={kind!r} is no block. Choose one of {[*BLOCKS]}.")
    return BLOCKS[kind](**settings)
