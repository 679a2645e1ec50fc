"""The verdicts: one rule each, from a history to a finding or None.

In: a run's history. Out: findings. Thresholds know the noise of a small validation set: a
difference counts only if it is larger than chance would make it.
"""

from collections.abc import Callable

from core.diagnosis.findings import Finding
from core.diagnosis.insides import usual_ratio
from core.diagnosis.measures import (
    ENOUGH_EPOCHS,
    FEW_STEPS,
    GOOD,
    LN_10,
    OURS_ON_LEARNING,
    fall,
    has_diverged,
    has_learned,
    has_seen_the_exam,
    known,
    last_quarter,
    loss_in_words,
    severity_of,
    severity_of_gap,
    standard_error,
    still_falls,
)
from core.diagnosis.otherwise import healthy, seen_the_exam, still_learning, too_soon
from core.diagnosis.pace import long_steps_in_words, steps_too_long, steps_too_short
from core.learning.history import History

GAP = 0.05
"""Least gap between training and validation accuracy that is called overfitting (skore takes 0.03
and a tenth of the score), besides twice its standard error."""


def diverged(history: History) -> Finding | None:
    """Find that the loss has grown beyond a guess among ten, or is no longer a number."""
    worst = history.epochs[-1]
    if not has_diverged(history):
        return None
    return Finding(
        "slow",
        "Diverged: the learning rate is too high",
        f"The training loss is {loss_in_words(worst.loss)} after epoch {worst.epoch}; guessing "
        f"among ten digits gives {LN_10:.2f}.",
        "Each step overshoots the valley and lands higher on the other side, so the next gradient "
        "is larger still.",
        "Divide the learning rate by 10 and train again.",
        (1, worst.epoch),
        severity="serious",
        source="Twice a guess among ten, and above the start: ours.",
    )


def overshooting(history: History) -> Finding | None:
    """Find that the loss stands still because the steps are too long to go down."""
    if has_diverged(history) or still_falls(history) or not steps_too_long(history):
        return None
    last = history.epochs[-1]
    return Finding(
        "slow",
        "Slow: its steps are too long to get down",
        f"After epoch {last.epoch} it knows {known(history):.1%} of its clips, and the training "
        f"loss is {loss_in_words(last.loss)} and stands still."
        + "".join(f" {words}" for words in long_steps_in_words(history)),
        "The gradient says which way is down only where the network stands. A step that is too "
        "long passes over the valley, again and again.",
        "Divide the learning rate by 10. Whether the network can learn its task is not known yet.",
        (last_quarter(history)[0].epoch, last.epoch),
        severity=severity_of(history),
        source=OURS_ON_LEARNING,
    )


def _has_hardly_moved(history: History) -> bool:
    """Return whether the steps were too few, or too short, to tell what the network could learn."""
    return history.epochs[-1].step < FEW_STEPS or steps_too_short(history)


def too_slow(history: History) -> Finding | None:
    """Find that the training clips are not learned yet, but the loss is still falling."""
    if has_learned(history) or not (still_falls(history) or _has_hardly_moved(history)):
        return None
    if overshooting(history) is not None or has_diverged(history):
        return None
    recent = last_quarter(history)
    adapts = history.setting is not None and history.setting.adaptive
    usual = usual_ratio(history)
    return Finding(
        "slow",
        "Too slow: it is still learning",
        f"After epoch {recent[-1].epoch} and {recent[-1].step:,} steps it knows "
        f"{known(history):.1%} of its clips, and the training loss is falling by "
        f"{max(fall(recent), 0):.1%} an epoch."
        + (f" A usual step changes a layer by {usual:.1e} of its weights." if usual else ""),
        "The steps are short or few: a small learning rate, an optimizer that takes one step for "
        "all examples, or simply too few epochs.",
        "Train longer, or choose a higher learning rate."
        if adapts
        else "Train longer, choose a higher learning rate, or an optimizer that adapts its steps "
        "such as Adam.",
        (recent[0].epoch, recent[-1].epoch),
        severity=severity_of(history),
        source=OURS_ON_LEARNING + f" At least {FEW_STEPS} steps: ours.",
    )


