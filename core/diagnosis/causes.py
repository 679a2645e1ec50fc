"""The causes: one rule each, from a history to a finding or None; what lies beneath a verdict.

In: a run's history with its signals. Out: findings that name their cause, each with its severity,
its numbers and the source of its threshold: AUTOTRAINER (Zhang et al. 2021), Amazon SageMaker
Debugger's built-in rules, Karpathy's recipe (2019), Prechelt (1998); where one is ours, it says so.
"""

import math
from collections.abc import Callable

from core.diagnosis.data_causes import (
    leaked_split,
    past_its_best,
    shuffled_labels,
    speaker_overfitting,
    too_little_data,
)
from core.diagnosis.findings import Finding
from core.diagnosis.measures import LN_10, is_stuck, known, severity_of
from core.diagnosis.pace_causes import rate_too_high, rate_too_low, untrained_start
from core.diagnosis.rules import underfitting
from core.diagnosis.signal_causes import (
    dead_relus,
    exploding_gradients,
    identical_units,
    saturation,
    span,
    vanishing_gradients,
)
from core.learning.history import History

Rule = Callable[[History], Finding | None]

SIGNS: tuple[Rule, ...] = (
    leaked_split,
    shuffled_labels,
    identical_units,
    untrained_start,
    vanishing_gradients,
    exploding_gradients,
    dead_relus,
    saturation,
    rate_too_low,
    rate_too_high,
    speaker_overfitting,
    too_little_data,
    past_its_best,
)
"""Causes with a sign of their own."""

BITS_A_WEIGHT = 2.0
"""What a weight can store (MacKay 2003, chapter 40: a perceptron stores two bits a weight)."""
LEFT_THE_START = 0.95
"""Loss over ln 10 below which something was learned. Ours."""


def _unexplained(history: History) -> bool:
    """Return whether the clips are not learned and no sign says why."""
    if not is_stuck(history) or underfitting(history) is None:
        return False
    return not any(rule(history) for rule in SIGNS)


def too_small_network(history: History) -> Finding | None:
    """Find a network that could not hold its clips' answers even by heart."""
    setting, n = history.setting, history.n_train
    if setting is None or not n or not _unexplained(history):
        return None
    room, needed = BITS_A_WEIGHT * setting.parameters, n * math.log2(10)
    if room >= needed:
        return None
    return Finding(
        "underfitting",
        "Too small a network",
        f"It has {setting.parameters:,} numbers to learn, room for about {room:,.0f} bits; the "
        f"answers of its {n:,} clips are {needed:,.0f}. It knows {known(history):.1%} of them, and "
        "nothing else hinders it.",
        "What a network can tell apart is limited by its weights. No data and no patience help: it "
        "has no room for the differences between ten digits.",
        "Add filters, a layer, or a dense layer before the answers.",
        span(history),
        "too_small_network",
        severity_of(history),
        "Two bits a weight: MacKay 2003, chapter 40 (the capacity of a single neuron).",
    )


def plateau(history: History) -> Finding | None:
    """Find a loss that stands still with nothing else to be seen."""
    if not _unexplained(history) or too_small_network(history) is not None:
        return None
    last = history.epochs[-1]
    flat = [e for e in history.epochs if e.loss <= 1.05 * last.loss]
    since = flat[0].epoch if flat else last.epoch
    at_start = last.loss >= LEFT_THE_START * LN_10
    return Finding(
        "underfitting",
        "A plateau" + (" at the very start" if at_start else ""),
        f"Since epoch {since} the training loss has stayed within 5 % of {last.loss:.2f}"
        + (f", as high as a guess among ten ({LN_10:.2f})." if at_start else "."),
        "The slope is almost level here: saddle points and long flats are common on the way down, "
        "and a network may need many steps, or other ones, to leave them.",
        "Try the learning rate times and divided by 3, momentum or Adam, batch norm, or another "
        "seed."
        if at_start
        else "Lower the learning rate from here on (a schedule does), or choose a larger network.",
        span(history, since),
        "plateau",
        severity_of(history),
        "Dauphin et al. 2014 (saddle points); 5 %, and under 2 % an epoch: ours.",
    )


CAUSES: tuple[Rule, ...] = (*SIGNS, too_small_network, plateau)
"""Every rule, in the order in which its finding is shown; a finding names its rule."""


def causes(history: History) -> tuple[Finding, ...]:
    """Return what lies beneath the verdict; none before the first epoch has ended."""
    if not history.epochs:
        return ()
    found = tuple(f for rule in CAUSES if (f := rule(history)) is not None)
    # where all units are one, whatever else is seen follows from it
    alone = tuple(f for f in found if f.cause == "identical_units")
    return alone or found
