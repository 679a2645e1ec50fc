"""What every rule measures: what is known, whether the loss still falls, how restless it is.

In: a run's history. Out: numbers and yes or no. A share of a few clips is uncertain, and each
measure says by how much; what is usual depends on the optimizer, and each asks which it is.
"""

import math
from itertools import pairwise

from core.diagnosis.findings import Severity
from core.learning.history import Epoch, History

LN_10 = math.log(10)
ENOUGH_EPOCHS = 4
"""Before this many epochs only a loss that diverged is judged; UMLAUT (Schoop et al. 2021) compares
single epochs and so judges noise."""
GOOD = 0.95
"""A digit recogniser below this on the very clips it trains on has not learned its task; MFCC and
a linear model already reach 96 to 98 % on FSDD."""
STILL_FALLING = 0.02
"""Relative fall of the training loss an epoch, over the last quarter, above which it is still
learning. Ours: at less it takes more than 35 epochs to halve."""
OURS_ON_LEARNING = (
    f"{GOOD:.0%} of its own clips: ours, below what a linear model reaches on FSDD; "
    f"{STILL_FALLING:.0%} of the loss an epoch: ours, half of it takes 35 epochs."
)
"""Whose the thresholds of learning are, in words."""
FEW_STEPS = 100
"""Steps before which nobody can say what a network is able to learn; ten for each answer. Ours."""
SWING, SWINGS = 0.03, 0.2
"""A fall of accuracy by 0.03 in a fifth of the epochs: oscillation, AUTOTRAINER (Zhang et al.
2021). Smaller falls than twice their standard error are chance, and are not counted."""
STRANGERS = 0.1
"""Accuracy lost between known speakers and strangers that is called speaker overfitting. Ours:
the 95 % interval of 100 clips at 95 % is four points wide on each side."""

A_FEW, LEAKED = 3, 0.01
"""Held-out clips met in training, and their number over that of the validation clips, from which on
a score is not believed. Ours."""


def standard_error(share: float, n: int) -> float:
    """Return the binomial standard error of a share of n examples; never zero for finite n."""
    p = min(max(share, 1 / (n + 2)), 1 - 1 / (n + 2))  # as if one more of each had been seen
    return math.sqrt(p * (1 - p) / max(n, 1))


def last_quarter(history: History) -> tuple[Epoch, ...]:
    """Return the epochs of the last quarter, at least three of them."""
    return history.epochs[-max(3, len(history.epochs) // 4) :]


def fall(epochs: tuple[Epoch, ...]) -> float:
    """Return the mean relative fall of the training loss from one epoch to the next."""
    first, last = (max(e.loss, 1e-9) for e in (epochs[0], epochs[-1]))
    return 1 - math.pow(last / first, 1 / max(1, len(epochs) - 1))


def known(history: History) -> float:
    """Return how well the training clips are known.

    The curve is measured during training, perhaps on changed clips and with units switched off, and
    so lies below what the finished network knows; validation accuracy is a lower bound as well.
    """
    last = history.epochs[-1]
    return max(last.accuracy, last.val_accuracy)


def has_learned(history: History) -> bool:
    """Return whether the training clips are known, as far as so many can tell.

    Where they are changed, or units switched off, while they are trained on, their own curve does
    not tell, and the validation clips have to, with their own doubt.
    """
    last, setting = history.epochs[-1], history.setting
    doubt, other = (
        2 * standard_error(GOOD, n) if n else 0.0 for n in (history.n_train, history.n_validation)
    )
    if setting is None or not setting.harder:
        other = 0.0
    return last.accuracy >= GOOD - doubt or last.val_accuracy >= GOOD - other


def still_falls(history: History) -> bool:
    """Return whether the training loss is still falling."""
    return fall(last_quarter(history)) >= STILL_FALLING


def is_stuck(history: History) -> bool:
    """Return whether the clips are not learned and the loss stands still; never too early."""
    if len(history.epochs) < ENOUGH_EPOCHS:
        return False
    return not has_learned(history) and not still_falls(history)


def has_diverged(history: History) -> bool:
    """Return whether the loss is far above a guess among ten, and above where it began."""
    return history.epochs[-1].loss >= max(2 * LN_10, history.start_loss or 0.0)


def times_usual(history: History) -> float:
    """Return the learning rate over the usual one of the optimizer; 1 where nobody told which."""
    setting = history.setting
    if setting is None or not history.epochs:
        return 1.0
    highest = max(e.learning_rate for e in history.epochs)
    return highest / setting.usual_rate


def restless(history: History) -> float:
    """Return in which share of the epochs the training accuracy fell by more than chance."""
    n = history.n_train
    shares = [e.accuracy for e in history.epochs]

    def matters(before: float, after: float) -> bool:
        # the same clips are answered twice: their difference is no more uncertain than this
        doubt = 2 * math.sqrt(2) * standard_error(before, n) if n else 0.0
        return before - after >= max(SWING, doubt)

    falls = [matters(a, b) for a, b in pairwise(shares)]
    return sum(falls) / max(1, len(falls))


def has_seen_the_exam(history: History) -> bool:
    """Return whether clips that judge it were trained on, more than a take copied by accident."""
    n = history.n_leaked
    return n >= A_FEW and n >= LEAKED * history.n_validation


def lost_on_strangers(history: History) -> tuple[float, float] | None:
    """Return how much accuracy is lost on speakers left out, and how much of it chance explains.

    None where that is too little to be told from chance, nobody was left out, or the speakers it
    knows are not understood either.
    """
    best = history.best
    if best is None or best.unseen_accuracy is None or best.val_accuracy < GOOD - STRANGERS:
        return None
    errors = (
        standard_error(best.val_accuracy, history.n_validation) if history.n_validation else 0.0,
        standard_error(best.unseen_accuracy, history.n_unseen) if history.n_unseen else 0.0,
    )
    gap, noise = best.val_accuracy - best.unseen_accuracy, 2 * math.hypot(*errors)
    return None if gap < max(STRANGERS, noise) else (gap, noise)


def severity_of(history: History) -> Severity:
    """Return how much is at stake where the training clips are not learned."""
    share = known(history)
    return "serious" if share < 0.5 else "moderate" if share < 0.8 else "slight"


def severity_of_gap(gap: float) -> Severity:
    """Return how much is at stake where what is known does not hold for others."""
    return "serious" if gap >= 0.2 else "moderate" if gap >= 0.1 else "slight"


def loss_in_words(loss: float) -> str:
    """Return a loss as it is read; the log writes 1e30 for one that is no longer finite."""
    if loss > 1e20:
        return "not a number any more"
    return f"{loss:.2f}" if loss < 1e6 else f"{loss:.1e}"
