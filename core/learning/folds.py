"""Folds: one run for each speaker left out, and what they say together.

In: a spec and a data set's speakers. Out: one spec a speaker, to be queued as runs; later, their
results as a mean with its spread. A single speaker left out says little: how well a stranger is
understood varies more between strangers than between networks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.learning.evaluation import Accuracy
from core.learning.specs import RunSpec
from core.learning.splits import leaving_out

MAX_FOLDS = 12
"""Runs that one press may queue; of more speakers, as many are left out, spread evenly."""


def fold_speakers(speakers: Sequence[str]) -> tuple[str, ...]:
    """Return who is left out, one a fold: everybody, or ``MAX_FOLDS`` spread over the names."""
    ordered = sorted({*speakers})
    if len(ordered) <= MAX_FOLDS:
        return tuple(ordered)
    at = np.linspace(0, len(ordered) - 1, MAX_FOLDS).round().astype(int)
    return tuple(ordered[i] for i in at)


def fold_specs(spec: RunSpec, speakers: Sequence[str]) -> tuple[RunSpec, ...]:
    """Return one spec a speaker left out, otherwise as given.

    Parameters
    ----------
    spec : RunSpec
        Its own split is replaced.
    speakers : sequence of str
        The data set's speakers.

    Raises
    ------
    ValueError
        If there are fewer than two: somebody has to train.
    """
    if len({*speakers}) < 2:
        raise ValueError(
            f"Leaving one speaker out needs at least two; this data set has {len({*speakers})}."
        )
    return tuple(
        spec.with_changes(split=leaving_out([name]), train_speakers=())
        for name in fold_speakers(speakers)
    )


def stranger_spec(spec: RunSpec, speakers: Sequence[str]) -> RunSpec | None:
    """Return the run that measures the second number: the same, without one speaker.

    Who is left out is decided by the run's seed. None where the run leaves somebody out already, or
    nobody can be spared.
    """
    ordered = sorted({*speakers} - {*spec.train_speakers}) or sorted({*speakers})
    if spec.held_out_speakers or len({*speakers}) < 2:
        return None
    name = ordered[spec.seed % len(ordered)]
    kept = tuple(s for s in spec.train_speakers if s != name)
    if spec.train_speakers and not kept:
        return None
    return spec.with_changes(split=leaving_out([name]), train_speakers=kept)


@dataclass(frozen=True)
class Folds:
    """What several folds say together."""

    scores: Mapping[str, Accuracy]
    """Accuracy by the speaker left out."""
    mean: float
    """Mean of the folds' accuracies: each speaker counts the same."""
    spread: float | None
    """Standard deviation between speakers (n - 1); None for a single fold."""

    def __str__(self) -> str:
        n = len(self.scores)
        folds = f"{n} speaker{'s' if n > 1 else ''} left out in turn"
        if self.spread is None:
            return f"{self.mean:.1%} ({folds})"
        low, high = (pick(s.share for s in self.scores.values()) for pick in (min, max))
        return (
            f"{self.mean:.1%} on average, standard deviation {100 * self.spread:.1f} points, "
            f"{low:.1%} to {high:.1%} ({folds})"
        )


def folds_of(runs: Sequence[tuple[RunSpec, Mapping[str, Any] | None]]) -> Folds | None:
    """Return what finished folds say; None where none has a score of its left-out speaker.

    Parameters
    ----------
    runs : sequence of (RunSpec, result or None)
        As queued from ``fold_specs``; of a speaker left out twice the last counts.
    """
    scores: dict[str, Accuracy] = {}
    for spec, result in runs:
        score = ((result or {}).get("scores") or {}).get("unseen")
        if score and len(spec.held_out_speakers) == 1:
            scores[spec.held_out_speakers[0]] = Accuracy.from_dict(score)
    if not scores:
        return None
    shares = [score.share for score in scores.values()]
    spread = float(np.std(shares, ddof=1)) if len(shares) > 1 else None
    return Folds(dict(sorted(scores.items())), float(np.mean(shares)), spread)
