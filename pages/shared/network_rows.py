"""A network as rows of a table that a visitor edits, and back.

In: a ``NetworkConfig``, or rows as a table editor returns them, with gaps. Out: the other one; a
row that makes no sense is named in a sentence.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import LabError
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

KINDS: dict[str, Block] = {
    "Convolution": Convolution(),
    "Max-pooling": Pooling(),
    "Average pooling": Pooling(keeps="average"),
    "Dropout": Dropout(),
    "Flatten": Flatten(),
    "Global average": GlobalPooling(),
    "Global maximum": GlobalPooling("max"),
    "Dense": Dense(),
}
"""Each kind of row with the block that it stands for where its cells are left empty."""

Row = dict[str, Any]


def row_of(block: Block) -> Row:
    """Return a block's row; cells that mean nothing for it are None."""
    row: Row = dict.fromkeys(
        ("layer", "n", "size", "stride", "edges", "activation", "batch norm", "rate")
    )
    if isinstance(block, Convolution):
        row |= {
            "layer": "Convolution",
            "n": block.filters,
            "size": block.kernel,
            "stride": block.stride,
            "edges": block.padding,
            "activation": block.activation,
            "batch norm": block.batch_norm,
        }
    elif isinstance(block, Dense):
        row |= {"layer": "Dense", "n": block.units, "activation": block.activation}
    elif isinstance(block, Dropout):
        row |= {"layer": "Dropout", "rate": float(block.rate)}
    elif isinstance(block, Pooling):
        row |= {"layer": next(k for k, b in KINDS.items() if b == Pooling(keeps=block.keeps))}
        row |= {"size": block.size}
    else:
        row |= {"layer": next(k for k, b in KINDS.items() if b == block)}
    return row


def rows_of(config: NetworkConfig) -> list[Row]:
    """Return a network's blocks as rows, from the image to the answers."""
    return [row_of(block) for block in config.blocks]


def _filled(row: Mapping[str, Any]) -> Row:
    """Return the cells that hold something."""
    return {
        name: value
        for name, value in row.items()
        if value is not None and not (isinstance(value, float) and math.isnan(value))
    }


def block_of(row: Mapping[str, Any]) -> Block:
    """Return the block of a row; empty cells take the block's default.

    Raises
    ------
    ValueError
        If a cell is out of its range.
    """
    cells = _filled(row)
    kind = KINDS[cells["layer"]]

    def whole(name: str, default: int) -> int:
        return int(cells.get(name, default))

    if isinstance(kind, Convolution):
        return Convolution(
            whole("n", kind.filters),
            whole("size", kind.kernel),
            whole("stride", kind.stride),
            cells.get("edges", kind.padding),
            cells.get("activation", kind.activation),
            bool(cells.get("batch norm", False)),
        )
    if isinstance(kind, Pooling):
        return Pooling(whole("size", kind.size), kind.keeps)
    if isinstance(kind, Dropout):
        return Dropout(float(cells.get("rate", kind.rate)))
    if isinstance(kind, Dense):
        return Dense(whole("n", kind.units), cells.get("activation", kind.activation))
    return kind


def config_of_rows(
    rows: Sequence[Mapping[str, Any]], initialiser: str, weight_decay: float
) -> NetworkConfig:
    """Return the network that rows describe; rows without a layer are passed over.

    Raises
    ------
    LabError
        If a row or the whole makes no sense; the sentence names the row.
    """
    blocks: list[Block] = []
    for row in rows:
        if not _filled(row).get("layer"):
            continue
        try:
            blocks.append(block_of(row))
        except (ValueError, KeyError) as error:
            raise LabError(f"Layer {len(blocks) + 1} ({row['layer']}): {error}") from error
    try:
        return NetworkConfig(tuple(blocks), initialiser, weight_decay)
    except ValueError as error:
        raise LabError(f"This network cannot be built: {error}") from error
