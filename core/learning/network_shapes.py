"""What a network will be, before anything is built: shapes, numbers to learn, work to do.

In: a ``NetworkConfig``, an image's shape, the number of answers. Out: one ``Layer`` a layer, equal
to what Keras builds (a property test asks Keras); or a sentence that names the impossible layer.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from core.learning.activations import ACTIVATIONS
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

Shape = tuple[int, int, int]

MAX_PARAMETERS = 20_000_000
"""Numbers to learn; with Adam's two more for each, 240 MB."""
MAX_PRODUCTS = 2_000_000_000
"""Multiplications an image; beyond, an epoch of 2,700 clips takes more than a quarter of an hour on
two cores at 30 GFLOP/s (two operations each, and training takes three times the forward)."""


@dataclass(frozen=True)
class Layer:
    """One layer to be built."""

    name: str
    """As in Keras, and in the names of saved weights."""
    words: str
    """What it does, for the page."""
    shape: tuple[int, ...]
    """Of its output, without the number of examples."""
    parameters: int
    """Numbers it holds: learned ones, and batch norm's two running statistics a filter."""
    products: int = 0
    """Multiplications to bring one image through it."""
    block: int | None = None
    """Which block it comes from, counted from 0; None for the layer of answers."""


class _Names:
    """Names as the first networks had them: conv_1, conv_2, dense_1; pool, or pool_1, pool_2."""

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        self._totals = Counter(type(block) for block in blocks)
        self._seen: Counter[type[Block]] = Counter()

    def next(self, block: Block) -> str:
        """Return the name of the next block's layer."""
        kind = type(block)
        self._seen[kind] += 1
        stem = {
            Convolution: "conv",
            Pooling: "pool",
            Dropout: "dropout",
            GlobalPooling: "average" if block == GlobalPooling("average") else "maximum",
            Flatten: "flatten",
            Dense: "dense",
        }[kind]
        always = kind in (Convolution, Dense)
        return f"{stem}_{self._seen[kind]}" if always or self._totals[kind] > 1 else stem


def _slid(size: int, window: int, stride: int, padding: str) -> int:
    """Return how often a window fits along one axis."""
    return -(-size // stride) if padding == "same" else (size - window) // stride + 1


def _of_block(
    block: Block, name: str, shape: tuple[int, ...], where: str
) -> tuple[str, tuple[int, ...], int, int]:
    """Return a block's words, output shape, own parameters and products; refuse the impossible."""
    flat = len(shape) == 1
    if isinstance(block, Convolution | Pooling | GlobalPooling | Flatten) and flat:
        raise ValueError(
            f"{where}: it needs an image, but the layers before it have already made one row of "
            f"{shape[0]} numbers. Move it up, before the flattening or global pooling."
        )
    if isinstance(block, Dense):
        if not flat:
            raise ValueError(
                f"{where}: it needs one row of numbers, but gets an image of "
                f"{' x '.join(map(str, shape))}. Put a flattening or a global pooling before it."
            )
        words = f"dense {block.units}, {ACTIVATIONS[block.activation].label}"
        return words, (block.units,), (shape[0] + 1) * block.units, shape[0] * block.units
    if isinstance(block, Dropout):
        return f"dropout {block.rate:g}", shape, 0, 0
    if isinstance(block, Flatten):
        return "flatten", (prod(shape),), 0, 0
    if isinstance(block, GlobalPooling):
        return f"global {block.keeps} pooling", (shape[2],), 0, 0
    rows, columns, channels = shape
    window = block.size if isinstance(block, Pooling) else block.kernel
    padding = "valid" if isinstance(block, Pooling) else block.padding
    if padding == "valid" and min(rows, columns) < window:
        raise ValueError(
            f"{where}: it looks at squares of {window} x {window}, but its image is only "
            f"{rows} x {columns}. Remove a pooling or a stride before it, or make it smaller."
        )
    if isinstance(block, Pooling):
        pooled = (rows // window, columns // window, channels)
        keeps = "max" if block.keeps == "max" else "average"
        return f"{keeps}-pool {window}x{window}", pooled, 0, 0
    out = tuple(_slid(n, window, block.stride, padding) for n in (rows, columns))
    words = f"conv {window}x{window}, {block.filters} filters"
    words += f", stride {block.stride}" if block.stride > 1 else ""
    words += ", edges lost" if padding == "valid" else ""
    words += ", batch norm" if block.batch_norm else ""
    words += f", {ACTIVATIONS[block.activation].label}"
    taps = window * window * channels
    # batch norm brings its own bias, and besides a factor and two running statistics
    numbers = (taps + (4 if block.batch_norm else 1)) * block.filters
    return words, (*out, block.filters), numbers, prod(out) * taps * block.filters


def _layers(config: NetworkConfig, shape: Shape, n_answers: int) -> Iterator[Layer]:
    names = _Names(config.blocks)
    now: tuple[int, ...] = shape
    for i, block in enumerate(config.blocks):
        name = names.next(block)
        words, now, parameters, products = _of_block(block, name, now, f"Layer {i + 1} ({name})")
        yield Layer(name, words, now, parameters, products, i)
    if len(now) != 1:
        raise ValueError(
            f"Layer {len(config.blocks) + 1} (answers): it needs one row of numbers, but gets an "
            f"image of {' x '.join(map(str, now))}. End with a flattening or a global pooling."
        )
    parameters = (now[0] + 1) * n_answers
    yield Layer(
        "answers", "dense: one number an answer", (n_answers,), parameters, now[0] * n_answers
    )


def network_layers(config: NetworkConfig, shape: Shape, n_answers: int = 10) -> tuple[Layer, ...]:
    """Return the layers that a network will have.

    Parameters
    ----------
    config : NetworkConfig
    shape : tuple of int
        Rows, frames and channels of the image.
    n_answers : int

    Raises
    ------
    ValueError
        If a layer cannot follow the one before it, or the whole is too large to train here. The
        sentence names the layer.
    """
    layers = []
    for layer in _layers(config, shape, n_answers):
        layers.append(layer)
        for name, most in (("parameters", MAX_PARAMETERS), ("products", MAX_PRODUCTS)):
            total = sum(getattr(each, name) for each in layers)
            if total > most:
                what = "numbers to learn" if name == "parameters" else "multiplications an image"
                raise ValueError(
                    f"Layer {len(layers)} ({layer.name}): with it the network has {total:,} "
                    f"{what}; expected at most {most:,}. Use fewer filters or units, or pool more."
                )
    return tuple(layers)


def count_parameters(layers: tuple[Layer, ...]) -> int:
    """Return how many numbers the layers hold, as Keras counts them."""
    return sum(layer.parameters for layer in layers)
