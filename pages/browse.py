"""Browse: a whole data set at a glance, one clip properly, and what lies between."""

import streamlit as st

from pages.browsing import card, change, clip, compare, find, grid, story
from pages.browsing.narrowing import narrow
from pages.shared import cached, frame, problems
from pages.shared.choices import (
    choose_beside,
    choose_dataset,
    dataset_in_force,
    offer_more_data,
    synthetic_note,
)
from pages.shared.session import visitor
from pages.shared.ways import chosen_way

VIEWS = {
    "Set": grid.draw,
    "Clip": clip.draw,
    "Picture": story.draw,
    "Change": change.draw,
    "Compare": compare.draw,
    "Find": find.draw,
}
"""What the visitor chooses, as it stands in the address bar, and who draws it."""

frame.inside()
st.title("Browse recordings")
choose_dataset()
beside = choose_beside()
synthetic_note()

with problems.told():
    dataset = dataset_in_force()
    alone = cached.index_of(dataset)
    index = cached.index_beside_own(dataset) if beside else alone
    view = chosen_way("View", {name: name for name in VIEWS}, "view", visible=False)
    narrowed = narrow(index, dataset)
    if narrowed is not None:
        VIEWS[view](narrowed.index, dataset)
    visitor().heard_a_recording = True
    card.limits(alone, dataset)
    card.draw(alone, dataset)

offer_more_data()
