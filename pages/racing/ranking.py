"""Who is ahead in a race, by each of its three clocks.

In: a race as it stands. Out: a table, a sentence, and what they rest on.
"""

import streamlit as st

from core.learning.evaluation import accuracy
from core.learning.optimizers import OPTIMIZERS
from core.learning.racing.races import Look
from core.learning.racing.results import Trial

TARGETS = [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
CLOCKS = (("epoch", "epoch", "epochs"), ("step", "update", "updates"), ("seconds", "second", "s"))
"""Attributes of a point, what they are called, and their units."""


def draw(look: Look) -> None:
    """Draw the ranking, where a lane has begun."""
    results = look.results
    lanes = results.ranking()
    if not lanes:
        return
    st.subheader("The ranking" if not look.moves else "The ranking so far")
    target = st.select_slider(
        "Who first reaches a validation accuracy of",
        TARGETS,
        0.8,
        format_func=lambda x: f"{x:.0%}",
        key="race-target",
    )
    st.dataframe([_row(lane, results.n_validation, target) for lane in lanes], hide_index=True)
    st.markdown(_firsts(lanes, target))
    st.caption(
        "Ranked by the lowest validation loss of any epoch, and last a lane whose loss left all "
        f"bounds, on {results.n_validation} validation "
        "clips that no lane trains on; the test clips play no part. One seed and few clips: where "
        "the intervals overlap, another seed may rank them the other way round."
    )


def _row(lane: Trial, n_validation: int, target: float) -> dict[str, str]:
    """Return a lane's line in the table."""
    best, reached = lane.best, lane.reaches(target)
    if best is None:
        scores = {"Lowest loss": "none: it left all bounds", "At epoch": "", "Accuracy there": ""}
    else:
        found = accuracy(round(best.val_accuracy * n_validation), n_validation)
        interval = f" ({found.low:.0%} to {found.high:.0%})" if found else ""
        scores = {
            "Lowest loss": f"{best.val_loss:.3f}" + (", then it left all bounds" * lane.lost),
            "At epoch": str(best.epoch),
            "Accuracy there": f"{best.val_accuracy:.1%}{interval}",
        }
    there = f"to {target:.0%}"
    return {
        "Optimizer": OPTIMIZERS[lane.optimizer].label,
        "Learning rate": f"{lane.rate:.3g}",
        **scores,
        f"Epochs {there}": str(reached.epoch) if reached else "not reached",
        f"Updates {there}": f"{reached.step:,}" if reached else "not reached",
        f"Seconds {there}": f"{reached.seconds:.1f}" if reached else "not reached",
    }


def _firsts(lanes: tuple[Trial, ...], target: float) -> str:
    """Return in a sentence who reached the target first, by each of the three clocks."""
    reached = [(lane, p) for lane in lanes if (p := lane.reaches(target)) is not None]
    if not reached:
        return f"No lane has reached {target:.0%}."
    parts = []
    for axis, word, unit in CLOCKS:
        least = min(getattr(p, axis) for _, p in reached)
        names = [OPTIMIZERS[t.optimizer].label for t, p in reached if getattr(p, axis) == least]
        amount = f"{least:.1f}" if axis == "seconds" else f"{least:,}"
        parts.append(f"by {word} **{' and '.join(names)}** ({amount} {unit})")
    return f"First to {target:.0%}: {', '.join(parts)}."
