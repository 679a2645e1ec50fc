"""A view that needs Keras: drawn without it at once, and once more when it is there."""

from collections.abc import Callable

import streamlit as st

from core.learning.loading import KERAS

POLL_SECONDS = 0.5
"""Between two looks whether Keras is there."""


def draw(view: Callable[[], None]) -> None:
    """Draw a view; it polls only while Keras is being loaded."""
    KERAS.begin()
    loading = not KERAS.done

    @st.fragment(run_every=POLL_SECONDS if loading else None)
    def drawn() -> None:
        if loading and KERAS.done:
            st.rerun()  # the whole page once more: it stops polling
        view()

    drawn()
