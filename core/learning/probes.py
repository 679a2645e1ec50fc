"""Probes: a few steps at other learning rates, all from the same point of a run.

In: a run's spec and the weights that it has come to. Out: the loss after as many steps at each
rate. That proves, or refutes, that the rate is what makes a run slow; nothing of it is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from core.learning.specs import RunSpec

FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""Of the run's own rate."""
N_STEPS = 30
JUDGED = 512
"""Training clips on which the loss is measured before and after, always the same ones."""
LARGEST_BATCH = 512
CLEAR = 1.5
"""How many times as far another rate must bring the loss down to be called better. Ours: batches
of another order change a fall by a third at most on the small network."""
LEAST = 0.02
"""And by how much more at least, in nats: below that nobody sees a difference in the curves."""

Answer = Literal["too low", "too high", "not it"]


@dataclass(frozen=True)
class Probes:
    """What was measured: the loss before, and after ``N_STEPS`` steps at each rate."""

    own: float
    """The run's own rate."""
    before: float
    losses: dict[float, float]
    """Loss after the steps, by rate; infinite where it was no number any more."""

    @property
    def best(self) -> float:
        """The rate that brought the loss down furthest."""
        return min(self.losses, key=lambda rate: self.losses[rate])

    @property
    def answer(self) -> Answer:
        """Whether the run's rate was too low or too high, as far as this point tells."""
        at_own, at_best = self.losses.get(self.own, self.before), self.losses[self.best]
        more = at_own - at_best
        if more < LEAST or self.before - at_best < CLEAR * (self.before - at_own):
            return "not it"
        return "too low" if self.best > self.own else "too high"

    def __str__(self) -> str:
        at_own, at_best = self.losses.get(self.own, self.before), self.losses[self.best]
        words = (
            f"{N_STEPS} steps from the same weights: at its own rate {self.own:.3g} the loss goes "
            f"from {self.before:.3f} to {_loss(at_own)}"
        )
        if self.answer == "not it":
            return (
                f"{words}, and no other rate does clearly better (the best, {self.best:.3g}: "
                f"{_loss(at_best)}). The learning rate is not what holds it up."
            )
        return (
            f"{words}, at {self.best:.3g} to {_loss(at_best)}. Its learning rate was {self.answer}."
        )


def _loss(value: float) -> str:
    return f"{value:.3f}" if value < 1e4 else "beyond all bounds"


def probe(
    spec: RunSpec,
    weights: bytes,
    told: Callable[[float, float | None], Any],
    stop_asked: Callable[[], bool] = lambda: False,
) -> None:
    """Measure the loss after a few steps at each rate.

    Parameters
    ----------
    spec : RunSpec
        The run's; augmentation plays no part.
    weights : bytes
        Where the run has come to, in the safetensors format.
    told : callable
        Hears first of rate 0 and the loss before, then of each rate and the loss after it; None
        for one that is no number any more.
    stop_asked : callable
        Says whether to end early.

    Raises
    ------
    DataError, AudioError, ModelError
        If the data or the weights cannot be used.
    """
    from core.learning.evaluation import cross_entropy
    from core.learning.examples import load_examples
    from core.learning.networks import build_network
    from core.learning.optimizers import OPTIMIZERS, build_optimizer
    from core.learning.saved_models import put_weights
    from core.learning.step import Stepper

    examples = load_examples(spec)
    train = examples.split.train
    model = build_network(spec.network, spec.image.shape, spec.n_answers, spec.seed)
    put_weights(model, weights, "this run")
    optimizer = build_optimizer(spec.optimizer, spec.rate, spec.network_config.weight_decay)
    stepper = Stepper(model, optimizer, spec.label_smoothing)
    full = OPTIMIZERS[spec.optimizer].full_batch
    size = min(len(train), LARGEST_BATCH if full else spec.batch_size, LARGEST_BATCH)
    rng = np.random.default_rng([spec.seed, 5])
    order = np.resize(rng.permutation(train), size * N_STEPS)
    judged = rng.permutation(train)[:JUDGED]
    images, answers = examples.images(judged, spec), examples.answers[judged]
    taken = examples.images(np.unique(order), spec)
    place = {int(i): at for at, i in enumerate(np.unique(order))}
    weight = np.ones(size, np.float32)

    def loss(state: Any) -> float | None:
        with np.errstate(over="ignore", invalid="ignore"):
            found = cross_entropy(stepper.logits(state, images), answers)
        return found if np.isfinite(found) else None

    told(0.0, loss(stepper.initial_state()))
    for factor in FACTORS:
        state = stepper.initial_state()
        for i in range(N_STEPS):
            if stop_asked():
                return
            batch = order[i * size : (i + 1) * size]
            gradients, _ = stepper.gradients(
                state, taken[[place[int(j)] for j in batch]], examples.answers[batch], weight
            )
            stepper.apply(state, gradients, np.float32(size), spec.rate * factor)
        told(spec.rate * factor, loss(state))
