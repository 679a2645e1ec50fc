"""How a run ended, if not well: why, what is left of it, and a button to go on from there.

In: a run and how it stands. Out: sentences that say what can be kept and where it would go on.
"""

import streamlit as st

from core.errors import LabError
from core.learning.checkpoints import epochs_kept
from core.learning.runs import Run, Snapshot
from pages.shared import cached, problems

NOTHING = "It had not finished its first epoch, so there is nothing to keep; it can begin again."


def draw(run: Run, snapshot: Snapshot) -> None:
    """Draw how a run ended, if not well, and let it go on."""
    if not snapshot.resumable:
        return
    done = len(snapshot.history.epochs)
    kept = epochs_kept(run.checkpoints, snapshot.history.epochs)
    if snapshot.state == "stopped":
        if not done:
            st.markdown(":material/block: Cancelled or stopped before its first epoch had ended.")
    else:
        how = "was interrupted" if snapshot.state == "interrupted" else "failed"
        problems.show(LabError(f"The run {how}. {snapshot.problem} {left_of(done, kept)}"))
    with problems.told():
        if st.button(
            f"Resume from epoch {kept + 1} of {snapshot.spec.epochs}" if kept else "Begin it again",
            icon=":material/resume:" if kept else ":material/replay:",
            key="resume",
            help="It ends with the same numbers as a run that was never cut short.",
        ):
            cached.launcher().resume(run)
            st.query_params["run"] = run.name
            st.rerun()


def left_of(done: int, kept: int) -> str:
    """Return what is left of a run that was cut short.

    Parameters
    ----------
    done : int
        Epochs that it finished.
    kept : int
        Epochs after which it can go on: those before its newest checkpoint.
    """
    if not done:
        return NOTHING
    if not kept:
        return (
            "Its best epoch can be kept. No checkpoint is left to go on from: it can begin again, "
            "and its first new epoch then takes the place of the best one, so keep that before."
        )
    if kept == done:
        return f"Its best epoch can be kept, and it can go on after epoch {kept}."
    again = f"epoch {done}" if done == kept + 1 else f"epochs {kept + 1} to {done}"
    return (
        f"Its best epoch can be kept, and it can go on after epoch {kept}, where its newest "
        f"checkpoint is; {again} will be trained again."
    )
