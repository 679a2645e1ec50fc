"""The pace: whether a run's steps are too short to get anywhere, or too long, and by what signs.

In: a run's history. Out: yes or no, and each sign in a sentence. How long a step is, is measured
against the weights that it changes; what rate is usual depends on the optimizer.
"""

from typing import Literal

from core.diagnosis.insides import usual_ratio
from core.diagnosis.measures import (
    ENOUGH_EPOCHS,
    SWING,
    SWINGS,
    has_diverged,
    has_learned,
    is_stuck,
    restless,
    times_usual,
)
from core.learning.history import History

USUAL_STEP = 1e-3
"""Update over weights a step that Karpathy (2019) calls usual."""
TOO_SMALL = USUAL_STEP / 10
"""Update over weights a step below which they are called too short, whatever the rate. Ours."""
TOO_LARGE = 0.1
"""Update over weights a step, from above: a hundred times the usual one. Ours."""
UNUSUAL = 10.0
"""Times, or part of, the optimizer's usual learning rate from which on the rate is suspected; a
step of the ladder in tenths on which rates are tried. Ours."""

LongSteps = Literal["diverged", "far", "restless", "rate"]
"""By what steps are seen to be too long: the loss, their length, the accuracies, the rate."""


def steps_too_short(history: History) -> bool:
    """Return whether the steps are too short to get anywhere."""
    if steps_too_long(history):
        return False  # what was thrown far out hardly moves there
    usual = usual_ratio(history)
    if usual is not None and 0 < usual < TOO_SMALL:
        return True
    low = times_usual(history) <= 1 / UNUSUAL * 1.001
    return low and not has_learned(history) and (usual is None or usual < USUAL_STEP)


def signs_of_long_steps(history: History) -> tuple[LongSteps, ...]:
    """Return by what the steps are seen to overshoot; nothing where the clips are known."""
    if has_learned(history):
        return ()
    enough = len(history.epochs) >= ENOUGH_EPOCHS
    signs: dict[LongSteps, bool] = {
        "diverged": has_diverged(history),
        "far": (usual_ratio(history) or 0.0) >= TOO_LARGE,
        "restless": enough and restless(history) >= SWINGS,
        "rate": is_stuck(history) and times_usual(history) >= UNUSUAL * 0.999,
    }
    return tuple(sign for sign, seen in signs.items() if seen)


def steps_too_long(history: History) -> bool:
    """Return whether the steps overshoot: far too long, restless, or far above the usual rate."""
    return bool(signs_of_long_steps(history))


def long_steps_in_words(history: History) -> tuple[str, ...]:
    """Return a sentence for each sign but a loss that diverged, which has a verdict of its own."""
    usual, times = usual_ratio(history) or 0.0, times_usual(history)
    length = f"by {usual:.1%} of its weights" if usual < 1e6 else "beyond all bounds"
    words = {
        "far": f"A usual step changes some layer {length}; about {USUAL_STEP:.1%} is usual.",
        "restless": f"Its training accuracy fell by {SWING:.0%} or more in {restless(history):.0%} "
        "of the epochs.",
        "rate": f"Its learning rate is {times:,.3g} times what is usual for this optimizer.",
    }
    return tuple(words[sign] for sign in signs_of_long_steps(history) if sign in words)
