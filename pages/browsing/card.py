"""The data set's card: what it is, whose, who speaks, how it is split, what it cannot tell.

In: the index of a data set and its entry in ``DATASETS``. Out: an expander.
"""

import numpy as np
import pandas as pd
import streamlit as st

from core.browsing.index import NO_DIGIT, Index
from core.sound.datasets import DATASETS
from core.sound.spectrograms import Analysis
from pages.shared import cached
from pages.shared.literal import literal

_UNKNOWN = "not stated"


def speakers_of(index: Index, dataset: str) -> pd.DataFrame:
    """Return a table with one row a speaker: sex, accent where stated, and how many clips."""
    entry = DATASETS.get(dataset)
    known = {person.name: person for person in entry.people} if entry else {}
    spoken = index.digits != NO_DIGIT
    clips = np.bincount(index.speaker_codes[spoken], minlength=len(index.speakers))
    tests = np.bincount(
        index.speaker_codes[spoken & index.official_test], minlength=len(index.speakers)
    )
    rows = [
        {
            "speaker": name,
            "sex": known[name].sex if name in known else _UNKNOWN,
            "country / mother tongue": known[name].accent if name in known else _UNKNOWN,
            "clips": int(clips[i]),
            "of them test": int(tests[i]),
        }
        for i, name in enumerate(index.speakers)
        if clips[i]
    ]
    table = pd.DataFrame(rows)
    return table if known else table.drop(columns=["sex", "country / mother tongue"])


def draw(index: Index, dataset: str) -> None:
    """Draw the card, closed until somebody wants it."""
    with st.expander("About this data set", icon=":material/info:", key="card"):
        entry = DATASETS.get(dataset)
        if entry is None:
            st.markdown("A folder or zip of your own. Nothing of it is copied or sent anywhere.")
        else:
            st.markdown(f"**{literal(entry.label)}**: {literal(entry.summary)}")
            if entry.version:
                st.markdown(f"Version: {literal(entry.version)}.")
            st.markdown(
                f"- Source: {literal(entry.source)}\n- Licence: {literal(entry.licence)}\n"
                f"- To cite: {literal(entry.citation)}\n- Limits: {literal(entry.limits)}"
            )
            if entry.split:
                n = int((index.official_test & (index.digits != NO_DIGIT)).sum())
                st.markdown(f"**Its own split.** {literal(entry.split)} Here {n} clips test.")
            if entry.note:
                st.markdown(f"**Put right.** {literal(entry.note)}")
        table = speakers_of(index, dataset)
        if len(table):
            st.dataframe(table, hide_index=True, key="card-speakers", height="auto")
        st.caption(
            f"All sound is heard and drawn at {Analysis().sr} Hz, mono, whatever the file holds."
        )


def limits(index: Index, dataset: str) -> None:
    """Draw in one line what the data set is and what it does not stand for."""
    st.caption(literal(cached.limits_of(dataset, index)))
