"""The causes: one rule each, from a history to a finding or None; what lies beneath a verdict.

In: a run's history with its signals. Out: findings that name their cause. A network that has
learned its clips has no cause to be named: gradients of any size will do if they do the work.
Sources: AUTOTRAINER (Zhang et al. 2021), Amazon SageMaker Debugger's built-in rules, Karpathy's
recipe (2019); where a threshold is ours, it says so.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from core.diagnosis.findings import Finding
from core.diagnosis.insides import TOO_SMALL, Insides, insides_of, usual_ratio
from core.diagnosis.rules import GOOD, LN_10, has_diverged
from core.learning.history import History

VANISHING = 1e-3
"""First layer's gradient norm over the last one's; AUTOTRAINER."""
EXPLODING = 70.0
"""Largest gradient norm over its usual one (median); AUTOTRAINER takes the ratio of layers."""
HALF = 0.5
"""Share of dead units, and of saturated ones, above which a layer is called so; SageMaker."""
BAD_START = 1.5
"""Loss at the start over ln 10; a tenth above it is usual for Glorot's first weights. Ours."""
TOO_LARGE = 0.1
"""Update over weights a step, from above: a hundred times Karpathy's usual 1e-3. Ours."""
SWING, SWINGS = 0.03, 0.2
"""A fall of accuracy by 0.03 in a fifth of the epochs: oscillation, AUTOTRAINER."""
STRANGERS = 0.1
"""Accuracy lost between known speakers and strangers that is called speaker overfitting. Ours:
the 95 % interval of 100 clips at 95 % is four points wide on each side."""


def _span(history: History) -> tuple[int, int]:
    return (1, history.epochs[-1].epoch) if history.epochs else (0, 0)


def _has_learned(history: History) -> bool:
    last = history.epochs[-1]
    return max(last.accuracy, last.val_accuracy) >= GOOD


def identical_units(history: History) -> Finding | None:
    """Find that every layer but the last has no gradient at all: zero initialisation."""
    inside = insides_of(history)
    if inside is None or np.any(inside.gradients[:, :-1] > 0):
        return None
    return Finding(
        "underfitting",
        "All weights began at zero",
        f"In all {len(inside.gradients)} steps the gradient of every layer before "
        f"“{inside.layers[-1]}” was exactly 0.",
        "Back propagation multiplies by the weights on its way back: through zeros nothing comes. "
        "And units that begin alike stay alike.",
        "Choose another initialiser: Glorot's or He's begin at random, as wide as keeps the signal "
        "alive.",
        _span(history),
        "identical_units",
    )


def untrained_start(history: History) -> Finding | None:
    """Find first answers that are much worse than a guess: the first weights are too wide."""
    start = history.start_loss
    if start is None or start < BAD_START * LN_10:
        return None
    return Finding(
        "slow",
        "It began worse than a guess",
        f"Before the first step the loss was {start:.3g}; answering every digit with one tenth "
        f"gives ln 10 = {LN_10:.2f}.",
        "The first weights are so wide that the untrained network is sure of its answers, and "
        "wrong. The first epochs go into unlearning them.",
        "Choose Glorot's or He's initialiser, or a picture scaled to mean 0 and deviation 1.",
        (0, 1),
        "untrained_start",
    )


def vanishing_gradients(history: History) -> Finding | None:
    """Find that the first layer gets a thousandth of the last one's gradient."""
    inside = insides_of(history)
    if inside is None or _has_learned(history):
        return None
    first, last = inside.gradients[:, 0], inside.gradients[:, -1]
    share = float(np.median(first / np.maximum(last, 1e-30)))
    if not 0 < share < VANISHING:
        return None
    return Finding(
        "underfitting",
        "Vanishing gradients: the first layers hardly learn",
        f"Half of the time the gradient of “{inside.layers[0]}” was less than {share:.1e} of that "
        f"of “{inside.layers[-1]}” (below {VANISHING:.0e} is called vanishing).",
        "Back propagation multiplies one derivative a layer. A sigmoid's is at most a quarter, so "
        "after a few layers next to nothing is left.",
        "Choose ReLU, whose derivative is 1 wherever it is open; or batch norm; or fewer layers.",
        _span(history),
        "vanishing_gradients",
    )


def exploding_gradients(history: History) -> Finding | None:
    """Find gradients many times their usual size, or beyond all numbers."""
    inside = insides_of(history)
    if inside is None or _has_learned(history):
        return None
    whole = np.sqrt((inside.gradients**2).sum(axis=1))
    usual, largest = float(np.median(whole)), float(whole.max())
    if largest < EXPLODING * max(usual, 1e-12) and largest < 1e6:
        return None
    return Finding(
        "slow",
        "Exploding gradients",
        f"The largest gradient had a norm of {largest:.2g}; the usual one {usual:.2g}.",
        "Derivatives above one multiply on the way back, and one such step throws the weights far "
        "from where they had come to.",
        "Lower the learning rate, choose a narrower initialiser, or add batch norm.",
        _span(history),
        "exploding_gradients",
    )


