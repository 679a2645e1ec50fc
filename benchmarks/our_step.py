"""Our side of ``benchmarks.step``: the same network and the same commands, on our training step.

``build`` takes a third value, ``on`` or ``off``: whether signals are measured.
"""

import json
import sys
import time

import numpy as np

from benchmarks.stock_step import BATCH, N_ANSWERS, SHAPE, examples
from core.learning.batches import epoch_batches
from core.learning.network_building import build_config
from core.learning.network_config import (
    Convolution,
    Dense,
    Dropout,
    Flatten,
    NetworkConfig,
    Pooling,
)
from core.learning.optimizers import build_optimizer
from core.learning.step import Stepper, TrainingState
from core.system import reuse_memory


class Ours:
    """A network in training.

    Parameters
    ----------
    filters : tuple of int
    signals : bool
    shape : tuple of int
        Rows, frames and channels of the image.
    """

    def __init__(
        self, filters: tuple[int, int], signals: bool, shape: tuple[int, int, int] = SHAPE
    ) -> None:
        config = NetworkConfig(
            (
                Convolution(filters[0], padding="valid"),
                Convolution(filters[1], padding="valid"),
                Pooling(),
                Dropout(0.25),
                Flatten(),
                Dense(128),
                Dropout(0.5),
            )
        )
        model = build_config(config, shape, N_ANSWERS)
        self.stepper = Stepper(model, build_optimizer("adam", 0.001), signals=signals)
        self.state: TrainingState = self.stepper.initial_state()

    def epoch(self, images: np.ndarray, answers: np.ndarray, number: int) -> None:
        """Train on every example once."""
        import jax.numpy as jnp

        images, answers = jnp.asarray(images), jnp.asarray(answers)
        inside = []
        for indices, weights in epoch_batches(len(images), BATCH, 0, number):
            gradients, sums = self.stepper.gradients(
                self.state, images[indices], answers[indices], weights
            )
            count = np.asarray(sums)[2]
            inside.append(self.stepper.apply(self.state, gradients, count, 0.001))
        np.asarray(inside)

    def accuracy(self, images: np.ndarray, answers: np.ndarray) -> float:
        """Return the share that is answered right."""
        return float((self.stepper.logits(self.state, images).argmax(axis=1) == answers).mean())


def until(share: float, epochs: int, path: str) -> dict[str, float]:
    """Train until a validation accuracy; return the seconds of training and what was reached."""
    with np.load(path) as data:
        images, answers = data["images"], data["answers"]
        val_images, val_answers = data["val_images"], data["val_answers"]
    ours = Ours((16, 32), True, images.shape[1:])
    fresh = [np.array(w) for w in ours.state.weights]
    ours.epoch(images[:BATCH], answers[:BATCH], 0)  # compiles
    ours.accuracy(val_images, val_answers)
    ours.state.weights = [np.array(w) for w in fresh]
    began, best, epoch = time.perf_counter(), 0.0, 0
    while best < share and epoch < epochs:
        epoch += 1
        ours.epoch(images, answers, epoch)
        best = max(best, ours.accuracy(val_images, val_answers))
    return {"seconds": time.perf_counter() - began, "accuracy": best, "epochs": epoch}


def main() -> None:
    """Answer commands until there are no more."""
    reuse_memory()
    ours = None
    for line in sys.stdin:
        command, *values = line.split()
        answer: object = "ready"
        if command == "build":
            ours = Ours((int(values[0]), int(values[1])), "off" not in values)
            ours.epoch(*examples(2 * BATCH), 0)
        elif command == "steps" and ours is not None:
            n = int(values[0])
            images, answers = examples(n * BATCH)
            began = time.perf_counter()
            ours.epoch(images, answers, 1)
            answer = (time.perf_counter() - began) / n
        elif command == "until":
            answer = until(float(values[0]), int(values[1]), values[2])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
