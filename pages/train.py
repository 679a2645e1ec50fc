"""Train: choose, start, watch, understand, keep."""

import streamlit as st

from core.charts.learning import confusion_figure
from core.learning.evaluation import Accuracy
from core.learning.keeping import keep_run
from core.learning.runs import Run, Snapshot, find_run, list_runs, running
from pages.shared import cached, frame, problems
from pages.shared.choices import (
    choose_dataset,
    choose_further,
    dataset_in_force,
    open_chosen,
    synthetic_note,
)
from pages.shared.controls import spec_controls
from pages.shared.literal import literal
from pages.shared.marked import tell_exclusions
from pages.training import (
    answering,
    ending,
    following,
    inside,
    outcomes,
    rate_finding,
    remedying,
    verdicts,
)
from pages.training.controlling import controls
from pages.training.queueing import before_you, choose_run, waiting

POLL_SECONDS = 0.45
"""Between two looks at a run in progress: a little over two a second, about as often as its worker
writes a point; a Plotly chart draws four times a second at most."""


def shown_run() -> Run | None:
    """Return the run that the address bar names, else the one in progress, else the latest."""
    named = find_run(st.query_params.get("run", ""))
    if named is not None:
        return named
    busy = running()
    if busy is not None:
        return busy
    runs = list_runs()
    return runs[0] if runs else None


def start() -> None:
    """Draw what to train and the button that starts it."""
    choose_dataset()
    further = choose_further()
    synthetic_note()
    with problems.told():
        chosen = open_chosen()
        spec = spec_controls(dataset_in_force(), chosen.speakers, further, chosen.recordings)
        tell_exclusions(spec.data)
        rate_finding.draw(spec)
        if st.button(
            "Train", type="primary", icon=":material/play_arrow:", width="stretch", key="train"
        ):
            run = cached.launcher().start(spec)
            st.query_params["run"] = run.name
            st.rerun()
        before_you()


def progress(snapshot: Snapshot) -> None:
    """Draw how far a run is, or that it waits, and what can be asked of it."""
    epochs, total = snapshot.history.epochs, snapshot.spec.epochs
    moments = snapshot.history.moments
    done = moments[-1].epoch if moments else 0.0
    words = snapshot.phase or snapshot.state
    if epochs and snapshot.phase in ("training", "validating") and len(epochs) < total:
        words += f", epoch {min(int(done) + 1, total)} of {total}"
        if done < total:
            words += f", about {epochs[-1].seconds / len(epochs) * (total - done):.0f} s left"
    st.progress(min(done / total, 1.0), text=words[:1].upper() + words[1:])
    run = find_run(snapshot.name)
    if run is None:
        return
    if snapshot.state == "queued":
        waiting(run, here="train")
    else:
        controls(run, snapshot)


def scores(snapshot: Snapshot) -> None:
    """Draw the two honest numbers, each with its sample and protocol."""
    result = snapshot.result
    if result is None:
        return
    columns = st.columns(2)
    for column, name, label in (
        (columns[0], "known", "Speakers it knows, takes it does not"),
        (columns[1], "unseen", "Speakers it has never heard"),
    ):
        score = result["scores"].get(name)
        with column:
            if score is None:
                st.metric(label, "not measured", border=True)
                continue
            found = Accuracy.from_dict(score)
            st.metric(label, f"{found.share:.1%}", border=True)
            st.caption(
                f"{found.right} of {found.total}; 95 % interval {found.low:.1%} to {found.high:.1%}"
            )
    st.caption(
        f"Protocol: {literal(result['protocol'])}. Epoch {result['best_epoch']} was kept, "
        f"chosen on {result['n_validation']} validation clips. {result['parameters']:,} parameters."
    )
    limits = cached.limits_in_short(snapshot.spec.data)
    if limits:
        st.caption(literal(limits))
    if result.get("excluded"):
        st.caption(f"{result['excluded']} recordings that somebody has excluded were left out.")
    if result["scores"].get("unseen") is None:
        st.caption("To measure the second number, leave speakers out under “More settings”.")
    score = result["scores"].get("known") or result["scores"].get("unseen")
    if score:
        with st.expander("Which digits were confused"):
            st.plotly_chart(confusion_figure(score["confusion"]), key="confusion")


def keeping(snapshot: Snapshot) -> None:
    """Draw how to keep what was learned."""
    if not snapshot.history.epochs:
        return
    with st.form("keep", border=True):
        name = st.text_input("Keep this model as", value=f"my {snapshot.spec.network_name} model")
        if st.form_submit_button("Keep it", icon=":material/save:"):
            with problems.told():
                run = find_run(snapshot.name)
                if run is not None:
                    folder = keep_run(run, name.strip() or "model")
                    st.success(f"Kept as {folder.name}. It can be chosen on the Live page now.")
                    st.page_link("pages/live.py", label="Talk to it", icon=":material/mic:")


def moves(snapshot: Snapshot) -> bool:
    """Return whether there may be something new to draw."""
    return snapshot.alive or snapshot.state == "queued"


def watch(run: Run) -> None:
    """Draw a run: progress, curves, verdict; polls while it lives and stops polling after."""
    moving = moves(run.snapshot())

    @st.fragment(run_every=POLL_SECONDS if moving else None)
    def drawn() -> None:
        with problems.told():
            snapshot = run.snapshot()
            progress(snapshot)
            ending.draw(run, snapshot)
            following.in_short(snapshot)
            found = verdicts.found_in(snapshot.history)
            following.curves(snapshot.history, found)
            verdicts.draw(found, remedying.offer(run, snapshot.spec))
            inside.draw(snapshot.history)
            answering.draw(run, snapshot)
            if moves(snapshot):
                remedying.meanwhile(run, snapshot)
            if moving and not moves(snapshot):
                st.rerun()  # the whole page once more: scores and the offer to keep it

    drawn()
    with problems.told():
        snapshot = run.snapshot()
        if not moves(snapshot):
            scores(snapshot)
            remedying.beside(run, snapshot)
            remedying.prove(run, snapshot)
            outcomes.draw(run, snapshot)
            keeping(snapshot)


frame.inside()
st.title("Train a network")
start()
current = shown_run()
if current is not None:
    st.subheader("The run")
    choose_run(current)
    with problems.told():
        watch(current)
