"""A learning rate found by trying: one press draws the loss over the rate, another takes it over.

In: the settings in force. Out: a range test in a worker of its own, its chart, and the suggested
rate in the control of the Train page.
"""

import streamlit as st

from core.charts.rates import range_figure
from core.errors import LabError
from core.learning import range_store
from core.learning.runs import Run, running
from core.learning.specs import RunSpec
from pages.shared import cached, problems
from pages.shared.controls import rate_key
from pages.shared.session import visitor

POLL_SECONDS = 0.7
"""Between two looks at a test in progress."""


def draw(spec: RunSpec) -> None:
    """Draw the range test of these settings, and the button that starts one."""
    with st.expander("Find a learning rate by trying", key="rates", on_change="rerun") as opened:
        if not opened.open:
            return  # nothing is read from the disk for what nobody sees
        st.markdown(
            "A hundred steps of these settings while the rate rises from a millionth to ten. Too "
            "small: the loss stays. Too large: it blows up. A third of the rate where it **falls "
            "fastest** is a good one to begin with. The network of the test is thrown away."
        )
        with problems.told():
            run = range_store.newest(spec)
            moving = run is not None and run.standing().alive
            _begin(spec, run is not None, moving)
            if run is not None:
                _watch(run, spec, moving)


def _begin(spec: RunSpec, again: bool, moving: bool) -> None:
    """Draw the button that starts a test."""
    busy = running() is not None
    if st.button(
        "Try them again" if again else "Try rates",
        icon=":material/troubleshoot:",
        key="try-rates",
        disabled=moving or busy,
    ):
        cached.launcher().find_rate(spec)
        st.rerun()
    if busy and not moving:
        st.caption("A run is being trained: try rates when it has ended, or stop it.")


def _watch(run: Run, spec: RunSpec, moving: bool) -> None:
    """Draw a test; polls while it goes on and stops polling after."""

    @st.fragment(run_every=POLL_SECONDS if moving else None)
    def drawn() -> None:
        with problems.told():
            look = range_store.look(run)
            alive = look.standing.alive
            if alive:
                words = f"rate {look.test.rates[-1]:.1g}" if look.test.rates else "getting ready"
                st.progress(look.share, text=f"Trying: {words}")
                if st.button("Stop", icon=":material/stop:", key="stop-rates"):
                    run.ask("stop")
            if look.test.rates:
                st.plotly_chart(
                    range_figure(look.test, spec.rate),
                    key="rates-chart",
                    alt="Loss over learning rate",
                )
            if moving and not alive:
                st.rerun()  # the whole page once more: the button opens
            if not alive:
                _found(look, spec)

    drawn()


def _found(look: range_store.RangeLook, spec: RunSpec) -> None:
    """Say what a test that has ended found, and offer to take it over."""
    if look.standing.state == "failed":
        problems.show(LabError(f"The test failed. {look.standing.problem}"))
        return
    if look.standing.state == "interrupted":
        st.markdown(":material/block: The test was cut short: its process was killed. Try again.")
    rate = look.suggested
    if rate is None:
        st.markdown(
            "The loss fell nowhere, so no rate is suggested. Look at the network and its first "
            "weights, or let the test go on to its end."
        )
        return
    optimizer = spec.optimizer
    st.markdown(
        f"It falls fastest at {look.test.steepest:.2g}; try a third of it, **{rate:g}**. Chosen "
        f"now is {spec.rate:.3g}."
    )

    def take_over() -> None:
        visitor().found_rates[optimizer] = rate
        st.session_state[rate_key(optimizer)] = rate

    if st.button(
        f"Use {rate:g}",
        icon=":material/check:",
        key="use-rate",
        on_click=take_over,
        disabled=spec.rate == rate,
    ):
        st.rerun(scope="app")  # the control stands outside of what was just drawn again
