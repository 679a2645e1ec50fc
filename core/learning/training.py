"""The training loop: from a spec to a trained network and its scores.

In: a spec, and somebody who listens and may say stop. Out: events, the best epoch's weights, the
result. It knows no folder and no page; ``core.learning.worker`` gives it both.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.learning.answers import signs, watched
from core.learning.batches import epoch_batches, epoch_members
from core.learning.checkpoints import Waypoint
from core.learning.evaluation import cross_entropy
from core.learning.examples import Examples, load_examples
from core.learning.history import Activity, Epoch
from core.learning.meter import Meter
from core.learning.networks import build_network
from core.learning.optimizers import OPTIMIZERS, build_optimizer
from core.learning.requests import rate_in_force
from core.learning.run_listener import Listener, Stopped
from core.learning.schedules import scheduled_rate
from core.learning.scoring import Strangers, looked_at, result_of
from core.learning.specs import RunSpec
from core.learning.starting import begin_with
from core.learning.step import Stepper, TrainingState
from core.learning.stopping import reason_to_stop
from core.sound.augmentation import AUGMENTATIONS
from core.sound.augmented import augmented_images
from core.sound.blending import blended
from core.sound.images import Images

__all__ = [
    "MICRO_BATCH", "Listener", "Stopped", "Trained", "epoch_batches", "epoch_members",
    "learning_rate_at", "train",
]  # fmt: skip

Answers = NDArray[np.int32] | NDArray[np.float32]

MICRO_BATCH = 128
"""Examples whose gradients are computed at once: bounds memory, and how long a stop waits."""


PROBE_IMAGES = 64
"""How many validation images the activations are looked at with: always the same ones."""


@dataclass(frozen=True)
class Trained:
    """A trained network, at its best epoch, and its scores."""

    model: Any
    result: dict[str, Any]


def learning_rate_at(step: int, n_steps: int, spec: RunSpec) -> float:
    """Return the learning rate in force at a step.

    Parameters
    ----------
    step : int
        Counted from 0.
    n_steps : int
        Steps of the whole run.
    spec : RunSpec
        Its rate and schedule.
    """
    return scheduled_rate(spec.rate, spec.schedule, step, n_steps)


class _Epochs:
    """The images of each epoch; augmented ones are made one epoch ahead, in a thread."""

    def __init__(self, examples: Examples, spec: RunSpec) -> None:
        self._examples = examples
        self._spec = spec
        self._plain = None if spec.augment else examples.images(examples.split.train, spec)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="augmentation")
        self._made: dict[int, Future[tuple[Images, Answers]]] = {}

    def _make(self, epoch: int) -> tuple[Images, Answers]:
        spec = self._spec
        indices = self._examples.split.train[self.members(epoch)].tolist()
        clips = [self._examples.clips[i] for i in indices]
        names = spec.augmentations
        chances = (spec.seed, epoch, names, spec.strength)
        images = augmented_images(clips, indices, spec.image, *chances)
        answers = self._examples.answers[indices]
        if any(AUGMENTATIONS[name].blends for name in names):
            return blended(images, answers, spec.n_answers, spec.seed, epoch)
        return images, answers

    def members(self, epoch: int) -> NDArray[np.int64]:
        """Return who trains in this epoch; see ``epoch_members``."""
        spec, examples = self._spec, self._examples
        n_train = len(examples.split.train)
        return epoch_members(examples.n_own, n_train, spec.added_share, spec.seed, epoch)

    def examples(self, epoch: int) -> tuple[Images, Answers]:
        """Return this epoch's images [shape=(n_members, rows, frames, 1)] and their answers.

        Answers are numbers [shape=(n_members,)], or shares of each [shape=(n_members, n_answers)]
        where images are blended.
        """
        if self._plain is not None:
            whole = self._spec.added_share == 1
            members = self.members(epoch)
            images = self._plain if whole else self._plain[members]
            return images, self._examples.answers[self._examples.split.train[members]]
        # this epoch, asked for before the first step too, and the next; older ones are let go
        wanted = range(epoch, min(epoch + 1, self._spec.epochs) + 1)
        self._made = {e: self._made.get(e) or self._pool.submit(self._make, e) for e in wanted}
        return self._made[epoch].result()

    def close(self) -> None:
        """Stop making images."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _micro_batches(
    indices: NDArray[np.int64], weights: NDArray[np.float32]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield a batch in parts of one size, small enough for memory and for a quick stop."""
    size = min(len(indices), MICRO_BATCH)
    n = -(-len(indices) // size) * size
    filled, known = np.resize(indices, n), np.zeros(n, np.float32)
    known[: len(weights)] = weights
    for i in range(0, n, size):
        yield filled[i : i + size], known[i : i + size]


def train(spec: RunSpec, listener: Listener) -> Trained:
    """Train the network that a spec describes.

    Parameters
    ----------
    spec : RunSpec
        What to train, on what, how.
    listener : Listener
        Hears what happens and may stop it; a stopped run keeps its best epoch.

    Returns
    -------
    trained : Trained
        The network of the best epoch, with its scores.

    Raises
    ------
    Stopped
        If it was stopped before the first epoch had ended.
    DataError, AudioError
        If the data cannot be used.
    """
    listener.phase("loading recordings and making images")
    examples = load_examples(spec)
    split = examples.split
    validation = examples.images(split.validation, spec)
    val_answers = examples.answers[split.validation]
    epochs = _Epochs(examples, spec)
    try:
        listener.phase("building the network")
        model = build_network(spec.network, spec.image.shape, spec.n_answers, spec.seed)
        if spec.start:
            begin_with(model, spec.start)
        optimizer = build_optimizer(spec.optimizer, spec.rate, spec.network_config.weight_decay)
        stepper = Stepper(model, optimizer, spec.label_smoothing, spec.average, spec.signals)
        state = stepper.initial_state()
        listener.phase("compiling the training step")
        first, _ = epochs.examples(1)
        chosen = np.random.default_rng(spec.seed).permutation(len(first))[:512]
        probe = first[chosen]
        probe_answers = examples.answers[split.train[epochs.members(1)[chosen]]]
        listener.started(
            cross_entropy(stepper.logits(state, probe), probe_answers),
            cross_entropy(stepper.logits(state, validation), val_answers),
            len(split.train),
            len(split.validation),
            len(looked_at(split.unseen)),
            examples.n_leaked,
        )
        listener.watches(watched(examples))
        resumed = listener.resumed(state)
        best = _loop(spec, listener, examples, epochs, stepper, state, validation, resumed)
    finally:
        epochs.close()
    listener.phase("scoring")
    model = stepper.model_with(best.state)

    def logits(images: Images) -> NDArray[np.float32]:
        return stepper.logits(best.state, images)

    size = int(model.count_params())
    return Trained(model, result_of(spec, examples, logits, best.epoch, size, best.ended))


@dataclass
class _Best:
    """The best epoch so far and a copy of its values."""

    epoch: Epoch
    state: TrainingState
    ended: str | None = None
    """Why the run ended before its last epoch, in words."""


def _loop(
    spec: RunSpec,
    listener: Listener,
    examples: Examples,
    epochs: _Epochs,
    stepper: Stepper,
    state: TrainingState,
    validation: Images,
    resumed: Waypoint | None,
) -> _Best:
    """Run the epochs that are left; return the best one."""
    import jax.numpy as jnp

    n_members = len(epochs.members(1))
    val_answers = examples.answers[examples.split.validation]
    full_batch = OPTIMIZERS[spec.optimizer].full_batch
    batch_size = n_members if full_batch else min(spec.batch_size, n_members)
    n_batches = -(-n_members // batch_size)
    n_steps = spec.epochs * n_batches
    strangers = Strangers(examples, spec)
    look = _probe(spec, stepper, validation)
    meter = Meter(listener, tuple(name for name, _ in stepper.layers), lambda: look(state))
    best: _Best | None = None
    done: tuple[Epoch, ...] = ()
    step = 0
    began = time.perf_counter()
    if resumed is not None:
        state, done, step = resumed.state, resumed.epochs, resumed.step
        best = _Best(resumed.best, resumed.best_state, reason_to_stop(spec, done))
        began -= done[-1].seconds
        listener.phase("training")

    def scheduled(step: int) -> float:
        return learning_rate_at(step, n_steps, spec)

    try:
        left = range(len(done) + 1, spec.epochs + 1)
        for number in () if best is not None and best.ended else left:
            images, answers = (jnp.asarray(a) for a in epochs.examples(number))
            total = np.zeros(3)
            meter.begin()
            rate = spec.rate
            for i, (indices, weights) in enumerate(
                epoch_batches(n_members, batch_size, spec.seed, number)
            ):
                asked = time.perf_counter()
                orders = listener.orders(step, number - 1 + i / n_batches)
                waited = time.perf_counter() - asked
                began += waited  # a pause is no training
                meter.wait(waited)
                if orders.stop:
                    raise Stopped
                rate = rate_in_force(step, scheduled, orders)
                sums, inside = _step(
                    stepper, state, images, answers, indices, weights, rate, listener
                )
                total += sums
                step += 1
                done_now = number - 1 + (i + 1) / n_batches
                meter.add(sums, inside, step, done_now, tell=orders.at_most == 1)
                if step == 1:
                    listener.phase("training")
            logits = stepper.logits(state, validation)
            unseen = strangers.look(partial(stepper.logits, state))
            epoch = Epoch(
                number,
                step,
                float(total[0] / total[2]),
                float(total[1] / total[2]),
                cross_entropy(logits, val_answers),
                float((logits.argmax(axis=1) == val_answers).mean()),
                rate,
                time.perf_counter() - began,
                *unseen,
                signs(logits, strangers.guesses),
            )
            better = best is None or spec.keep_last or epoch.val_loss < best.epoch.val_loss
            if best is None or better:
                best = _Best(epoch, _copy(state))

            def current(state: TrainingState = state) -> Any:
                return stepper.model_with(state)

            listener.epoch(epoch, better, current)
            done = (*done, epoch)
            waypoint = Waypoint(state, done, best.epoch, best.state)
            best.ended = reason_to_stop(spec, done) if number < spec.epochs else None
            listener.waypoint(waypoint, number == spec.epochs or best.ended is not None)
            if best.ended:
                break
    except Stopped:
        if best is None:
            raise
    assert best is not None
    return best


def _step(
    stepper: Stepper,
    state: TrainingState,
    images: Any,
    answers: Any,
    indices: NDArray[np.int64],
    weights: NDArray[np.float32],
    rate: float,
    listener: Listener,
) -> tuple[NDArray[np.float64], Any]:
    """Take one step; return summed loss, right answers, examples, and the layers' signals."""
    gradients: Any = None
    total = np.zeros(3)
    for part, weight in _micro_batches(indices, weights):
        if listener.stop_asked():
            raise Stopped
        found, sums = stepper.gradients(state, images[part], answers[part], weight)
        gradients = (
            found if gradients is None else [a + b for a, b in zip(gradients, found, strict=True)]
        )
        total += np.asarray(sums)
    return total, stepper.apply(state, gradients, np.float32(total[2]), rate)


def _probe(
    spec: RunSpec, stepper: Stepper, images: Images
) -> Callable[[TrainingState], tuple[Activity, ...]]:
    """Return what looks at the activations on the first few of these images."""
    if not spec.signals:
        return lambda state: ()
    from core.learning.signals import Probe

    probe = Probe(stepper.model)
    return lambda state: probe.measure(state, images[:PROBE_IMAGES])


def _copy(state: TrainingState) -> TrainingState:
    """Return a copy whose arrays no later step takes over."""
    import jax.numpy as jnp

    averaged = [jnp.array(a) for a in state.averaged]
    return TrainingState(averaged, [jnp.array(a) for a in state.other], [], averaged)
