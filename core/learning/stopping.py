"""Stopping early: whether a run has learned enough, or learns no more.

In: a spec's stop conditions and the epochs so far. Out: the reason to stop, in words, or none.
A pure function of the history, so that a resumed run stops where an uninterrupted one would.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.learning.history import Epoch
    from core.learning.specs import RunSpec

MAX_PATIENCE = 500


def check_stops(
    patience: int, score: float | None, seconds: float | None, epochs: int | None
) -> None:
    """Raise a ``ValueError`` where a stop condition makes no sense."""
    if not 0 <= patience <= MAX_PATIENCE:
        raise ValueError(f"patience={patience}: expected 0 (never) to {MAX_PATIENCE} epochs.")
    if score is not None and not 0 < score <= 1:
        raise ValueError(f"stop_score={score}: expected above 0, at most 1, or None.")
    if seconds is not None and not (seconds > 0 and isfinite(seconds)):
        raise ValueError(f"stop_seconds={seconds}: expected above 0 and finite, or None.")
    if epochs is not None and (not isinstance(epochs, int) or epochs < 1):
        raise ValueError(f"stop_epochs={epochs!r}: expected a whole number above 0, or None.")


def reason_to_stop(spec: RunSpec, epochs: Sequence[Epoch]) -> str | None:
    """Return why a run should end after its latest epoch; None where it should go on.

    Parameters
    ----------
    spec : RunSpec
        Its ``patience``, ``stop_score``, ``stop_seconds`` and ``stop_epochs``.
    epochs : sequence of Epoch
        All epochs so far, in order.
    """
    if not epochs:
        return None
    last = epochs[-1]
    if spec.stop_score is not None and last.val_accuracy >= spec.stop_score:
        return f"validation accuracy {last.val_accuracy:.1%} reached {spec.stop_score:.1%}"
    if spec.stop_seconds is not None and last.seconds >= spec.stop_seconds:
        return f"{last.seconds:.0f} s of training, {spec.stop_seconds:.0f} s were asked for"
    if spec.stop_epochs is not None and last.epoch >= spec.stop_epochs:
        return f"{last.epoch} of {spec.epochs} epochs, no more were asked for"
    best = min(epochs, key=lambda e: e.val_loss if isfinite(e.val_loss) else float("inf"))
    waited = last.epoch - best.epoch
    if spec.patience and waited >= spec.patience:
        return f"no better validation loss for {waited} epochs (the best was epoch {best.epoch})"
    return None
