"""One of several views, chosen by a press and kept in the address bar."""

from collections.abc import Mapping

import streamlit as st


def chosen_way(label: str, ways: Mapping[str, str], key: str, *, visible: bool = True) -> str:
    """Draw the choice; return the key of what is chosen.

    Parameters
    ----------
    label : str
        What is chosen.
    ways : Mapping of str to str
        The text of each by its key, which stands in the address; the first is chosen unless told.
    key : str
        Of the widget, and of the address's parameter.
    visible : bool
        Whether the label is shown; it is read aloud anyway.
    """
    way = st.segmented_control(
        label,
        [*ways],
        default=next(iter(ways)),
        required=True,
        format_func=lambda k: ways[k],
        key=key,
        bind="query-params",
        label_visibility="visible" if visible else "collapsed",
    )
    return way or next(iter(ways))