def underfitting(history: History) -> Finding | None:
    """Find that the training clips are not learned, and the loss has stopped falling."""
    if has_learned(history) or still_falls(history) or _has_hardly_moved(history):
        return None
    if steps_too_long(history):
        return None  # what the network could learn was never seen
    recent = last_quarter(history)
    return Finding(
        "underfitting",
        "Underfitting: it does not even know its own clips",
        f"It knows {known(history):.1%} of the clips it trains on (a good network knows over "
        f"{GOOD:.0%}), and over epochs {recent[0].epoch} to {recent[-1].epoch} the loss fell by "
        f"only {max(fall(recent), 0):.1%} an epoch.",
        "The network is too small for its task, or the learning signal does not reach its first "
        "layers.",
        "Choose a stronger network; check that the loss at the start is "
        f"near {LN_10:.2f}"
        + (f" (it was {history.start_loss:.2f})." if history.start_loss is not None else "."),
        (recent[0].epoch, recent[-1].epoch),
        severity=severity_of(history),
        source=OURS_ON_LEARNING,
    )


def overfitting(history: History) -> Finding | None:
    """Find that the clips it trains on are known much better than those it does not."""
    best, last = history.best, history.epochs[-1]
    assert best is not None
    gap = last.accuracy - last.val_accuracy
    noise = 2 * standard_error(last.val_accuracy, history.n_validation)
    if gap <= max(GAP, noise) or last.accuracy < GOOD - GAP:
        return None
    return Finding(
        "overfitting",
        "Overfitting: it learns its clips by heart",
        f"After epoch {last.epoch} it knows {last.accuracy:.1%} of the clips it trains on, but "
        f"{last.val_accuracy:.1%} of {history.n_validation} clips it does not: "
        f"{100 * gap:.1f} points less, where chance explains up to {100 * noise:.1f}. Its lowest "
        f"validation loss was {loss_in_words(min(e.val_loss for e in history.epochs))}, now it is "
        f"{loss_in_words(last.val_loss)}.",
        "There are more weights than the clips can pin down, so the network remembers single "
        "clips instead of what they have in common. Dropout works against it: no unit can rely on "
        "another one being there.",
        "Use more recordings, turn on augmentation, or choose the network with dropout or fewer "
        "weights. The best epoch is kept in any case.",
        (best.epoch, last.epoch),
        severity=severity_of_gap(gap),
        source=f"{100 * GAP:.0f} points: ours (skore takes 3 and a tenth of the score); twice the "
        "standard error of the validation clips: the binomial's.",
        curve="accuracy",
    )


RULES: tuple[Callable[[History], Finding | None], ...] = (
    diverged,
    overshooting,
    too_slow,
    underfitting,
    overfitting,
)
"""Every rule, in the order in which its finding is shown."""


def diagnose(history: History) -> tuple[Finding, ...]:
    """Return what the history says: at least one finding, the most important first.

    "Could not judge yet" is a finding of its own and different from "healthy". So is "still
    learning", of a run at work: whether it is too slow shows when the epochs asked for are done.
    """
    n = len(history.epochs)
    if n < ENOUGH_EPOCHS:
        at_once = diverged(history) if n else None
        return (at_once or too_soon(n),)
    asked = (history.setting and history.setting.epochs) or 0
    going = history.epochs[-1].epoch < asked
    rules = [rule for rule in RULES if not (going and rule is too_slow)]
    found = tuple(f for rule in rules if (f := rule(history)) is not None)
    if found:
        return found
    if going and too_slow(history) is not None:
        return (still_learning(history, asked),)
    if has_seen_the_exam(history):
        return (seen_the_exam(history),)
    return (healthy(history),)
