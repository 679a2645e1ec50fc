"""Where a training step's time goes, layer by layer: ``python -m benchmarks.roofline``.

The first experiment's network (40 x 48 x 1 in, batch 64, Adam) at (16, 32) and (32, 64) filters.
Round by round, in one process, a large matrix product, a copy of memory, every layer forward and
backward as in training, the optimizer and the whole step are timed one after the other; printed
are medians over rounds: milliseconds, GFLOP/s, and the share of the matrix product's GFLOP/s that
was measured in the same round. A layer that multiplies no matrices has the GB/s instead that it
must at least move, against the copy's. Backward means what the step computes: the gradient with
respect to the weights and, but for the first layer, to the input.
"""

import argparse
import inspect
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.system import reuse_memory

BATCH, SHAPE, N_ANSWERS = 64, (40, 48, 1), 10
"""As in ``benchmarks.stock_step``, which imports Keras before it is known on what."""
FILTERS = ((16, 32), (32, 64))
PEAK_SIZE = 1024
"""Rows and columns of the matrices of the product: larger ones are no faster on two cores."""
COPY_FLOATS = 2**24
"""64 MB: more than any cache."""
SECONDS_A_SAMPLE = 0.15
"""A sample repeats its work until it lasts so long."""


@dataclass
class Part:
    """Something that is timed, and what it does."""

    name: str
    run: Callable[[], Any]
    flops: float = 0.0
    """Multiplications and additions of its matrix products."""
    bytes: float = 0.0
    """What it must read and write at least, each array once."""
    seconds: list[float] = field(default_factory=list)

    def sample(self) -> None:
        """Time it once."""
        import jax

        n, began = 0, time.perf_counter()
        while (took := time.perf_counter() - began) < SECONDS_A_SAMPLE or not n:
            jax.block_until_ready(self.run())
            n += 1
        self.seconds.append(took / n)


def size_of(*arrays: Any) -> float:
    """Return the bytes of some arrays."""
    return float(sum(np.asarray(a).nbytes for a in arrays))


def products_of(layer: Any, inputs: Any, outputs: Any) -> float:
    """Return the multiplications and additions of a layer's forward pass."""
    kernel = getattr(layer, "kernel", None)
    if kernel is None:
        return 0.0
    *reduced, filters = kernel.shape
    return 2.0 * float(np.prod(outputs.shape[:-1])) * float(np.prod(reduced)) * filters


def parts_of(layer: Any, inputs: Any, first: bool) -> tuple[list[Part], Any]:
    """Return a layer's forward and backward pass as parts, and its output."""
    import jax
    import jax.numpy as jnp

    weights = [jnp.asarray(v.value) for v in layer.trainable_variables]
    other = [jnp.asarray(v.value) for v in layer.non_trainable_variables]

    takes_training = "training" in inspect.signature(layer.call).parameters
    options = {"training": True} if takes_training else {}

    def call(weights: Any, x: Any) -> Any:
        return layer.stateless_call(weights, other, x, **options)[0]

    def to_weights(weights: Any, x: Any) -> Any:
        return jax.vjp(lambda w: call(w, x), weights)

    forward = jax.jit(to_weights if first else lambda weights, x: jax.vjp(call, weights, x))
    backward = jax.jit(lambda back, upstream: back(upstream))
    outputs, back = forward(weights, inputs)
    upstream = jnp.asarray(np.random.default_rng(1).standard_normal(outputs.shape), jnp.float32)
    flops = products_of(layer, inputs, outputs)
    moved = size_of(inputs, outputs, *weights)
    found = [Part(f"{layer.name} forward", lambda: forward(weights, inputs), flops, moved)]
    if weights or not first:
        times = 1 if first else 2
        moved = size_of(upstream, inputs, *weights, *weights, *([] if first else [inputs]))
        run = Part(f"{layer.name} backward", lambda: backward(back, upstream), times * flops, moved)
        found.append(run)
    return found, outputs


