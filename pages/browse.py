"""Browse: a whole data set at a glance, one clip properly, and what lies between."""

import streamlit as st

from pages.browsing import change, clip, compare, find, grid, story
from pages.shared import cached, frame, problems
from pages.shared.choices import (
    choose_dataset,
    dataset_in_force,
    offer_more_data,
    synthetic_note,
)
from pages.shared.session import visitor

VIEWS = {
    "set": ("The set", grid.draw),
    "clip": ("One clip", clip.draw),
    "story": ("How the picture is made", story.draw),
    "change": ("Change the voice", change.draw),
    "compare": ("Compare", compare.draw),
    "find": ("Find", find.draw),
}

frame.inside()
st.title("Browse recordings")
choose_dataset()
synthetic_note()

with problems.told():
    dataset = dataset_in_force()
    index = cached.index_of(dataset)
    view = st.segmented_control(
        "View",
        [*VIEWS],
        default="set",
        required=True,
        format_func=lambda v: VIEWS[v][0],
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    VIEWS[view or "set"][1](index, dataset)
    visitor().heard_a_recording = True
    st.caption(cached.limits_of(dataset, index))

offer_more_data()