def _activity(history: History, inside: Insides | None, name: str) -> tuple[str, float] | None:
    """Return the layer with the largest share, and its median over the later looks."""
    if inside is None or not inside.looks or _has_learned(history):
        return None
    shares: dict[str, list[float]] = {}
    for look in inside.looks[len(inside.looks) // 2 :]:
        for activity in look:
            if (share := getattr(activity, name)) is not None:
                shares.setdefault(activity.layer, []).append(share)
    medians = {layer: float(np.median(found)) for layer, found in shares.items()}
    worst = max(medians, key=lambda layer: medians[layer], default=None)
    return None if worst is None or medians[worst] < HALF else (worst, medians[worst])


def dead_relus(history: History) -> Finding | None:
    """Find a layer of which more than half the ReLUs never open."""
    found = _activity(history, insides_of(history), "dead")
    if found is None:
        return None
    return Finding(
        "underfitting",
        "Dead ReLUs",
        f"{found[1]:.0%} of the units of “{found[0]}” are zero on every probe image.",
        "A ReLU that is negative everywhere gives nothing and gets no gradient: it cannot come "
        "back. A step that was too long usually threw it there.",
        "Lower the learning rate, or choose a leaky ReLU, ELU or GELU; train anew.",
        _span(history),
        "dead_relus",
    )


def saturation(history: History) -> Finding | None:
    """Find a layer of which more than half the values lie at the flat ends."""
    found = _activity(history, insides_of(history), "saturated")
    if found is None:
        return None
    return Finding(
        "underfitting",
        "Saturated units",
        f"{found[1]:.0%} of the values of “{found[0]}” lie at the flat ends of its curve.",
        "At its ends a sigmoid or tanh is flat: its derivative is almost zero, and what is "
        "multiplied by it does not get through.",
        "Choose a narrower initialiser, batch norm, or ReLU.",
        _span(history),
        "saturation",
    )


def rate_too_low(history: History) -> Finding | None:
    """Find steps that hardly move any layer."""
    usual = usual_ratio(history)
    if usual is None or _has_learned(history) or not 0 < usual < TOO_SMALL:
        return None
    return Finding(
        "slow",
        "The learning rate is too low",
        f"A step changes no layer by more than {usual:.1e} of its weights; about 1e-3 is usual.",
        "The direction is right, but at this length of step it takes thousands of epochs to get "
        "anywhere.",
        "Multiply the learning rate by 10 or 100.",
        _span(history),
        "rate_too_low",
    )


def rate_too_high(history: History) -> Finding | None:
    """Find steps so long, or accuracies so restless, that the valley is overshot."""
    if _has_learned(history):
        return None
    usual = usual_ratio(history) or 0.0
    accuracies = [e.accuracy for e in history.epochs]
    falls = [a - b for a, b in pairwise(accuracies)]
    swings = sum(fall >= SWING for fall in falls) / max(1, len(falls))
    wild = has_diverged(history)
    if usual < TOO_LARGE and swings < SWINGS and not wild:
        return None
    return Finding(
        "slow",
        "The learning rate is too high",
        f"A step changes some layer by {usual:.1%} of its weights (about 0.1 % is usual), and the "
        f"training accuracy fell by {SWING:.0%} or more in {swings:.0%} of the epochs.",
        "Each step overshoots the valley and lands on its other side.",
        "Divide the learning rate by 10.",
        _span(history),
        "rate_too_high",
    )


def speaker_overfitting(history: History) -> Finding | None:
    """Find that voices it knows are understood and strangers are not."""
    best = history.best
    if best is None or best.unseen_accuracy is None or best.val_accuracy < GOOD - STRANGERS:
        return None
    gap = best.val_accuracy - best.unseen_accuracy
    if gap < STRANGERS:
        return None
    return Finding(
        "overfitting",
        "Speaker overfitting: it knows the voices, not the digits",
        f"After epoch {best.epoch} it answers {best.val_accuracy:.1%} of new takes by speakers it "
        f"knows, and {best.unseen_accuracy:.1%} of those by somebody it has never heard.",
        "What it learned of a “seven” is also who said it: pitch, length of the vocal tract, "
        "accent. With few speakers, that pays as well as the digit itself.",
        "Turn on augmentation, add speakers (your own voice, the synthetic ones), and look at the "
        "second number when you choose.",
        _span(history),
        "speaker_overfitting",
    )


CAUSES: tuple[Callable[[History], Finding | None], ...] = (
    identical_units,
    untrained_start,
    vanishing_gradients,
    exploding_gradients,
    dead_relus,
    saturation,
    rate_too_low,
    rate_too_high,
    speaker_overfitting,
)
"""Every rule, in the order in which its finding is shown; a finding names its rule."""


def causes(history: History) -> tuple[Finding, ...]:
    """Return what lies beneath the verdict; none before the first epoch has ended."""
    if not history.epochs:
        return ()
    found = tuple(f for rule in CAUSES if (f := rule(history)) is not None)
    # where nothing but the last bias can learn, whatever else is seen follows from it
    alone = tuple(f for f in found if f.cause == "identical_units")
    return alone or found
