"""Seeing it proved: a remedy at one press, old and new run side by side, probes of the rate.

In: a run and what was found in it. Out: another run from the same seed; both on one chart; the loss
at other learning rates from the same point.
"""

from collections.abc import Callable
from functools import lru_cache

import streamlit as st

from core.charts.probes import probes_figure
from core.charts.runs import overlaid_figure
from core.diagnosis.findings import Finding
from core.diagnosis.remedies import remedies
from core.errors import LabError
from core.learning import probe_store
from core.learning.history import History
from core.learning.labels import cured_from, label_of, write_label
from core.learning.library import entry_of
from core.learning.probes import N_STEPS, Probes
from core.learning.runs import Run, Snapshot, running
from core.learning.specs import RunSpec
from pages.comparing import together
from pages.shared import cached, problems
from pages.shared.literal import literal

POLL_SECONDS = 0.7
"""Between two looks at probes in progress."""


def offer(run: Run, spec: RunSpec) -> Callable[[Finding], None]:
    """Return what draws a finding's remedies beneath it; one press applies one."""
    drawn_before: list[str] = []

    def drawn(finding: Finding) -> None:
        found = remedies(finding, spec)
        if not found:
            return
        name = finding.cause or finding.verdict
        name += "-again" * drawn_before.count(name)  # two verdicts may share a word
        drawn_before.append(name)
        with st.container(horizontal=True), problems.told():
            for i, remedy in enumerate(found):
                if st.button(
                    remedy.label,
                    icon=":material/healing:",
                    key=f"remedy-{name}-{i}",
                    help="Trains again from the same seed with this one change, and lays the "
                    "curves over each other.",
                ):
                    apply(run, remedy.label, remedy.spec)

    return drawn


def apply(run: Run, words: str, spec: RunSpec) -> None:
    """Start the cured run and show it beside the one that it cures."""
    cure = cached.launcher().start(spec)
    write_label(cure, remedy=words, remedy_of=run.name)
    st.query_params["run"] = cure.name
    st.rerun(scope="app")


def beside(run: Run, snapshot: Snapshot) -> None:
    """Draw a run over the one that it is the cure of, with the verdicts of both."""
    before = cured_from(run)
    if before is None:
        return
    st.subheader("Before and after")
    st.markdown(f"What was changed: **{literal(label_of(run).remedy)}**. The seed is the same.")
    old = before.snapshot()
    together.draw(
        [entry_of(before), entry_of(run)], [old.history, snapshot.history], "before-after"
    )


def meanwhile(run: Run, snapshot: Snapshot) -> None:
    """Draw the curve of a cure at work over the finished one of the run that it cures."""
    before = cured_from(run)
    if before is None or not snapshot.history.epochs:
        return
    st.markdown(f"Over the run before it; what was changed: **{literal(label_of(run).remedy)}**.")
    st.plotly_chart(
        overlaid_figure([("before", _history_of(before)), ("after", snapshot.history)]),
        key="meanwhile",
        alt="Validation loss and accuracy, before and after",
    )


def _history_of(run: Run) -> History:
    """Return a run's history; of one that has ended it is read once and not at every poll."""
    if run.standing().alive:
        return run.snapshot().history
    return _read_once(run, run.log.stat().st_size)


@lru_cache(maxsize=8)
def _read_once(run: Run, size: int) -> History:
    return run.snapshot().history


def prove(run: Run, snapshot: Snapshot) -> None:
    """Draw the probes of a run, and the button that starts them."""
    if not snapshot.history.epochs or snapshot.alive:
        return
    with st.expander("Is it the learning rate? Prove it", key="probes", on_change="rerun") as box:
        if not box.open:
            return  # nothing is read from the disk for what nobody sees
        st.markdown(
            f"From where this run's best epoch ended, {N_STEPS} steps are taken at each of seven "
            "learning rates, on the same clips in the same order. Whichever brings the loss down "
            "furthest was the better rate. The steps are thrown away."
        )
        with problems.told():
            probes = probe_store.newest(run)
            moving = probes is not None and probes.standing().alive
            busy = running() is not None
            if st.button(
                "Probe it again" if probes else "Probe other rates from here",
                icon=":material/science:",
                key="probe",
                disabled=moving or busy,
            ):
                cached.launcher().probe(run)
                st.rerun()
            if busy and not moving:
                st.caption("A run is being trained: probe when it has ended, or stop it.")
            if probes is not None:
                _watch(probes, run, snapshot.spec, moving)


def _watch(folder: Run, run: Run, spec: RunSpec, moving: bool) -> None:
    """Draw probes; polls while they go on and stops polling after."""

    @st.fragment(run_every=POLL_SECONDS if moving else None)
    def drawn() -> None:
        with problems.told():
            look = probe_store.look(folder)
            alive = look.standing.alive
            if alive:
                st.progress(look.share, text="Trying other rates from the same point")
            if look.probes is not None:
                st.plotly_chart(
                    probes_figure(look.probes),
                    key="probes-chart",
                    alt="Loss after a few steps at each learning rate",
                )
            if moving and not alive:
                st.rerun()  # the whole page once more: it stops polling
            if look.standing.state == "failed":
                problems.show(LabError(f"The probes failed. {look.standing.problem}"))
            elif not alive and look.probes is None:
                st.markdown(":material/block: The probes were cut short. Press again.")
            elif not alive and look.probes is not None:
                _said(look.probes, run, spec)

    drawn()


def _said(probes: Probes, run: Run, spec: RunSpec) -> None:
    """Say what probes that have ended prove, and offer the run that follows from them."""
    st.markdown(f"**{probes}**")
    if probes.answer == "not it":
        return
    if st.button(
        f"Train again at {probes.best:.3g}", icon=":material/healing:", key="remedy-probed"
    ):
        words = f"learning rate {probes.best:.3g} instead of {probes.own:.3g}"
        apply(run, words, spec.with_changes(learning_rate=probes.best))
