"""A race as it goes: progress, the lanes, the ranking, the sweeps.

In: a race's folder. Out: its part of the page; it polls while the race lives.
"""

import time

import streamlit as st

from core.charts.race import AXES, MEASURES, race_figure, sweep_figure
from core.errors import LabError
from core.learning.networks import name_of
from core.learning.optimizers import OPTIMIZERS
from core.learning.racing.races import Look, Race, list_races
from core.learning.racing.results import csv_of
from core.learning.racing.specs import SMALL
from core.learning.racing.sweeping import at_the_edge
from pages.racing import ranking
from pages.shared import cached, problems
from pages.training.queueing import waiting

POLL_SECONDS = 1.0
"""Between two looks at a race in progress: an epoch takes about as long."""
MOST_SHOWN = 50


def watch(race: Race) -> None:
    """Draw a race; polls while it lives and stops polling after."""
    moving = race.look().moves

    @st.fragment(run_every=POLL_SECONDS if moving else None)
    def drawn() -> None:
        with problems.told():
            look = race.look()
            _progress(race, look)
            _ended(race, look)
            _lanes(look)
            ranking.draw(look)
            _sweeps(look)
            if moving and not look.moves:
                st.rerun()  # the whole page once more: it stops polling

    drawn()


def _progress(race: Race, look: Look) -> None:
    standing = look.standing
    if standing.state == "queued":
        waiting(race, here="race")
        return
    if not look.moves:
        return
    words = standing.phase or standing.state
    left = look.seconds_left
    if left is not None and standing.state == "running":
        words += f", about {left:.0f} s left"
    st.progress(look.fraction, text=words[:1].upper() + words[1:])
    with st.container(horizontal=True):
        if standing.state == "paused":
            if st.button("Continue", icon=":material/play_arrow:", key="race-continue"):
                race.ask("continue")
        elif st.button("Pause", icon=":material/pause:", key="race-pause"):
            race.ask("pause")
        if st.button("Stop", icon=":material/stop:", key="race-stop"):
            race.ask("stop")


def _ended(race: Race, look: Look) -> None:
    """Say how a race ended that did not end well, and offer to go on with it."""
    state, problem = look.standing.state, look.standing.problem
    if look.moves or state == "finished":
        return
    if state == "failed":
        problems.show(LabError(f"The race failed. {problem}"))
    elif state == "interrupted":
        problems.show(
            LabError("The race was interrupted: its process was killed, or the computer went off.")
        )
    else:
        st.markdown(":material/block: Stopped before its end.")
    if st.button(
        "Go on with it",
        icon=":material/resume:",
        key="race-resume",
        help="Rates of the sweeps that have been tried are not tried again.",
    ):
        cached.launcher().resume(race)
        st.query_params["race"] = race.name
        st.rerun()


def _lanes(look: Look) -> None:
    results, names = look.results, look.plan.optimizers
    if not results.lanes:
        if results.start is not None and look.moves:
            st.caption("The race itself begins when every lane has found its learning rate.")
        return
    left, middle, right = st.columns([2, 3, 1], vertical_alignment="bottom")
    axis = left.segmented_control(
        "By",
        [*AXES],
        default="epoch",
        required=True,
        format_func=lambda k: {"step": "Update", "seconds": "Second"}.get(k, k.capitalize()),
        key="race-axis",
    )
    measure = middle.segmented_control(
        "What",
        [*MEASURES],
        default="val_loss",
        required=True,
        format_func=lambda k: MEASURES[k],
        key="race-measure",
    )
    log = right.toggle("Log axis", key="race-log", help="Shows the first updates apart.")
    st.plotly_chart(
        race_figure(results, names, axis, measure, log),
        key="race-lanes-chart",
        alt=f"{MEASURES[measure]} of each lane by {AXES[axis]}",
    )
    st.caption(
        f"All lanes: the same first weights, the same {results.n_train} clips in the same batches "
        "(gradient descent takes all of them at once), each at its own best learning rate, named "
        "beside it. They take turns epoch by epoch, so that whatever else this computer does slows "
        "all alike; only the seconds of their own updates count."
    )


def _sweeps(look: Look) -> None:
    results, names = look.results, look.plan.optimizers
    if not results.sweeps:
        return
    st.subheader("The sweeps before it")
    st.markdown(
        f"Each optimizer tried {look.plan.rates} learning rates or more for "
        f"{look.plan.sweep_epochs} epochs, from the same weights and on the same batches as in the "
        "race. The one with the lowest validation loss races (drawn large); a cross at the top is "
        "a rate at which the loss left all bounds."
    )
    st.plotly_chart(
        sweep_figure(results, names),
        key="race-sweep-chart",
        alt="Lowest validation loss of each optimizer by learning rate",
    )
    edges = [
        OPTIMIZERS[name].label
        for name in results.lanes
        if at_the_edge({t.rate: t.score for t in results.sweeps.get(name, ())})
    ]
    if edges:
        st.caption(
            f"{', '.join(edges)}: the best rate lies at the edge of what was tried, so that a "
            "better one may lie beyond."
        )
    hopeless = [
        OPTIMIZERS[name].label
        for name in names
        if name not in results.lanes
        and (results.lanes or not look.moves)  # a sweep may go on beyond its rates
        and (tried := results.sweeps.get(name))
        and all(t.lost for t in tried)
    ]
    if hopeless:
        st.caption(f"{', '.join(hopeless)}: the loss left all bounds at every rate; no lane.")
    st.download_button(
        "All points as CSV",
        csv_of(results),
        f"race-{look.name}.csv",
        "text/csv",
        icon=":material/download:",
        key="race-csv",
        on_click="ignore",
    )


def title_of(race: Race) -> str:
    """Return a race's line in the list, unlike any other's; a damaged one has one too."""
    try:
        plan, standing = race.plan(), race.standing()
    except LabError:
        return f"{race.name}: cannot be read"
    when = time.strftime("%d %b %H:%M", time.localtime(standing.asked))
    lanes = ", ".join(OPTIMIZERS[name].label for name in plan.optimizers)
    network = "small CNN" if plan.network == SMALL else name_of(plan.network)
    return f"{when}: {lanes}; {network}, {standing.state} ({race.name})"


def choose_race(shown: Race) -> None:
    """Draw the choice among all races; the address bar holds it."""
    everyone = list_races()
    races = everyone[:MOST_SHOWN]
    if len(races) < 2:
        return
    if all(r.name != shown.name for r in races):
        races = (shown, *races)
    names = [r.name for r in races]
    titles = {r.name: title_of(r) for r in races}  # options are drawn as they are written
    chosen = st.selectbox(
        f"Races here: {len(everyone)}",
        names,
        index=names.index(shown.name),
        format_func=lambda name: titles[name],
    )
    if chosen != shown.name:
        st.query_params["race"] = chosen
        st.rerun()
