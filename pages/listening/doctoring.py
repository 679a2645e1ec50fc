"""The doctor: every link from the page's address to the level, and a meter of shift.

In: what the browser says, what the listener has received. Out: a tick or a cross each, with its
remedy.
"""

import math
import time

import streamlit as st

from core.listening.doctor import Browser, Check, checks
from core.listening.listener import Listener
from core.listening.shift import Shift, shift

POLL_SECONDS = 1.0
SIGNS = {
    True: ":green[:material/check_circle:]",
    False: ":red[:material/cancel:]",
    None: ":gray[:material/help:]",
}


def found(listener: Listener | None, browser: Browser, playing: bool) -> tuple[Check, ...]:
    """Return the state of every link now."""
    if listener is None or not playing:
        return checks(browser, None)
    return checks(browser, listener.heard(), time.monotonic() - listener.began)


def has_failed(listener: Listener | None, browser: Browser, playing: bool) -> bool:
    """Return whether the microphone was tried, or cannot be, and something else is called for."""
    if browser.error or browser.secure is False or browser.media is False:
        return not playing
    links = {c.name: c.ok for c in found(listener, browser, playing)}
    return links["Connection (ICE)"] is False


def draw(listener: Listener | None, browser: Browser, playing: bool) -> None:
    """Draw every link, and beneath them how the sound compares with the training set's."""

    @st.fragment(run_every=POLL_SECONDS if playing else None)
    def drawn() -> None:
        for check in found(listener, browser, playing):
            line = f"{SIGNS[check.ok]} **{check.name}**: {check.found}"
            st.markdown(f"{line}  \n{check.remedy}" if check.remedy else line)
        words = listener.heard().words if listener is not None else ()
        meter(shift([w.word for w in words]))

    drawn()


def meter(shifts: tuple[Shift, ...]) -> None:
    """Draw each measure of the visitor's words beside the training set's range."""
    st.markdown("**Your sound beside the training set's**")
    if not shifts:
        st.caption("Say a few digits: level, noise, bandwidth and length are compared here.")
        return
    for each in shifts:
        st.markdown(line(each))
    st.caption(
        "Medians of your latest words, at most 20. The range holds nine in ten of FSDD's training "
        "takes, through this very path; a model trained on other data has another range."
    )


def line(each: Shift) -> str:
    """Return a measure in words: value, range, advice."""
    measure = each.measure
    digits = 2 if measure.unit == "s" else 0
    low, high = f"{measure.low:.{digits}f}", f"{measure.high:.{digits}f}"
    if math.isinf(measure.high):
        span = f"{low} {measure.unit} or more"
    elif math.isinf(measure.low):
        span = f"{high} {measure.unit} or less"
    else:
        span = f"{low} to {high} {measure.unit}"
    value = f"{each.value:.{digits}f} {measure.unit}"
    words = f"{SIGNS[not each.advice]} **{measure.name}**: {value} (usual: {span})"
    return f"{words}  \n{each.advice}" if each.advice else words
