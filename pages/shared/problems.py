"""Problems as sentences: no traceback ever reaches the browser.

In: errors of the LabError family, and any other. Out: ``st.error`` with what to do.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import LabError

_log = logging.getLogger("spoken_digit_lab")


def show(error: LabError) -> None:
    """Show one clear sentence; the text is data, never markup."""
    with st.container(border=True):
        st.markdown(":red[:material/error: **This did not work**]")
        st.text(str(error))


@contextmanager
def told() -> Iterator[None]:
    """Show a problem in the place of what is drawn within; the rest of the page goes on."""
    try:
        yield
    except LabError as error:
        _log.warning("%s", error)
        show(error)
