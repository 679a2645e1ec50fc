"""Random configurations for the blind test of the diagnosis; see ``docs/blind_test.md``.

In: a seed. Out: specs, each a function of the seed and its number alone.
"""

from dataclasses import replace

import numpy as np

from core.learning.network_config import (
    Block,
    Convolution,
    Dense,
    Flatten,
    GlobalPooling,
    NetworkConfig,
)
from core.learning.optimizers import OPTIMIZERS
from core.learning.specs import RunSpec

SHARES = (0.05, 0.1, 0.16)
"""Of FSDD's 2,430 training takes."""
SIZES: tuple[tuple[int, int, tuple[int, ...], bool], ...] = (
    (1, 0, (), False),
    (2, 0, (), True),
    (4, 8, (), True),
    (8, 8, (32,), True),
    (8, 16, (48,), True),
    (8, 8, (32, 32, 32, 32, 32), True),
    (16, 16, (64,), True),
)
"""Filters of the first and the second convolution, units of the dense layers, whether flattened."""
OPTIMIZERS_DRAWN = ("gradient_descent", "sgd", "momentum", "rmsprop", "adam", "adamw")


def network(size: int, activation: str, initialiser: str, times: int = 1) -> NetworkConfig:
    """Return one of the networks by size; ``times`` as many filters and units."""
    first, second, dense, flat = SIZES[size]
    blocks: list[Block] = [Convolution(first * times, stride=2, activation=activation)]
    if second:
        blocks.append(Convolution(second * times, stride=2, activation=activation))
    blocks.append(Flatten() if flat else GlobalPooling())
    blocks += [Dense(units * times, activation) for units in dense]
    return NetworkConfig(tuple(blocks), initialiser)


def drawn(seed: int, number: int, data: str) -> RunSpec:
    """Return one configuration."""
    rng = np.random.default_rng([seed, number])
    optimizer = str(rng.choice(OPTIMIZERS_DRAWN))
    size = int(rng.integers(len(SIZES)))
    activation = str(rng.choice(["relu", "sigmoid", "tanh"], p=[0.5, 0.3, 0.2]))
    initialiser = str(
        rng.choice(["glorot", "he", "tiny", "huge", "zeros"], p=[0.5, 0.2, 0.1, 0.1, 0.1])
    )
    rate = OPTIMIZERS[optimizer].learning_rate * 10 ** float(rng.uniform(-3, 2))
    trouble = float(rng.uniform())
    return RunSpec(
        data=(data,),
        network=network(size, activation, initialiser),
        optimizer=optimizer,
        learning_rate=float(f"{rate:.3g}"),
        epochs=int(rng.choice([6, 10, 16, 24])),
        batch_size=int(rng.choice([16, 32])),
        train_share=float(rng.choice(SHARES)),
        seed=1000 * seed + number,
        shuffled_labels=1.0 if trouble < 1 / 12 else 0.0,
        leaked_share=1.0 if trouble > 11 / 12 else 0.0,
    )


def rewired(spec: RunSpec, activation: str = "", initialiser: str = "", times: int = 1) -> RunSpec:
    """Return a spec with other activations, another initialiser, or a larger network."""
    config = spec.network_config
    blocks: list[Block] = []
    for block in config.blocks:
        if isinstance(block, Convolution):
            block = replace(
                block, filters=block.filters * times, activation=activation or block.activation
            )
        elif isinstance(block, Dense):
            block = replace(
                block, units=block.units * times, activation=activation or block.activation
            )
        blocks.append(block)
    changed = NetworkConfig(tuple(blocks), initialiser or config.initialiser)
    return spec.with_changes(network=changed)
