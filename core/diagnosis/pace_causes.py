"""Causes that lie in the beginning or the length of the steps.

In: a run's history. Out: findings that name their cause. What is usual depends on the optimizer:
one that adapts steps as long as its rate says, the others as long as the gradient makes them.
"""

from core.diagnosis.findings import Finding
from core.diagnosis.insides import usual_ratio
from core.diagnosis.measures import (
    LN_10,
    SWING,
    has_diverged,
    has_learned,
    is_stuck,
    loss_in_words,
    restless,
    severity_of,
    times_usual,
)
from core.diagnosis.pace import steps_too_long, steps_too_short
from core.diagnosis.signal_causes import span
from core.learning.history import History

BAD_START = 1.5
"""Loss at the start over ln 10; a tenth above it is usual for Glorot's first weights. Ours."""
USUAL = "Karpathy (2019) calls 1e-3 of the weights a step usual"


def untrained_start(history: History) -> Finding | None:
    """Find first answers that are much worse than a guess: the first weights are too wide."""
    start = history.start_loss
    if start is None or start < BAD_START * LN_10:
        return None
    return Finding(
        "slow",
        "It began worse than a guess",
        f"Before the first step the loss was {loss_in_words(start)}; answering every digit with "
        f"one tenth gives ln 10 = {LN_10:.2f}.",
        "The first weights are so wide that the untrained network is sure of its answers, and "
        "wrong. The first epochs go into unlearning them.",
        "Choose Glorot's or He's initialiser, or a picture scaled to mean 0 and deviation 1.",
        (0, 1),
        "untrained_start",
        "slight" if history.epochs and has_learned(history) else "serious",
        "ln 10: a guess among ten, Karpathy's recipe (2019); half as much again: ours.",
    )


def _usually(history: History) -> str:
    """Return how the rate stands to the optimizer's usual one, in words."""
    setting, times = history.setting, times_usual(history)
    if setting is None or 0.5 < times < 2:
        return ""
    return f" The learning rate is {times:,.3g} times what is usual for this optimizer."


def rate_too_low(history: History) -> Finding | None:
    """Find steps that hardly move any layer."""
    if has_learned(history) or not steps_too_short(history):
        return None
    usual = usual_ratio(history)
    moved = (
        f"A step changes no layer by more than {usual:.1e} of its weights; about 1e-3 is usual."
        if usual
        else "Its clips are not learned yet."
    )
    return Finding(
        "slow",
        "The learning rate is too low",
        moved + _usually(history),
        "The direction is right, but at this length of step it takes thousands of epochs to get "
        "anywhere.",
        "Multiply the learning rate by 10 or 100.",
        span(history),
        "rate_too_low",
        severity_of(history),
        f"{USUAL}; a tenth of it, or less than it at a tenth of the optimizer's usual rate: ours.",
        "ratios",
    )


def rate_too_high(history: History) -> Finding | None:
    """Find steps so long, or accuracies so restless, that the valley is overshot."""
    if not steps_too_long(history):
        return None
    usual, swings = usual_ratio(history), restless(history)
    numbers = []
    if usual is not None and usual < 1e6:
        numbers.append(
            f"A step changes some layer by {usual:.1%} of its weights (about 0.1 % is usual)."
        )
    if swings > 0 or not numbers:
        numbers.append(
            f"The training accuracy fell by {SWING:.0%} or more in {swings:.0%} of the epochs."
        )
    title = "The learning rate is too high"
    if has_diverged(history):
        title += ": the loss has left for good"
    elif swings > 0 and not is_stuck(history):
        title += ": the accuracy swings"
    return Finding(
        "slow",
        title,
        " ".join(numbers) + _usually(history),
        "Each step overshoots the valley and lands on its other side.",
        "Divide the learning rate by 10.",
        span(history),
        "rate_too_high",
        severity_of(history),
        f"{USUAL}, a hundred times it is ours; falls of 3 % in a fifth of the epochs: AUTOTRAINER "
        "(Zhang et al. 2021); ten times the optimizer's usual rate where nothing is learned: ours.",
        "accuracy",
    )
