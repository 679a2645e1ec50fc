"""The images of each epoch, as they are trained on.

In: a run's examples and its spec. Out: images and answers, epoch by epoch; augmented ones are made
one epoch ahead, in a thread, so that a step waits for none.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from core.learning.batches import epoch_members
from core.learning.examples import Examples
from core.learning.specs import RunSpec
from core.sound.augmentation import AUGMENTATIONS
from core.sound.augmented import augmented_images
from core.sound.blending import blended
from core.sound.images import Images

Answers = NDArray[np.int32] | NDArray[np.float32]


class EpochImages:
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
        chances = (spec.seed, epoch, names, spec.strength, spec.mixture)
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
