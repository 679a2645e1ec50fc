"""Scoring: what a finished run reports, each number with its sample, interval and protocol.

In: a spec, its examples, the network of the best epoch. Out: plain values for ``result.json``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.learning.calibration import fit_temperature
from core.learning.evaluation import cross_entropy, scores_of
from core.learning.history import Epoch
from core.sound.images import Images

if TYPE_CHECKING:
    from core.learning.examples import Examples
    from core.learning.specs import RunSpec

MAX_STRANGERS = 600
"""Clips of speakers left out by which every epoch is looked at; more would slow the run."""
Logits = Callable[[Images], NDArray[np.float32]]
"""Images [shape=(n, rows, frames, 1)] -> logits [shape=(n, n_answers)]."""


def looked_at(unseen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return at most ``MAX_STRANGERS`` of them, of every digit and speaker: they stand in order."""
    return unseen[:: max(1, -(-len(unseen) // MAX_STRANGERS))]


class Strangers:
    """The clips of speakers left out, looked at after every epoch and never used for choosing."""

    def __init__(self, examples: Examples, spec: RunSpec) -> None:
        kept = looked_at(examples.split.unseen)
        self._images = examples.images(kept, spec) if len(kept) else None
        self._answers = examples.answers[kept]
        self.guesses: NDArray[np.int64] | None = None
        """What they were answered at the latest look [shape=(n,)]."""

    def look(self, logits: Logits) -> tuple[float | None, float | None]:
        """Return loss and accuracy of a network on them; None where nobody is left out."""
        if self._images is None:
            return None, None
        found = logits(self._images)
        self.guesses = found.argmax(axis=1)
        right = self.guesses == self._answers
        return cross_entropy(found, self._answers), float(right.mean())


def result_of(
    spec: RunSpec,
    examples: Examples,
    logits: Logits,
    best: Epoch,
    parameters: int,
    ended: str | None = None,
) -> dict[str, Any]:
    """Return the scores of the best epoch's network as plain values.

    Parameters
    ----------
    spec : RunSpec
    examples : Examples
    logits : callable
        The best epoch's network.
    best : Epoch
    parameters : int
        Numbers that the network holds.
    ended : str, optional
        Why the run ended before its last epoch, in words.
    """
    split = examples.split
    # fitted on the clips that chose the epoch, judged on the clips that nobody has used
    chosen = logits(examples.images(split.validation, spec))
    temperature = fit_temperature(chosen, examples.answers[split.validation])
    scores: dict[str, Any] = {}
    for name, indices in (("known", split.known), ("unseen", split.unseen)):
        scores[name] = None
        if len(indices):
            scores[name] = scores_of(
                logits(examples.images(indices, spec)),
                examples.answers[indices],
                [examples.recordings[i].speaker for i in indices],
                temperature,
            )
    return {
        "best_epoch": best.epoch,
        "val_accuracy": best.val_accuracy,
        # JSON has no word for the loss of a run that diverged
        "val_loss": best.val_loss if np.isfinite(best.val_loss) else None,
        "seconds": best.seconds,
        "ended": ended,
        "protocol": split.protocol,
        "scores": scores,
        "temperature": temperature,
        "parameters": parameters,
        "n_train": len(split.train),
        "n_validation": len(split.validation),
        "excluded": examples.excluded,
        "speakers": sorted({examples.recordings[i].speaker for i in split.train}),
    }
