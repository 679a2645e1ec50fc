"""Causes that lie in the data: too few, wrong, leaked, or all of the same voices.

In: a run's history. Out: findings that name their cause.
"""

import statistics

from core.diagnosis.findings import Finding
from core.diagnosis.measures import (
    ENOUGH_EPOCHS,
    LN_10,
    has_seen_the_exam,
    loss_in_words,
    lost_on_strangers,
    severity_of_gap,
    standard_error,
)
from core.diagnosis.rules import overfitting
from core.diagnosis.signal_causes import span
from core.learning.history import History

FEW_CLIPS = 50
"""Clips of each answer below which overfitting is put down to their number. Ours: eight a digit
give 84 % of new takes, eighty 96 % (the lesson on overfitting)."""
PAST, SINCE = 1.2, 5
"""Validation loss over its lowest, and epochs since. Prechelt (1998) calls the first the
generalisation loss and looks at strips of five epochs; a fifth is ours, among his 5 % and more."""
BY_HEART = 0.3
"""Training accuracy at which something was learned, three times a guess among ten. Ours."""


def leaked_split(history: History) -> Finding | None:
    """Find that clips on which it is judged were trained on."""
    n, share = history.n_leaked, history.n_leaked / max(1, history.n_validation)
    if not has_seen_the_exam(history):
        return None
    return Finding(
        "overfitting",
        "A leaked split: it has seen the exam",
        f"{n:,} clips that choose the epoch or are scored are, sample for sample, among the "
        f"{history.n_train:,} that train.",
        "A clip that was trained on is answered from memory. The score then says how well the "
        "network remembers, and nothing about sounds that are new to it.",
        "Remove the copies, or split so that every clip stands on one side; then train anew.",
        span(history),
        "leaked_split",
        "serious" if share > 0.1 else "moderate",
        "Every clip is compared, which needs no threshold; three clips, and one in a hundred of "
        "the validation clips: ours.",
        "data",
    )


def shuffled_labels(history: History) -> Finding | None:
    """Find that something was learned which has nothing to do with the validation clips."""
    if len(history.epochs) < ENOUGH_EPOCHS:
        return None
    last = history.epochs[-1]
    chance = 0.1 + 3 * standard_error(0.1, history.n_validation)
    if last.accuracy < BY_HEART or last.val_accuracy > chance or last.val_loss < LN_10:
        return None
    return Finding(
        "overfitting",
        "The labels are wrong: what it learns holds for no other clip",
        f"After epoch {last.epoch} it answers {last.accuracy:.1%} of its training clips as they "
        f"are labelled, but {last.val_accuracy:.1%} of {history.n_validation} validation clips: a "
        f"guess gets 10 %, and chance explains up to {chance:.1%}.",
        "A network with enough weights learns any labels by heart, even drawn by lot. What tells "
        "them apart is only whether it helps with clips it was not shown.",
        "Listen to a few training clips beside their labels; look for a list that was sorted "
        "differently from the files.",
        span(history),
        "shuffled_labels",
        "serious",
        "Zhang et al. 2017 (learning random labels by heart); three standard errors of a guess: "
        "the binomial's; three times a guess on its own clips: ours.",
        "accuracy",
    )


def too_little_data(history: History) -> Finding | None:
    """Find that it learns by heart because there is little else to learn."""
    if len(history.epochs) < ENOUGH_EPOCHS or not history.n_train:
        return None
    each = history.n_train / 10
    found = overfitting(history)
    if found is None or each >= FEW_CLIPS or shuffled_labels(history) is not None:
        return None
    setting = history.setting
    weights = f"; the network has {setting.parameters:,} numbers to learn" if setting else ""
    return Finding(
        "overfitting",
        "Too little data",
        f"It trains on {history.n_train:,} clips, about {each:.0f} of each digit{weights}.",
        "With few examples many different rules fit all of them, and most of those rules are wrong "
        "elsewhere. Each further clip rules some out.",
        "Train on more of the clips, add another data set or your own voice, or turn on "
        "augmentation, which makes several of one.",
        found.epochs,
        "too_little_data",
        found.severity,
        f"{FEW_CLIPS} clips a digit: ours; eight give 84 % of new takes, eighty 96 %.",
        "accuracy",
    )


def past_its_best(history: History) -> Finding | None:
    """Find that the validation loss has been rising for long."""
    best = history.best
    if best is None or history.epochs[-1].epoch - best.epoch < SINCE:
        return None
    recent = statistics.median(e.val_loss for e in history.epochs[-SINCE:])
    if recent < PAST * max(best.val_loss, 0.05) or best.accuracy < 2 * 0.1:
        return None
    last = history.epochs[-1]
    return Finding(
        "overfitting",
        "Trained past its best",
        f"The validation loss was lowest after epoch {best.epoch} ({best.val_loss:.2f}); over the "
        f"last {SINCE} epochs it was {loss_in_words(recent)}.",
        "At first what it learns holds for all clips. Later it only grows surer of its own ones, "
        "and where it is wrong about others it is wrong with confidence.",
        "Stop early: end the run once the validation loss has not improved for a few epochs. The "
        "best epoch is kept in any case; what you save is time.",
        (best.epoch, last.epoch),
        "past_its_best",
        "moderate" if recent > 2 * best.val_loss else "slight",
        "Prechelt 1998, Early stopping - but when? (generalisation loss, strips of five epochs); a "
        "fifth above the lowest: ours.",
    )


def speaker_overfitting(history: History) -> Finding | None:
    """Find that voices it knows are understood and strangers are not."""
    best, lost = history.best, lost_on_strangers(history)
    if best is None or lost is None:
        return None
    gap, noise = lost
    return Finding(
        "overfitting",
        "Speaker overfitting: it knows the voices, not the digits",
        f"After epoch {best.epoch} it answers {best.val_accuracy:.1%} of new takes by speakers it "
        f"knows, and {best.unseen_accuracy:.1%} of those by somebody it has never heard: "
        f"{100 * gap:.1f} points less, where chance explains up to {100 * noise:.1f}.",
        "What it learned of a “seven” is also who said it: pitch, length of the vocal tract, "
        "accent. With few speakers, that pays as well as the digit itself.",
        "Turn on augmentation, add speakers (your own voice, the synthetic ones), and look at the "
        "second number when you choose.",
        span(history),
        "speaker_overfitting",
        severity_of_gap(gap),
        "Ten points: ours; twice the standard error of both shares: the binomial's.",
        "accuracy",
    )
