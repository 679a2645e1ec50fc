"""The rules: one function each, from a history to a finding or None.

In: a run's history. Out: findings. Thresholds know the noise of a small validation set: a
difference counts only if it is larger than chance would make it.
"""

import math
from collections.abc import Callable

from core.diagnosis.findings import Finding
from core.diagnosis.insides import TOO_SMALL, usual_ratio
from core.learning.history import Epoch, History

ENOUGH_EPOCHS = 4
"""Before this many epochs nothing is judged; UMLAUT (Schoop et al. 2021) compares single epochs
and so judges noise."""
GOOD = 0.95
"""A digit recogniser below this on the very clips it trains on has not learned its task; MFCC and
a linear model already reach 96 to 98 % on FSDD."""
GAP = 0.05
"""Least gap between training and validation accuracy that is called overfitting (skore takes 0.03
and a tenth of the score), besides twice its standard error."""
STILL_FALLING = 0.02
"""Relative fall of the training loss an epoch, over the last quarter, above which it is still
learning."""
FEW_STEPS = 100
"""Steps before which nobody can say what a network is able to learn; ten for each answer. Ours."""
LN_10 = math.log(10)


def standard_error(share: float, n: int) -> float:
    """Return the binomial standard error of a share of n examples; never zero for finite n."""
    p = min(max(share, 1 / (n + 2)), 1 - 1 / (n + 2))  # as if one more of each had been seen
    return math.sqrt(p * (1 - p) / max(n, 1))


def _last(history: History) -> tuple[Epoch, ...]:
    """Return the epochs of the last quarter, at least three of them."""
    return history.epochs[-max(3, len(history.epochs) // 4) :]


def _fall(epochs: tuple[Epoch, ...], name: str) -> float:
    """Return the mean relative fall of a loss from one epoch to the next."""
    first, last = (max(getattr(e, name), 1e-9) for e in (epochs[0], epochs[-1]))
    return 1 - math.pow(last / first, 1 / max(1, len(epochs) - 1))


def _in_words(loss: float) -> str:
    """Return a loss as it is read; the log writes 1e30 for one that is no longer finite."""
    if loss > 1e20:
        return "not a number any more"
    return f"{loss:.2f}" if loss < 1e6 else f"{loss:.1e}"


def _training_accuracy(epoch: Epoch) -> float:
    """Return how well the training clips are known.

    The curve is measured during training, with dropout, and so lies below what the finished
    network knows of them; validation accuracy is a lower bound as well.
    """
    return max(epoch.accuracy, epoch.val_accuracy)


def has_diverged(history: History) -> bool:
    """Return whether the loss is far above a guess among ten, and above where it began."""
    return history.epochs[-1].loss >= max(2 * LN_10, history.start_loss or 0.0)


def diverged(history: History) -> Finding | None:
    """Find that the loss has grown beyond a guess among ten, or is no longer a number."""
    worst = history.epochs[-1]
    if not has_diverged(history):
        return None
    return Finding(
        "slow",
        "Diverged: the learning rate is too high",
        f"The training loss is {_in_words(worst.loss)} after epoch {worst.epoch}; guessing among "
        f"ten digits gives {LN_10:.2f}.",
        "Each step overshoots the valley and lands higher on the other side, so the next gradient "
        "is larger still.",
        "Divide the learning rate by 10 and train again.",
        (1, worst.epoch),
    )


def _has_hardly_moved(history: History) -> bool:
    """Return whether the steps were too few, or too short, to tell what the network could learn."""
    usual = usual_ratio(history)
    short = usual is not None and 0 < usual < TOO_SMALL
    return history.epochs[-1].step < FEW_STEPS or short


def too_slow(history: History) -> Finding | None:
    """Find that the training clips are not learned yet, but the loss is still falling."""
    recent = _last(history)
    fall, known = _fall(recent, "loss"), _training_accuracy(history.epochs[-1])
    if known >= GOOD or (fall < STILL_FALLING and not _has_hardly_moved(history)):
        return None
    return Finding(
        "slow",
        "Too slow: it is still learning",
        f"After epoch {recent[-1].epoch} and {recent[-1].step:,} steps it knows {known:.1%} of its "
        f"clips, and the training loss is falling by {max(fall, 0):.1%} an epoch.",
        "The steps are short or few: a small learning rate, an optimizer that takes one step for "
        "all examples, or simply too few epochs.",
        "Train longer, choose a higher learning rate, or an optimizer that adapts its steps such "
        "as Adam.",
        (recent[0].epoch, recent[-1].epoch),
    )


def underfitting(history: History) -> Finding | None:
    """Find that the training clips are not learned, and the loss has stopped falling."""
    recent = _last(history)
    fall, known = _fall(recent, "loss"), _training_accuracy(history.epochs[-1])
    if known >= GOOD or fall >= STILL_FALLING or _has_hardly_moved(history):
        return None
    return Finding(
        "underfitting",
        "Underfitting: it does not even know its own clips",
        f"It knows {known:.1%} of the clips it trains on (a good network knows over {GOOD:.0%}), "
        f"and over epochs {recent[0].epoch} to {recent[-1].epoch} the loss fell by only "
        f"{max(fall, 0):.1%} an epoch.",
        "The network is too small for its task, or the learning signal does not reach its first "
        "layers, or the learning rate is so low that nothing moves.",
        "Choose a stronger network or a higher learning rate; check that the loss at the start is "
        f"near {LN_10:.2f}"
        + (f" (it was {history.start_loss:.2f})." if history.start_loss is not None else "."),
        (recent[0].epoch, recent[-1].epoch),
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
        f"validation loss was {_in_words(min(e.val_loss for e in history.epochs))}, now it is "
        f"{_in_words(last.val_loss)}.",
        "There are more weights than the clips can pin down, so the network remembers single "
        "clips instead of what they have in common.",
        "Use more recordings, turn on augmentation, or choose the network with dropout or fewer "
        "weights. The best epoch is kept in any case.",
        (best.epoch, last.epoch),
    )


RULES: tuple[Callable[[History], Finding | None], ...] = (
    diverged,
    too_slow,
    underfitting,
    overfitting,
)
"""Every rule, in the order in which its finding is shown."""


def diagnose(history: History) -> tuple[Finding, ...]:
    """Return what the history says: at least one finding, the most important first.

    "Could not judge yet" is a finding of its own and different from "healthy".
    """
    n = len(history.epochs)
    if n == 0 or (n < ENOUGH_EPOCHS and history.epochs[-1].loss < 2 * LN_10):
        return (
            Finding(
                "unjudged",
                "Could not judge yet",
                f"{n} of the {ENOUGH_EPOCHS} epochs that a verdict needs are done.",
                "One or two epochs say more about chance than about the network.",
                "Let it train on.",
            ),
        )
    found = tuple(f for rule in RULES if (f := rule(history)) is not None)
    if found:
        return found
    best = history.best
    assert best is not None
    return (
        Finding(
            "healthy",
            "Healthy: it learns, and what it learns holds for new takes",
            f"After epoch {best.epoch} it answered {best.val_accuracy:.1%} of "
            f"{history.n_validation} clips right that it was not trained on, and "
            f"{history.epochs[-1].accuracy:.1%} of those it was.",
            "Training and validation curves stay together and both are good.",
            "Keep the model. These are other takes of speakers it knows: leave a speaker out to "
            "see what it makes of a stranger.",
            (1, history.epochs[-1].epoch),
        ),
    )
