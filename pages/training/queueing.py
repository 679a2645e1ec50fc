"""Runs that do not train now: those that wait, and all there are.

In: the runs on the disk. Out: a place in the queue with a way out of it, a choice of the run that
is shown.
"""

import time
from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from core.errors import LabError
from core.learning import queue
from core.learning.racing.races import Race
from core.learning.runs import Run, list_runs
from pages.shared import cached, problems

MOST_SHOWN = 50


def waiting(run: Run, key: str = "", here: str = "") -> None:
    """Draw a run's place in the queue and a way out of it.

    Parameters
    ----------
    run : Run
    key : str
        Tells this drawing from others on the page.
    here : str
        The page that draws it, if it shows any run at work ("train") or race ("race").
    """
    launcher = cached.launcher()
    launcher.advance()  # the turn has come, where nobody else was there to see it
    alive, queued = queue.standings()
    place = next((i for i, r in enumerate(queued, start=1) if r.name == run.name), None)
    if place is None:
        return  # begun a moment ago: the next look shows it
    words = f"{place} of {len(queued)} in the queue" if len(queued) > 1 else "next"
    begins = (
        "What is at work is **paused**: this run begins by itself once that has been continued and "
        "has ended, or is stopped."
        if _all_paused(alive)
        else "It begins by itself, also when this page is closed."
    )
    st.markdown(
        f":material/hourglass_empty: This run waits: it is **{words}**, behind "
        f"{len(alive)} at work. {begins}"
    )
    with problems.told():
        if st.button("Cancel", icon=":material/close:", key=f"cancel{key}"):
            queue.cancel(run)
            st.rerun(scope="app")
        if alive and st.button(  # of either kind: they share the queue
            "Watch the one at work", icon=":material/visibility:", key=f"watch-other{key}"
        ):
            kind, page = ("race", "race") if isinstance(alive[0], Race) else ("run", "train")
            if here != page:
                st.switch_page(f"pages/{page}.py", query_params={kind: alive[0].name})
            st.query_params[kind] = alive[0].name
            st.rerun(scope="app")


def before_you() -> None:
    """Say how many runs a new one would wait behind; nothing where it begins at once."""
    alive, queued = queue.standings()
    if not alive:
        return
    waiting_too = f" and {len(queued)} waiting" if queued else ""
    begins = (
        "begins once what is at work, paused now, has been continued and has ended, or is stopped"
        if _all_paused(alive)
        else "begins by itself"
    )
    st.caption(
        f"{len(alive)} run{'s' * (len(alive) > 1)} at work{waiting_too} on this server: yours "
        f"will be number {len(queued) + 1} in the queue, and {begins}. Until then you can watch."
    )


def _all_paused(alive: Sequence[Run]) -> bool:
    """Return whether all runs at work stand still, so that no turn comes by itself."""
    states = []
    for run in alive:
        with suppress(LabError):
            states.append(run.standing().state)
    return bool(states) and all(state == "paused" for state in states)


def title_of(run: Run) -> str:
    """Return a run's line in the list, unlike any other's; a damaged one has one too."""
    try:
        standing, spec = run.standing(), run.spec()
    except LabError:
        return f"{run.name}: cannot be read"
    when = time.strftime("%d %b %H:%M", time.localtime(standing.asked))
    words = f"{spec.network_name}, {spec.optimizer}, {spec.epochs} epochs"
    return f"{when}: {words}, {standing.state} ({run.name})"


def choose_run(shown: Run) -> None:
    """Draw the choice among all runs; the address bar holds it."""
    runs = list_runs()[:MOST_SHOWN]
    if len(runs) < 2:
        return
    st.page_link(
        "pages/runs.py",
        label="All runs: compare them, name them, keep them",
        icon=":material/stacked_line_chart:",
    )
    if all(r.name != shown.name for r in runs):
        runs = (shown, *runs)
    names = [r.name for r in runs]
    titles = {r.name: title_of(r) for r in runs}  # options are drawn as they are written
    chosen = st.selectbox(
        f"Runs here: {len(list_runs())}",
        names,
        index=names.index(shown.name),
        format_func=lambda name: titles[name],
    )
    if chosen != shown.name:
        st.query_params["run"] = chosen
        st.rerun()
