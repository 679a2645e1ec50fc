"""The learning-rate range test: a short run whose rate rises from far too small to too large.

In: a spec. Out: rates and losses for a chart, and the rate at which the loss fell fastest. The
network is thrown away. ``core.learning.range_store`` runs it in a worker, for the Train page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.learning.specs import RunSpec

LOWEST, HIGHEST = 1e-6, 10.0
"""The rates between which it goes, evenly on a logarithmic scale."""
N_STEPS = 100
MEMORY = 0.9
"""What the running mean keeps at each step: single batches differ by more than a step changes."""
HOPELESS = 4.0
"""The test ends where the running mean is so many times its lowest, as in fastai's range test."""
REACH = 5
"""Steps before and after of which a smoothed loss is the mean. It must not lag: a running mean is
9 steps late, in which the rate grows fourfold, and a rate four times too large trains badly."""

SAFE = 3.0
"""The loss falls fastest near where it breaks: a rate so many times smaller is suggested. With Adam
the first experiment's network falls fastest at 0.0056, where six epochs end at 83 %; at the
suggested 0.0019 they end at 95.9 %, at the best of a sweep at 96.2 %; with momentum at 95.3 and
95.0 % (FSDD 2019, two seeds, ``benchmarks.found_rate``)."""


@dataclass(frozen=True)
class RangeTest:
    """What the losses were while the rate rose."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    """Of each batch before its step at that rate."""
    smoothed: tuple[float, ...]
    """Each the mean of its neighbours; see ``smooth``."""

    @property
    def steepest(self) -> float | None:
        """The rate at which the smoothed loss fell fastest; None where it never fell."""
        if len(self.smoothed) < 3:
            return None
        lowest = int(np.argmin(self.smoothed))
        if lowest < 2:
            return None
        slopes = np.gradient(np.array(self.smoothed[: lowest + 1]))
        # the first steps have few neighbours, and their mean jumps about
        first = min(5, lowest - 1)
        return self.rates[first + int(np.argmin(slopes[first:]))]

    @property
    def suggested(self) -> float | None:
        """A rate to train with, to two digits; None where the loss never fell."""
        steepest = self.steepest
        return None if steepest is None else float(f"{steepest / SAFE:.2g}")


def smooth(losses: Sequence[float]) -> tuple[float, ...]:
    """Return the mean of each loss and its neighbours, up to ``REACH`` to either side.

    At the ends both sides are as short as the shorter one, so that nothing moves sideways.
    """
    sides = [min(REACH, i, len(losses) - 1 - i) for i in range(len(losses))]
    return tuple(float(np.mean(losses[i - side : i + side + 1])) for i, side in enumerate(sides))


class _Running:
    """The running mean of losses, corrected for its short past as Adam's (Kingma & Ba 2015)."""

    def __init__(self) -> None:
        self._mean, self._n, self._lowest = 0.0, 0, np.inf

    def hopeless(self, loss: float) -> bool:
        """Return whether the mean has risen too far, with this loss."""
        self._n += 1
        self._mean = MEMORY * self._mean + (1 - MEMORY) * loss
        mean = self._mean / (1 - MEMORY**self._n)
        self._lowest = min(self._lowest, mean)
        return mean > HOPELESS * self._lowest


def range_test(
    spec: RunSpec,
    n_steps: int = N_STEPS,
    stop_asked: Callable[[], bool] = lambda: False,
    told: Callable[[float, float], Any] = lambda rate, loss: None,
) -> RangeTest:
    """Return what the loss does while the learning rate rises.

    Parameters
    ----------
    spec : RunSpec
        What to train; its rate, schedule and epochs play no part, nor does augmentation.
    n_steps : int
        Steps from the lowest rate to the highest.
    stop_asked : callable
        Says whether to end early.
    told : callable
        Hears of each rate and its loss, for a chart that draws itself.

    Raises
    ------
    DataError, AudioError
        If the data cannot be used.

    References
    ----------
    .. [1] Smith 2017, "Cyclical learning rates for training neural networks", section 3.3.
    """
    from core.learning.examples import load_examples
    from core.learning.networks import build_network
    from core.learning.optimizers import OPTIMIZERS, build_optimizer
    from core.learning.step import Stepper

    examples = load_examples(spec)
    train = examples.split.train
    rng = np.random.default_rng(spec.seed)
    model = build_network(spec.network, spec.image.shape, spec.n_answers, spec.seed)
    optimizer = build_optimizer(spec.optimizer, LOWEST, spec.network_config.weight_decay)
    stepper = Stepper(model, optimizer, spec.label_smoothing)
    state = stepper.initial_state()
    size = min(len(train), 512 if OPTIMIZERS[spec.optimizer].full_batch else spec.batch_size)
    kept = rng.permutation(train)[: max(size, min(len(train), size * n_steps))]
    images = examples.images(kept, spec)
    answers = examples.answers[kept]
    weight = np.ones(size, np.float32)
    rates, losses, running = [], [], _Running()
    order: NDArray[np.int64] = np.empty(0, np.int64)
    for rate in np.geomspace(LOWEST, HIGHEST, n_steps):
        if stop_asked():
            break
        if len(order) < size:
            order = rng.permutation(len(kept))
        batch, order = order[:size], order[size:]
        gradients, sums = stepper.gradients(state, images[batch], answers[batch], weight)
        loss = float(sums[0]) / size
        if not np.isfinite(loss):
            break
        rates.append(float(rate))
        losses.append(loss)
        told(float(rate), loss)
        if running.hopeless(loss):
            break
        stepper.apply(state, gradients, np.float32(size), float(rate))
    return RangeTest(tuple(rates), tuple(losses), smooth(losses))
