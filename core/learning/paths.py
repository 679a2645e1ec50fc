"""Paths over a surface, walked by the very Keras optimizers that train the networks here.

In: a surface, an optimizer's name, its rate and momentum, where to begin. Out: a path as plain
numbers. Keras and JAX are imported when the first path is asked for; see ``core.learning.loading``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core.learning.optimizers import OPTIMIZERS, build_optimizer
from core.learning.surfaces import SURFACES

MOST_STEPS = 500
"""So many are always walked, and as many shown as are wanted: one program, compiled once."""
FAR = 1e4
"""A path that leaves these bounds has run away, and ends there."""


@dataclass(frozen=True)
class Path:
    """Where an optimizer was, from its start on."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    heights: tuple[float, ...]
    lost: bool
    """Whether it ran away."""

    @property
    def steps(self) -> int:
        """How many steps it took."""
        return len(self.x) - 1


def with_momentum(optimizer: Any, momentum: float) -> Any:
    """Return a Keras optimizer, not built yet, that keeps this share of its last step.

    Those that keep none are returned as they are; Adam calls it beta 1.
    """
    if getattr(optimizer, "momentum", 0.0):
        optimizer.momentum = momentum
    elif hasattr(optimizer, "beta_1"):
        optimizer.beta_1 = momentum
    return optimizer


def path(
    surface: str,
    optimizer: str,
    rate: float,
    momentum: float,
    start: tuple[float, float],
    n_steps: int,
    noise: float = 0.0,
    seed: int = 0,
) -> Path:
    """Return the path of an optimizer over a surface.

    Parameters
    ----------
    surface : str
        A key of ``SURFACES``.
    optimizer : str
        A key of ``OPTIMIZERS``.
    rate : float
        Learning rate, above 0.
    momentum : float
        In [0, 1); see ``with_momentum``.
    start : tuple of float
        Where to begin.
    n_steps : int
        At most ``MOST_STEPS``.
    noise : float
        By which share of itself each part of a gradient is off, at random, as another batch at
        each step would make it (a standard deviation); optimizers that look at all examples meet
        none.
    seed : int
        The same for all optimizers: they meet the same errors.
    """
    if surface not in SURFACES:
        raise ValueError(f"surface={surface!r} is not known. Choose one of {[*SURFACES]}.")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum={momentum}: expected 0 to below 1.")
    if not 1 <= n_steps <= MOST_STEPS:
        raise ValueError(f"n_steps={n_steps}: expected 1 to {MOST_STEPS}.")
    if not rate > 0:
        raise ValueError(f"rate={rate}: expected above 0.")
    off = np.random.default_rng([seed, 6]).normal(size=(MOST_STEPS, 2)).astype(np.float32)
    off *= 0.0 if OPTIMIZERS[optimizer].full_batch else noise
    walked = _walk(surface, optimizer, momentum)(np.array(start, np.float32), rate, off)
    places = np.concatenate([[start], np.asarray(walked, np.float64)])[: n_steps + 1]
    inside = np.isfinite(places).all(axis=1) & (np.abs(places) < FAR).all(axis=1)
    end = n_steps + 1 if inside.all() else int(np.argmin(inside))
    x, y = places[:end].T
    heights = SURFACES[surface].height(x, y)
    return Path(tuple(x.tolist()), tuple(y.tolist()), tuple(heights.tolist()), end <= n_steps)


@lru_cache(maxsize=256)
def _walk(surface: str, optimizer: str, momentum: float) -> Callable[..., Any]:
    """Return start, rate, noise -> places [shape=(MOST_STEPS, 2)] after each step, compiled."""
    import jax
    import jax.numpy as jnp
    import keras

    height = SURFACES[surface].height
    made = with_momentum(build_optimizer(optimizer, 1.0), momentum)
    made.build([keras.Variable(np.zeros(2, np.float32), name="place")])
    slots = [jnp.array(v.value) for v in made.variables]
    rate_at = next(i for i, v in enumerate(made.variables) if v.path.endswith("learning_rate"))
    gradient = jax.grad(lambda place: height(place[0], place[1]))

    def walk(start: Any, rate: Any, noise: Any) -> Any:
        def step(now: tuple[Any, list[Any]], off: Any) -> tuple[tuple[Any, list[Any]], Any]:
            place, slots = now
            g = gradient(place)
            (place,), slots = made.stateless_apply(slots, [g + jnp.abs(g) * off], [place])
            return (place, slots), place

        begin = [*slots]
        begin[rate_at] = jnp.asarray(rate, jnp.float32)
        _, places = jax.lax.scan(step, (start, begin), noise)
        return places

    compiled: Callable[..., Any] = jax.jit(walk)
    return compiled
