"""What can be asked of a run at work: pause, go on, take one step, another learning rate, stop.

In: the run and how it stands. Out: requests in its folder; the worker does the rest.
"""

import streamlit as st

from core.learning.runs import Run, Snapshot
from core.learning.specs import RunSpec
from pages.shared import problems


def controls(run: Run, snapshot: Snapshot) -> None:
    """Draw the buttons of a run at work."""
    paused = snapshot.state == "paused"
    with st.container(horizontal=True), problems.told():
        if paused:
            if st.button("Continue", icon=":material/play_arrow:", key="continue"):
                run.ask("continue")
        elif st.button("Pause", icon=":material/pause:", key="pause", disabled=not snapshot.alive):
            run.ask("pause")
        if st.button(
            "One step",
            icon=":material/skip_next:",
            key="step",
            disabled=not snapshot.alive,
            help="Take one step of training and pause after it.",
        ):
            run.ask("step")
        with st.popover("Learning rate", icon=":material/speed:", disabled=not snapshot.alive):
            _rate(run, snapshot)
        if st.button("Stop", icon=":material/stop:", key="stop", disabled=not snapshot.alive):
            run.ask("stop")


def _rate(run: Run, snapshot: Snapshot) -> None:
    rate = st.number_input(
        "New learning rate",
        min_value=1e-6,
        max_value=100.0,
        value=snapshot.spec.rate,
        format="%.6f",
        key="new-rate",
    )
    st.caption(
        f"In force: {rate_in_words(snapshot)}. A new one holds from the next step on; "
        f"{_goes_on(snapshot.spec)}. It is marked on the curves."
    )
    if st.button("Set", key="set-rate"):
        run.ask("rate", rate)


def rate_in_words(snapshot: Snapshot) -> str:
    """Return the learning rate in force, as far as the log tells."""
    set_now = [m.rate for m in snapshot.history.marks if m.rate is not None]
    epochs = snapshot.history.epochs
    if set_now and snapshot.spec.schedule == "constant":
        return f"{set_now[-1]:g}"
    return f"{epochs[-1].learning_rate:.3g}" if epochs else f"{snapshot.spec.rate:g} at the start"


def _goes_on(spec: RunSpec) -> str:
    if spec.schedule == "constant":
        return "it stays until you change it again"
    return "the schedule goes on from it in proportion"
