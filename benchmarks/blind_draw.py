"""Random configurations for the blind test of the diagnosis; see ``docs/blind_test.md``.

In: a draw, a seed. Out: specs, each a function of these and its number alone. The first draw turned
out to be of networks that hardly ever learn; of the second a fair share does.
"""

from collections.abc import Callable
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
from core.sound.images import DRAWN, LOG_MEL

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


def hard(seed: int, number: int, data: str) -> RunSpec:
    """Return one configuration of the first draw."""
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
        image=LOG_MEL,
    )


def fair(seed: int, number: int, data: str) -> RunSpec:
    """Return one configuration of the second draw: mostly usual choices, one or two wrong ones."""
    rng = np.random.default_rng([seed, number, 2])
    optimizer = str(rng.choice(OPTIMIZERS_DRAWN, p=[0.1, 0.15, 0.15, 0.15, 0.3, 0.15]))
    size = int(rng.choice(len(SIZES), p=[0.06, 0.06, 0.2, 0.2, 0.2, 0.08, 0.2]))
    activation = str(rng.choice(["relu", "sigmoid", "tanh"], p=[0.6, 0.2, 0.2]))
    initialiser = str(
        rng.choice(["glorot", "he", "tiny", "huge", "zeros"], p=[0.6, 0.22, 0.06, 0.06, 0.06])
    )
    usual = float(rng.uniform()) < 0.6
    power = float(rng.uniform(-0.5, 0.5) if usual else rng.uniform(-3, 2))
    trouble = float(rng.uniform())
    return RunSpec(
        data=(data,),
        network=network(size, activation, initialiser),
        optimizer=optimizer,
        learning_rate=float(f"{OPTIMIZERS[optimizer].learning_rate * 10**power:.3g}"),
        epochs=int(rng.choice([10, 16, 24])),
        batch_size=int(rng.choice([16, 32])),
        train_share=float(rng.choice([0.06, 0.16, 0.5], p=[0.25, 0.25, 0.5])),
        image=DRAWN,
        seed=1000 * seed + number,
        shuffled_labels=1.0 if trouble < 1 / 12 else 0.0,
        leaked_share=1.0 if trouble > 11 / 12 else 0.0,
    )


DRAWS: dict[int, Callable[[int, int, str], RunSpec]] = {1: hard, 2: fair}
"""Each draw by its number."""


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
