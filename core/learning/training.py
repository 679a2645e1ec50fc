"""A training run: from a spec to a trained network and its scores.

In: a spec, and somebody who listens and may say stop. Out: events, the best epoch's weights, the
result. It knows no folder and no page; ``core.learning.worker`` gives it both. The loop itself is
``core.learning.epochs``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.learning.answers import watched
from core.learning.epoch_images import EpochImages
from core.learning.epochs import run_epochs
from core.learning.evaluation import cross_entropy
from core.learning.examples import load_examples
from core.learning.networks import build_network
from core.learning.optimizers import build_optimizer
from core.learning.run_listener import Listener, Stopped
from core.learning.scoring import looked_at, result_of
from core.learning.specs import RunSpec
from core.learning.starting import begin_with
from core.learning.step import Stepper
from core.sound.images import Images

__all__ = ["Listener", "Stopped", "Trained", "train"]


@dataclass(frozen=True)
class Trained:
    """A trained network, at its best epoch, and its scores."""

    model: Any
    result: dict[str, Any]
    stopped: bool = False
    """Whether somebody stopped it before its epochs were done."""


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
    epochs = EpochImages(examples, spec)
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
        best = run_epochs(spec, listener, examples, epochs, stepper, state, validation, resumed)
    finally:
        epochs.close()
    listener.phase("scoring")
    model = stepper.model_with(best.state)

    def logits(images: Images) -> NDArray[np.float32]:
        return stepper.logits(best.state, images)

    size = int(model.count_params())
    result = result_of(spec, examples, logits, best.epoch, size, best.ended)
    return Trained(model, result, best.stopped)
