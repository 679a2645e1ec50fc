"""Whether a step can still be made quicker: ``python -m benchmarks.levers [--rounds 9]``.

Each lever is the first experiment's training step with one thing done otherwise; it takes turns
with the step as it is, in one process, and the ratio of neighbours is printed, its median and
range, at (16, 32) and (32, 64) filters. Only what makes a step at least a tenth quicker is worth
the code.

- ``one program``: gradients and update compiled together, so that a step is dispatched once and
  nothing is fetched from the device in between.
- ``pool, then ReLU``: the maximum of a window and the ReLU change places, which changes no number;
  the ReLU then has a quarter of the values to look at, on the way back too.
- ``no dropout``: not a lever but a bound: what the random numbers of dropout could save at most.

Measured beside much other work (load 16 on two cores, 4 rounds): one program 1.07 and 1.18 times
the step, pool then ReLU 1.09 and 0.98, without dropout 0.92 and 0.96. None gains a tenth, so the
search ended here; a quiet machine may tell the small differences apart.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from core.system import reuse_memory

BATCH, SHAPE, N_ANSWERS = 64, (40, 48, 1), 10
"""As in ``benchmarks.stock_step``, which imports Keras before it is known on what."""
FILTERS = ((16, 32), (32, 64))
SECONDS_A_SAMPLE = 1.0
LEVERS = ("one program", "pool, then ReLU", "no dropout")


def model_of(filters: tuple[int, int], lever: str) -> Any:
    """Return the network as ``build_config`` builds it, but for the lever."""
    import keras
    from keras import layers

    from core.learning.convolution import TapConv2D
    from core.learning.pooling import SliceMaxPooling2D

    keras.utils.set_random_seed(0)
    late = lever == "pool, then ReLU"
    dropped = lever != "no dropout"
    stack = [
        keras.Input(SHAPE),
        TapConv2D(filters[0], 3, activation="relu"),
        TapConv2D(filters[1], 3, activation=None if late else "relu"),
        SliceMaxPooling2D(2),
        *([layers.ReLU()] if late else []),
        *([layers.Dropout(0.25, seed=1)] if dropped else []),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        *([layers.Dropout(0.5, seed=2)] if dropped else []),
        layers.Dense(N_ANSWERS),
    ]
    return keras.Sequential(stack)


def step_of(filters: tuple[int, int], lever: str) -> Callable[[], Any]:
    """Return a training step; calling it takes one and waits for its end."""
    import jax
    import jax.numpy as jnp

    from core.learning import step as stepping
    from core.learning.optimizers import build_optimizer

    model, optimizer = model_of(filters, lever), build_optimizer("adam", 0.001)
    stepper = stepping.Stepper(model, optimizer)
    state = stepper.initial_state()
    rng = np.random.default_rng(0)
    images = jnp.asarray(rng.standard_normal((BATCH, *SHAPE)), jnp.float32)
    answers = jnp.asarray(rng.integers(0, N_ANSWERS, BATCH), jnp.int32)
    ones = np.ones(BATCH, np.float32)
    if lever != "one program":

        def plain() -> None:
            found, sums = stepper.gradients(state, images, answers, ones)
            stepper.apply(state, found, np.asarray(sums)[2], 0.001)
            jax.block_until_ready(state.weights)

        return plain

    @partial(jax.jit, donate_argnums=(0, 1, 2))
    def both(weights: Any, other: Any, slots: Any) -> Any:
        found, (other, sums) = stepping._gradients(
            model, 0.0, weights, other, images, answers, ones
        )
        moved, slots, _, _ = stepping._apply(
            optimizer, 0.0, (), weights, slots, found, None, sums[2]
        )
        return moved, other, slots, sums

    held = [state.weights, [jnp.array(o) for o in state.other], state.slots]

    def fused() -> None:
        *held[:], sums = both(*held)
        np.asarray(sums)
        jax.block_until_ready(held[0])

    return fused


def seconds_of(step: Callable[[], Any]) -> float:
    """Return the seconds of one step."""
    n, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < SECONDS_A_SAMPLE or not n:
        step()
        n += 1
    return took / n


def main() -> None:
    """Measure every lever at both sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    reuse_memory()
    if hasattr(os, "getloadavg"):
        print(f"load before: {', '.join(f'{v:.1f}' for v in os.getloadavg())}")
    for filters in FILTERS:
        as_it_is = step_of(filters, "")
        for lever in LEVERS:
            other = step_of(filters, lever)
            for step in (as_it_is, other):
                step()  # compiled
            times = [(seconds_of(as_it_is), seconds_of(other)) for _ in range(options.rounds)]
            ratios = [b / a for a, b in times]
            print(
                f"{filters} {lever:18} {1000 * statistics.median(a for a, _ in times):7.1f} -> "
                f"{1000 * statistics.median(b for _, b in times):7.1f} ms, ratio "
                f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
