"""What can be asked of a run: pause, go on, one step, one epoch, another rate, stop, start over.

In: the run and how it stands. Out: requests in its folder; the worker does the rest.
"""

import streamlit as st

from core.learning.requests import MAX_RATE, Kind, read_requests, will_be_paused
from core.learning.runs import Run, Snapshot
from core.learning.specs import RunSpec
from pages.shared import cached, problems


def controls(run: Run, snapshot: Snapshot) -> None:
    """Draw the buttons of a run at work.

    What is pressed is asked before the page is drawn again, so that the next drawing shows it.
    """

    def ask(kind: Kind) -> None:
        with problems.told():
            run.ask(kind)

    off = not snapshot.alive
    with st.container(horizontal=True), problems.told():
        if _stands_still(run, snapshot):
            st.button(
                "Continue",
                icon=":material/play_arrow:",
                key="continue",
                on_click=ask,
                args=("continue",),
            )
        else:
            st.button(
                "Pause",
                icon=":material/pause:",
                key="pause",
                disabled=off,
                on_click=ask,
                args=("pause",),
            )
        st.button(
            "One step",
            icon=":material/skip_next:",
            key="step",
            disabled=off,
            help="Take one step of training and pause after it.",
            on_click=ask,
            args=("step",),
        )
        st.button(
            "One epoch",
            icon=":material/keyboard_tab:",
            key="one-epoch",
            disabled=off,
            help="Train to the end of an epoch and pause there.",
            on_click=ask,
            args=("epoch",),
        )
        with st.popover("Learning rate", icon=":material/speed:", disabled=off):
            _rate(run, snapshot)
        st.button(
            "Stop", icon=":material/stop:", key="stop", disabled=off, on_click=ask, args=("stop",)
        )
        start_over(run, snapshot)


def _stands_still(run: Run, snapshot: Snapshot) -> bool:
    """Return whether it is paused, or will be once its worker has heard what was asked of it."""
    paused = snapshot.state == "paused"
    if not snapshot.alive:
        return paused
    applied = [r.get("number", -1) for r in run.records() if r["kind"] == "request"]
    return will_be_paused(read_requests(run.requests), applied, paused)


def start_over(run: Run, snapshot: Snapshot) -> None:
    """Draw the button that begins a run anew, from fresh weights and the same seed."""
    if st.button(
        "Start over",
        icon=":material/replay:",
        key="start-over",
        help="Begin again from fresh weights, with the same settings and the same seed. This run "
        "is stopped; what it learned until here stays among the runs.",
    ):
        anew = cached.launcher().start(snapshot.spec)  # refused: then this one goes on
        if snapshot.alive:
            run.ask("stop")
        st.query_params["run"] = anew.name
        st.rerun(scope="app")


def _rate(run: Run, snapshot: Snapshot) -> None:
    own = snapshot.spec.rate
    rate = st.number_input(
        "New learning rate",
        min_value=min(1e-6, own),  # RMSprop's smallest rate on the Train page is half of it
        max_value=MAX_RATE,
        value=own,
        format="%g",
        key=f"new-rate-{run.name}",
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
