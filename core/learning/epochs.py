"""The epochs of a run: its steps, and what is measured, kept and told after each.

In: a network's first or resumed state, images, and somebody who listens and may say stop. Out: the
best epoch and its values.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from core.learning.answers import signs
from core.learning.batches import epoch_batches
from core.learning.checkpoints import Waypoint
from core.learning.epoch_images import EpochImages
from core.learning.evaluation import cross_entropy
from core.learning.examples import Examples
from core.learning.history import Activity, Epoch
from core.learning.meter import Meter
from core.learning.optimizers import OPTIMIZERS
from core.learning.requests import rate_in_force
from core.learning.run_listener import Listener, Stopped
from core.learning.schedules import scheduled_rate
from core.learning.scoring import Strangers
from core.learning.specs import RunSpec
from core.learning.step import Stepper, TrainingState
from core.learning.stepping import rehearse, take_step
from core.learning.stopping import reason_to_stop
from core.sound.images import Images

PROBE_IMAGES = 64
"""How many validation images the activations are looked at with: always the same ones."""


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


@dataclass
class Best:
    """The best epoch so far and a copy of its values."""

    epoch: Epoch
    state: TrainingState
    ended: str | None = None
    """Why the run ended before its last epoch, in words."""
    stopped: bool = False
    """Whether somebody stopped the run before its epochs were done."""


def run_epochs(
    spec: RunSpec,
    listener: Listener,
    examples: Examples,
    epochs: EpochImages,
    stepper: Stepper,
    state: TrainingState,
    validation: Images,
    resumed: Waypoint | None,
) -> Best:
    """Run the epochs that are left; return the best one.

    Parameters
    ----------
    spec : RunSpec
    listener : Listener
    examples : Examples
    epochs : EpochImages
        What is trained on, epoch by epoch.
    stepper : Stepper
    state : TrainingState
        To begin with; its arrays are taken over.
    validation : np.ndarray [shape=(n, rows, frames, 1)], float32
        The images that choose the epoch.
    resumed : Waypoint, optional
        From where to go on instead.

    Raises
    ------
    Stopped
        If it was stopped before the first epoch had ended.
    """
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
    best: Best | None = None
    done: tuple[Epoch, ...] = ()
    step = 0
    began = time.perf_counter()
    if resumed is not None:
        state, done, step = resumed.state, resumed.epochs, resumed.step
        best = Best(resumed.best, resumed.best_state, reason_to_stop(spec, done))
        began -= done[-1].seconds
        listener.phase("training")

    def scheduled(step: int) -> float:
        return learning_rate_at(step, n_steps, spec)

    try:
        left = range(len(done) + 1, spec.epochs + 1)
        for number in () if best is not None and best.ended else left:
            images, answers = (jnp.asarray(a) for a in epochs.examples(number))
            batches = epoch_batches(n_members, batch_size, spec.seed, number)
            if number == left.start:
                asked = time.perf_counter()
                rehearse(stepper, state, images, answers, *batches[0], spec.rate)
                look(state)
                strangers.look(partial(stepper.logits, state))
                began += time.perf_counter() - asked  # compiling is no training
            else:
                listener.phase("training")
            total = np.zeros(3)
            meter.begin()
            rate = spec.rate
            for i, (indices, weights) in enumerate(batches):
                asked = time.perf_counter()
                orders = listener.orders(step, number - 1 + i / n_batches)
                waited = time.perf_counter() - asked
                began += waited  # a pause is no training
                meter.wait(waited)
                if orders.stop:
                    raise Stopped
                rate = rate_in_force(step, scheduled, orders)
                sums, inside = take_step(
                    stepper, state, images, answers, indices, weights, rate, listener.stop_asked
                )
                total += sums
                step += 1
                done_now = number - 1 + (i + 1) / n_batches
                meter.add(sums, inside, step, done_now, tell=orders.at_most == 1)
                if step == 1:
                    listener.phase("training")
            listener.phase("validating")
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
                best = Best(epoch, _copy(state))

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
        best.stopped = True
    assert best is not None
    return best


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
