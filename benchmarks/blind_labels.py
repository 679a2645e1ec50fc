"""What is wrong with a configuration, by its own long runs; see ``docs/blind_test.md``.

In: a spec. Out: the troubles that hold. Nothing here knows the rules of ``core.diagnosis``: runs
are made with the training step alone and judged by the clips they learned and by clips kept apart.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.blind_draw import rewired
from core.learning.batches import epoch_batches
from core.learning.evaluation import cross_entropy
from core.learning.examples import Examples, load_examples
from core.learning.network_config import Convolution, Dense
from core.learning.networks import build_network
from core.learning.optimizers import OPTIMIZERS, build_optimizer
from core.learning.specs import RunSpec
from core.learning.step import Stepper

FACTORS = (0.01, 0.1, 1.0, 10.0, 100.0)
LEARNED, POINTS, GAP = 0.95, 0.10, 0.05
N_TEST = 500


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    known: float
    """A: share of its training clips answered right in the end."""
    test: float
    """T: share of the clips kept apart."""
    test_losses: tuple[float, ...]
    """Cross-entropy on those, epoch by epoch."""
    start: float
    """Cross-entropy of the training clips before the first step."""


@dataclass
class Bench:
    """The clips of one configuration as images, and every run made of it so far."""

    spec: RunSpec
    images: NDArray[np.float32]
    """Of all clips of the data set [shape=(n, rows, frames, 1)]."""
    test: NDArray[np.int64]
    """Places of the clips kept apart."""
    _done: dict[RunSpec, Outcome] = field(default_factory=dict)
    _steppers: dict[object, Stepper] = field(default_factory=dict)

    def run(self, spec: RunSpec, keep_losses: bool = False) -> Outcome:
        """Return what a run of this spec comes to; each is made once."""
        if spec not in self._done:
            self._done[spec] = self._train(spec, load_examples(spec), keep_losses)
        return self._done[spec]

    def _train(self, spec: RunSpec, examples: Examples, keep_losses: bool) -> Outcome:
        train = examples.split.train
        images, answers = self.images[train], examples.answers[train]
        test, test_answers = self.images[self.test], examples.answers[self.test]
        full = OPTIMIZERS[spec.optimizer].full_batch
        size = len(train) if full else min(spec.batch_size, len(train))
        key = (spec.network, spec.optimizer)
        if key not in self._steppers:
            model = build_network(spec.network, spec.image.shape, 10, spec.seed)
            self._steppers[key] = Stepper(model, build_optimizer(spec.optimizer, spec.rate))
        stepper = self._steppers[key]
        state = stepper.initial_state()
        start = cross_entropy(stepper.logits(state, images), answers)
        losses = []
        for epoch in range(1, spec.epochs + 1):
            for indices, weights in epoch_batches(len(train), size, spec.seed, epoch):
                batch = (images[indices], answers[indices], weights)
                gradients, sums = stepper.gradients(state, *batch)
                stepper.apply(state, gradients, sums[2], spec.rate)
            if keep_losses:
                losses.append(cross_entropy(stepper.logits(state, test), test_answers))
        known = float((stepper.logits(state, images).argmax(1) == answers).mean())
        there = float((stepper.logits(state, test).argmax(1) == test_answers).mean())
        return Outcome(known, there, tuple(losses), start)


def apart(spec: RunSpec) -> NDArray[np.int64]:
    """Return takes on which no run of this draw trains, whatever its share of the clips.

    They come from the training part that the largest share leaves over; a share of the clips is
    part of a larger one.
    """
    whole = load_examples(spec.with_changes(train_share=1.0, leaked_share=0.0)).split.train
    used = load_examples(spec.with_changes(train_share=0.64, leaked_share=0.0)).split.train
    left = np.setdiff1d(whole, used)
    return np.sort(np.random.default_rng(spec.seed).permutation(left)[:N_TEST])


def troubles(bench: Bench, say: Callable[[str], None] = lambda words: None) -> set[str]:
    """Return every trouble of ``docs/blind_test.md`` that holds for the bench's spec."""
    spec = bench.spec
    own = bench.run(spec, keep_losses=True)
    found = {name for name, holds in _of_itself(bench, own).items() if holds}
    fails = own.known < LEARNED
    tuned = own.known
    if fails:
        at_rates = {f: bench.run(_at(spec, f)).known for f in FACTORS}
        best = max(at_rates, key=lambda f: at_rates[f])
        longer = {
            f: bench.run(_at(spec, f).with_changes(epochs=4 * spec.epochs)).known
            for f in {1.0, best}
        }
        tuned = max(*at_rates.values(), *longer.values())
        if tuned >= own.known + POINTS:
            found.add("slow")
        if tuned < LEARNED:
            found.add("underfitting")
        if max(at_rates[10.0], at_rates[100.0]) >= own.known + POINTS:
            found.add("rate_too_low")
        if max(at_rates[0.1], at_rates[0.01]) >= own.known + POINTS:
            found.add("rate_too_high")
        found |= _rewired(bench, own, best, at_rates[best], tuned)
    say(f"A {own.known:.1%} T {own.test:.1%} tuned {tuned:.1%} start {own.start:.2f}")
    return found or {"healthy"}


def _at(spec: RunSpec, factor: float) -> RunSpec:
    return spec.with_changes(learning_rate=min(100.0, spec.rate * factor)) if factor != 1 else spec


def _of_itself(bench: Bench, own: Outcome) -> dict[str, bool]:
    """Return the troubles that its own run and its data show."""
    spec = bench.spec
    overfits = own.known >= LEARNED - GAP and own.known - own.test > GAP
    more = None
    if overfits:
        share = min(0.64, 4 * spec.train_share)
        epochs = max(1, round(spec.epochs * spec.train_share / share))
        more = bench.run(spec.with_changes(train_share=share, epochs=epochs))
    losses = [x if np.isfinite(x) else np.inf for x in own.test_losses]
    lowest = int(np.argmin(losses))
    wide = own.start > 1.5 * np.log(10)
    if wide:
        begun = bench.run(rewired(spec, initialiser="glorot"), keep_losses=True)
        wide = begun.test_losses[-1] < losses[-1]
    return {
        "overfitting": overfits,
        "too_little_data": more is not None
        and more.known - more.test <= (own.known - own.test) / 2,
        "past_its_best": len(losses) - 1 - lowest >= 5 and losses[-1] >= 1.2 * losses[lowest],
        "untrained_start": bool(wide),
        "shuffled_labels": spec.shuffled_labels > 0,
        "leaked_split": spec.leaked_share > 0,
    }


def _rewired(bench: Bench, own: Outcome, best: float, at_best: float, tuned: float) -> set[str]:
    """Return the troubles that another network would not have."""
    spec, found = bench.spec, set()
    blocks = spec.network_config.blocks
    kinds = {b.activation for b in blocks if isinstance(b, (Convolution, Dense))}

    def both(other: RunSpec) -> float:
        return max(bench.run(_at(other, f)).known for f in {1.0, best})

    if kinds & {"sigmoid", "tanh"} and both(rewired(spec, "relu")) >= at_best + POINTS:
        found.add("flat_curves")
    if "relu" in kinds and bench.run(rewired(spec, "leaky")).known >= own.known + POINTS:
        found.add("dead_relus")
    if (
        spec.network_config.initialiser == "zeros"
        and both(rewired(spec, initialiser="glorot")) >= at_best + POINTS
    ):
        found.add("identical_units")
    if tuned < LEARNED and both(rewired(spec, times=4)) >= LEARNED:
        found.add("too_small_network")
    return found