def peaks() -> tuple[Part, Part]:
    """Return a matrix product and a copy: what this machine can do."""
    import jax
    import jax.numpy as jnp

    a = jnp.asarray(np.random.default_rng(0).standard_normal((PEAK_SIZE,) * 2), jnp.float32)
    long = jnp.zeros(COPY_FLOATS, jnp.float32)
    product = jax.jit(lambda a: a @ a)
    copy = jax.jit(lambda x: x + 1)
    product(a).block_until_ready()
    copy(long).block_until_ready()
    return (
        Part("matrix product", lambda: product(a), flops=2.0 * PEAK_SIZE**3),
        Part("copy", lambda: copy(long), bytes=8.0 * COPY_FLOATS),
    )


def measured(filters: tuple[int, int], rounds: int) -> list[Part]:
    """Return every part of a step with its times, the two peaks first and the whole step last."""
    import jax.numpy as jnp

    from benchmarks.our_step import Ours

    ours = Ours(filters, signals=False)
    stepper, state = ours.stepper, ours.state
    rng = np.random.default_rng(0)
    images = jnp.asarray(rng.standard_normal((BATCH, *SHAPE)), jnp.float32)
    answers = jnp.asarray(rng.integers(0, N_ANSWERS, BATCH), jnp.int32)
    ones = np.ones(BATCH, np.float32)
    x, first = images, True
    layers: list[Part] = []
    for layer in stepper.model.layers:
        if layer.__class__.__name__ == "InputLayer":
            continue
        found, x = parts_of(layer, x, first)
        layers += found
        first = False

    gradients, _ = stepper.gradients(state, images, answers, ones)

    def apply() -> Any:
        stepper.apply(state, gradients, np.float32(BATCH), 0.001)
        return state.weights

    def step() -> Any:
        found, sums = stepper.gradients(state, images, answers, ones)
        stepper.apply(state, found, np.asarray(sums)[2], 0.001)
        return state.weights

    n_bytes = size_of(*state.weights)
    optimizer = Part("optimizer", apply, bytes=7 * n_bytes)  # reads w, g, m, v; writes w, m, v
    whole = Part("whole step", step, flops=sum(p.flops for p in layers))
    found = [*peaks(), *layers, optimizer, whole]
    for part in found:
        part.run()  # compiled
    for _ in range(rounds):
        for part in found:
            part.sample()
    return found


def table(filters: tuple[int, int], parts: list[Part]) -> str:
    """Return the measurements in lines."""
    product, copy, *rest = parts
    whole = rest[-1]
    peak = statistics.median(product.flops / s / 1e9 for s in product.seconds)
    stream = statistics.median(copy.bytes / s / 1e9 for s in copy.seconds)
    lines = [
        f"\nfilters {filters}: a matrix product does {peak:.0f} GFLOP/s, a copy {stream:.1f} GB/s",
        f"{'':20}{'ms':>9}{'of step':>9}{'GFLOP/s':>9}{'of peak':>9}{'GB/s':>9}{'of copy':>9}",
    ]
    for part in rest:
        seconds = statistics.median(part.seconds)
        share = statistics.median(a / b for a, b in zip(part.seconds, whole.seconds, strict=True))
        line = f"{part.name:20}{1000 * seconds:9.2f}{share:9.0%}"
        if part.flops:
            of_peak = statistics.median(
                (part.flops / s) / (product.flops / p)
                for s, p in zip(part.seconds, product.seconds, strict=True)
            )
            line += f"{part.flops / seconds / 1e9:9.1f}{of_peak:9.0%}"
        elif part.bytes:
            of_copy = statistics.median(
                (part.bytes / s) / (copy.bytes / c)
                for s, c in zip(part.seconds, copy.seconds, strict=True)
            )
            line += f"{'':18}{part.bytes / seconds / 1e9:9.1f}{of_copy:9.0%}"
        lines.append(line)
    alone = sum(statistics.median(p.seconds) for p in rest[:-1])
    lines.append(f"{'the parts together':20}{1000 * alone:9.2f}")
    return "\n".join(lines)


def main() -> None:
    """Measure both sizes and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    reuse_memory()
    load = ", ".join(f"{v:.1f}" for v in os.getloadavg()) if hasattr(os, "getloadavg") else "?"
    print(f"{platform.machine()}, {os.cpu_count()} cores, load before {load}, batch {BATCH}")
    for filters in FILTERS:
        print(table(filters, measured(filters, options.rounds)), flush=True)


if __name__ == "__main__":
    main()
