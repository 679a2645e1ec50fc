"""The race itself: sweeps one after the other, then all lanes at once, epoch by epoch in turns.

In: a race's spec, somebody who listens and may say stop. Out: points as they are measured. Every
trial begins with the same weights and dropout's same random numbers, and meets the same clips in
the same batches. It knows no folder and no page; ``core.learning.racing.writing`` gives it both.
"""

import time
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.learning.batches import epoch_batches
from core.learning.evaluation import cross_entropy
from core.learning.networks import build_network
from core.learning.optimizers import OPTIMIZERS, build_optimizer
from core.learning.racing.results import HUGE, Point, Results, Trial
from core.learning.racing.specs import RaceSpec
from core.learning.racing.sweeping import best_rate, next_rate
from core.learning.racing.track import Track, track_of
from core.learning.run_listener import Stopped
from core.learning.step import Stepper, TrainingState
from core.learning.stepping import take_step


class Listener(Protocol):
    """Who hears what happens in a race."""

    def phase(self, words: str) -> None:
        """Say what the race is doing now."""

    def started(self, point: Point, n_train: int, n_validation: int) -> None:
        """Say what the network answers before the first step of anybody."""

    def point(self, part: str, trial: Trial, point: Point) -> None:
        """Say what an epoch of the "sweep" or of the "race" gave."""

    def boundary(self, step: int) -> bool:
        """Return whether to stop at this step boundary; return late to pause."""

    def stop_asked(self) -> bool:
        """Return whether to stop within this step."""


@dataclass
class _Lane:
    """An optimizer at work with one learning rate."""

    trial: Trial
    state: TrainingState
    epoch: int = 0
    step: int = 0
    seconds: float = 0.0


class Trainer:
    """Trains trials epoch by epoch."""

    def __init__(self, spec: RaceSpec, track: Track, listener: Listener) -> None:
        self._spec = spec
        self._track = track
        self._listener = listener
        run = spec.run_spec()
        model = build_network(spec.network, spec.image.shape, run.n_answers, spec.seed)
        decay = run.network_config.weight_decay
        first, *others = (
            build_optimizer(name, OPTIMIZERS[name].learning_rate, decay) for name in spec.optimizers
        )
        stepper = Stepper(model, first)
        steppers = [stepper, *(stepper.with_optimizer(other) for other in others)]
        self._steppers = dict(zip(spec.optimizers, steppers, strict=True))
        self._stepper = stepper

    def start(self) -> Point:
        """Return what the network answers before the first step; compiles what measures it."""
        return self._measured(self._stepper.initial_state(), 0, 0, 0.0)

    def compile(self) -> None:
        """Take a step of each lane that changes nothing: no lane's time shall hold compiling."""
        for name in self._spec.optimizers:
            lane = self.lane(name, 1e-9)
            indices, weights = self._batches(name, 1)[0]
            self._step(lane, indices, weights)

    def lane(self, optimizer: str, rate: float) -> _Lane:
        """Return an optimizer at the start."""
        return _Lane(Trial(optimizer, rate), self._steppers[optimizer].initial_state())

    def advance(self, part: str, lane: _Lane) -> None:
        """Train a lane for an epoch, and tell what it gave.

        Raises
        ------
        Stopped
            If somebody asked for that.
        """
        import jax

        began = time.perf_counter()
        for indices, weights in self._batches(lane.trial.optimizer, lane.epoch + 1):
            asked = time.perf_counter()
            if self._listener.boundary(lane.step):
                raise Stopped
            began += time.perf_counter() - asked  # a pause is no training
            self._step(lane, indices, weights)
            lane.step += 1
        jax.block_until_ready(lane.state.weights)  # steps are dispatched ahead
        lane.seconds += time.perf_counter() - began
        lane.epoch += 1
        point = self._measured(lane.state, lane.epoch, lane.step, lane.seconds)
        lost = not (abs(point.loss) < HUGE and abs(point.val_loss) < HUGE)
        points = (*lane.trial.points, point)
        lane.trial = Trial(lane.trial.optimizer, lane.trial.rate, points, lost)
        self._listener.point(part, lane.trial, point)

    def _batches(
        self, optimizer: str, epoch: int
    ) -> list[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        n = len(self._track.answers)
        size = n if OPTIMIZERS[optimizer].full_batch else min(self._spec.batch_size, n)
        return epoch_batches(n, size, self._spec.seed, epoch)

    def _step(self, lane: _Lane, indices: NDArray[np.int64], weights: NDArray[np.float32]) -> None:
        stepper, track, rate = self._steppers[lane.trial.optimizer], self._track, lane.trial.rate
        stop_asked = self._listener.stop_asked
        images, answers = track.images, track.answers
        take_step(stepper, lane.state, images, answers, indices, weights, rate, stop_asked)

    def _measured(self, state: TrainingState, epoch: int, step: int, seconds: float) -> Point:
        track, found = self._track, []
        for images, answers in (
            (track.images, track.answers),
            (track.val_images, track.val_answers),
        ):
            logits = self._stepper.logits(state, images)
            right = float((logits.argmax(axis=1) == answers).mean())
            found += [cross_entropy(logits, answers), right]
        return Point(epoch, step, seconds, *found)


def drive(spec: RaceSpec, listener: Listener, known: Results = Results()) -> None:  # noqa: B008
    """Run a race: every optimizer's sweep, then the race of each at its best rate.

    Parameters
    ----------
    spec : RaceSpec
    listener : Listener
    known : Results
        What had been measured before the race was cut short; its sweeps' trials are not repeated.

    Raises
    ------
    Stopped
        If somebody asked for that.
    LabError
        If the data cannot be used.
    """
    listener.phase("loading recordings and making images")
    track = track_of(spec)
    listener.phase("building and compiling")
    trainer = Trainer(spec, track, listener)
    listener.started(trainer.start(), len(track.answers), len(track.val_answers))
    trainer.compile()
    best: dict[str, float] = {}
    for name in spec.optimizers:
        scores = {trial.rate: trial.score for trial in known.sweeps.get(name, ())}
        while (rate := next_rate(name, spec.rates, scores)) is not None:
            listener.phase(f"sweep of {OPTIMIZERS[name].label}: learning rate {rate:.3g}")
            lane = trainer.lane(name, rate)
            while lane.epoch < spec.sweep_epochs and not lane.trial.lost:
                trainer.advance("sweep", lane)
            scores[rate] = lane.trial.score
        found = best_rate(scores)
        if found is not None:
            best[name] = found
    listener.phase("the race")
    lanes = [trainer.lane(name, rate) for name, rate in best.items()]
    for epoch in range(1, spec.epochs + 1):
        # in turns, the first another one each time: what else the machine does slows all alike
        turn = epoch % max(1, len(lanes))
        for lane in (*lanes[turn:], *lanes[:turn]):
            if not lane.trial.lost:
                trainer.advance("race", lane)
