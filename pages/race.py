"""Race: optimizers side by side, and the pictures that explain who wins."""

import streamlit as st

from core.errors import LabError
from core.learning.racing.races import Race, find_race, list_races
from pages.racing import glass, paths, watching
from pages.racing.choosing import plan_controls
from pages.shared import cached, frame, problems
from pages.shared.choices import choose_dataset, dataset_in_force, synthetic_note
from pages.shared.marked import tell_exclusions
from pages.shared.ways import chosen_way

VIEWS = {
    "race": "The race",
    "paths": "Paths on a surface",
    "glass": "One step under glass",
}


def shown_race() -> Race | None:
    """Return the race that the address bar names, else the one in progress, else the latest."""
    named = find_race(st.query_params.get("race", ""))
    if named is not None:
        return named
    races = list_races()
    return next((race for race in races if _alive(race)), races[0] if races else None)


def _alive(race: Race) -> bool:
    """Return whether a race is at work; one that cannot be read is not."""
    try:
        return race.standing().alive
    except LabError:
        return False


def race() -> None:
    """Draw what is to race, the button that starts it, and the race."""
    st.markdown(
        "Which optimizer learns fastest? It depends on its learning rate, so each one first tries "
        "several and races at its own best; and on the clock: an epoch, an update or a second."
    )
    choose_dataset()
    synthetic_note()
    with problems.told():
        plan = plan_controls(dataset_in_force())
        tell_exclusions((plan.data,))
        if st.button(
            "Start the race",
            type="primary",
            icon=":material/flag:",
            width="stretch",
            key="race-start",
        ):
            started = cached.launcher().start_race(plan)
            st.query_params["race"] = started.name
            st.rerun()
    with problems.told():
        current = shown_race()
        if current is not None:
            st.subheader("The race")
            watching.choose_race(current)
            watching.watch(current)


frame.inside()
st.title("Race optimizers")
view = chosen_way("View", VIEWS, "race-view", visible=False)
if view == "paths":
    paths.draw()
elif view == "glass":
    glass.draw()
else:
    race()
