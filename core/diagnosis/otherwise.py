"""What is said where no rule speaks: not yet, still learning, could not be judged, or healthy.

In: a run's history. Out: a finding. Each is one of its own: silence is never taken for health.
"""

from core.diagnosis.findings import Finding
from core.diagnosis.measures import (
    ENOUGH_EPOCHS,
    OURS_ON_LEARNING,
    fall,
    known,
    last_quarter,
    lost_on_strangers,
)
from core.learning.history import History


def too_soon(n: int) -> Finding:
    """Return that too few epochs are done."""
    return Finding(
        "unjudged",
        "Could not judge yet",
        f"{n} of the {ENOUGH_EPOCHS} epochs that a verdict needs are done.",
        "One or two epochs say more about chance than about the network.",
        "Let it train on.",
        source="UMLAUT (Schoop et al. 2021) compares single epochs and judges noise.",
    )


def still_learning(history: History, asked: int) -> Finding:
    """Return that a run at work goes on learning, with more epochs to come."""
    last = history.epochs[-1]
    return Finding(
        "unjudged",
        f"Still learning: epoch {last.epoch + 1} of {asked}",
        f"After epoch {last.epoch} it knows {known(history):.1%} of its clips, and the training "
        f"loss is falling by {max(fall(last_quarter(history)), 0):.1%} an epoch.",
        "Whether it is too slow can be said when the epochs that were asked for are done.",
        "Let it train on.",
        source=OURS_ON_LEARNING,
    )


def seen_the_exam(history: History) -> Finding:
    """Return that no score can be believed, as clips that judge it were trained on."""
    return Finding(
        "unjudged",
        "Could not be judged: it has seen the exam",
        f"It answers {history.epochs[-1].val_accuracy:.1%} of {history.n_validation} "
        f"validation clips right, but {history.n_leaked:,} clips that judge it were "
        "trained on.",
        "What was trained on is answered from memory.",
        "Keep these clips out of training, and train anew.",
        source="A copy or two by accident aside (ours), any leak is too much.",
        curve="data",
    )


def healthy(history: History) -> Finding:
    """Return that nothing is wrong, and what to do with the model."""
    best, setting = history.best, history.setting
    assert best is not None
    harder = setting is not None and setting.harder
    return Finding(
        "healthy",
        "Healthy: it learns, and what it learns holds for new takes",
        f"After epoch {best.epoch} it answered {best.val_accuracy:.1%} of "
        f"{history.n_validation} clips right that it was not trained on, and "
        f"{history.epochs[-1].accuracy:.1%} of those it was"
        + (", changed or with units switched off, which is harder." if harder else "."),
        "What it knows of its own clips it knows of others as well."
        if harder
        else "Training and validation curves stay together and both are good.",
        _to_keep(history),
        (1, history.epochs[-1].epoch),
        source=OURS_ON_LEARNING,
        curve="accuracy",
    )


def _to_keep(history: History) -> str:
    """Return what to do with a healthy model, by what is known of it and strangers."""
    best = history.best
    if best is None or best.unseen_accuracy is None:
        return (
            "Keep the model. These are other takes of speakers it knows: leave a speaker out to "
            "see what it makes of a stranger."
        )
    clips = f"{history.n_unseen} clips" if history.n_unseen else "the clips"
    strangers = (
        f"of {clips} by speakers it has never heard it answered {best.unseen_accuracy:.1%} right"
    )
    if lost_on_strangers(history) is None:
        return f"Keep the model: {strangers}."
    return (
        f"Speaker overfitting: {strangers}. Keep the model for the voices it knows; for others "
        "look at that cause first."
    )
