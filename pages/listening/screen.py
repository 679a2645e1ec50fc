"""The first screen: the digit, the level and the state, ten times a second.

In: a listener. Out: what is heard now, with how long it took and why.
"""

import time

import streamlit as st

from core.charts.learning import probabilities_figure
from core.listening.doctor import SLOW_SECONDS
from core.listening.heard import Heard, HeardWord
from core.listening.listener import Listener
from core.listening.recogniser import Answer
from core.listening.transcript import said
from pages.shared.literal import literal
from pages.shared.session import visitor

POLL_SECONDS = 0.1
"""Between two looks at the listener: the digit alone is cheap to draw."""
CHART_SECONDS = 0.5
"""Between two drawings of the probabilities: a chart is dear to draw."""
RESULT_SECONDS = 1.0
"""For how long a new answer is the state."""
LOOKED_SECONDS = 5.0
"""An answer that is drawn later than this was given while another page was open."""

HINTS = {
    "muted": "muted: nothing but zeros arrives. Unmute the microphone, or choose another one.",
    "clipping": "clipping: the sound is cut off. Turn the microphone down or move away from it.",
    "too quiet": "too quiet: speak up, come nearer, or choose another microphone.",
}
PAUSES = "What came last was too long for a digit. Leave a short pause between digits."
"""What is told where the endpointer dropped something."""


def state_of(heard: Heard, since_answer: float) -> tuple[str, str, str]:
    """Return the state while sound streams: its words, its icon and its colour.

    Parameters
    ----------
    heard : Heard
    since_answer : float
        Seconds since the latest word was answered; infinity before the first.
    """
    if heard.problem or heard.has_stopped:
        return "Error", ":material/error:", "red"
    if heard.blocks == 0:
        return "Connecting", ":material/settings_ethernet:", "orange"
    if not heard.ready:
        return "Loading the recogniser", ":material/hourglass_top:", "orange"
    if heard.hearing:
        return "Hearing a word", ":material/graphic_eq:", "violet"
    if since_answer < RESULT_SECONDS:
        return "Result", ":material/check:", "green"
    return "Listening", ":material/mic:", "blue"


def digit_of(answer: Answer) -> str:
    """Return an answer as one sign."""
    return "–" if answer.digit is None else str(answer.digit)


def in_words(answer: Answer, in_speech: bool = False) -> str:
    """Return what an answer is and how sure.

    Parameters
    ----------
    answer : Answer
    in_speech : bool
        ``Word.in_speech``.
    """
    if answer.digit is not None:
        return f"“{answer.digit}”, {answer.confidence:.0%} sure"
    digits = answer.probabilities[:10]
    best = max(range(len(digits)), key=digits.__getitem__)
    # surer that it is none than the sound alone says
    doubted = in_speech and answer.confidence > 1.01 - digits[best]
    why = ", for it followed another word at once" if doubted else ""
    return f"not a digit (of the digits most like “{best}”, {digits[best]:.0%}){why}"


def latency(word: HeardWord, draw_seconds: float) -> str:
    """Return a word's latency on the server with its parts."""
    resample = word.word.resample_seconds
    queue = max(0.0, word.waiting_seconds - resample)
    parts = (
        ("to know that it was over", word.word.endpoint_seconds, ".0f"),
        ("waiting", queue, ".0f"),
        ("resampling", resample, ".1f"),
        ("recognising", word.word.answer.seconds, ".1f"),
        ("until this page was drawn anew", draw_seconds, ".0f"),
    )
    listed = ", ".join(f"{1000 * seconds:{unit}} ms {what}" for what, seconds, unit in parts)
    total = word.latency_seconds + draw_seconds
    return (
        f"{1000 * total:.0f} ms after the end of the word: {listed} (the way of the sound to here, "
        "and the browser's own drawing, come on top)"
    )


def digit_card(word: HeardWord | None, count: int, draw_seconds: float) -> None:
    """Draw the latest digit, large, and what the other model says."""
    text = "·" if word is None else digit_of(word.word.answer)
    st.html(
        f'<div role="status" aria-live="polite" data-testid="live-digit" data-count="{count}" '
        'style="font-size:clamp(6rem,24vw,9rem);line-height:1;text-align:center;font-weight:700">'
        f"{text}</div>"
    )
    if word is None:
        st.caption("Say a digit: “seven”.")
        return
    answer = in_words(word.word.answer, word.word.in_speech)
    st.caption(f"{answer}; {latency(word, draw_seconds)}.")
    if word.beside is not None:
        sign = ":orange[:material/difference: **They differ.**] " if word.differs else ""
        other = in_words(word.beside, word.word.in_speech)
        st.markdown(f"{sign}{literal(word.beside_model)}: {other}.")
        if word.differs and st.button(
            "Why?", icon=":material/help:", key="live-why", on_click=ask_why, args=(word,)
        ):
            st.rerun()  # the whole page: the answer stands below


def ask_why(word: HeardWord) -> None:
    """Open a word's card with the explanation, whichever words come after it."""
    st.session_state["live-view"] = "Words"
    st.session_state["live-word"] = word.word.number
    visitor().live.explained = word


def level(heard: Heard, since_answer: float) -> None:
    """Draw the state and what the microphone hears now."""
    words, icon, colour = state_of(heard, since_answer)
    st.badge(words, icon=icon, color=colour)
    share = min(max((heard.level_db + 70) / 70, 0.0), 1.0)
    doing = "loading the recogniser; what you say now is answered in a moment"
    if heard.ready:
        doing = f"level {heard.level_db:.0f} dB, noise {heard.noise_db:.0f} dB"
    st.progress(share, text=doing)
    if heard.hint:
        st.markdown(f":orange[:material/warning: {HINTS[heard.hint]}]")
    elif heard.needs_pauses:
        st.markdown(f":orange[:material/warning: {PAUSES}]")


def waiting(listener: Listener) -> None:
    """Draw that no sound has come yet, and after a while what to do about it."""
    if time.monotonic() - listener.began < SLOW_SECONDS:
        st.info("Connecting: waiting for the first sound from your microphone ...")
        return
    st.warning(
        "No sound has come from the microphone. The doctor below says which link fails; or use the "
        "recorder or a file, further below."
    )


def _drawn(words: tuple[HeardWord, ...], now: float) -> float:
    """Return the seconds from the latest answer to its first drawing; 0 where nobody looked."""
    if not words:
        return 0.0
    me, latest = visitor().live, words[-1]
    if me.drawn[0] != latest.word.number:
        seconds = now - latest.answered
        me.drawn = latest.word.number, seconds if 0 <= seconds < LOOKED_SECONDS else 0.0
    return me.drawn[1]


@st.fragment(run_every=POLL_SECONDS)
def digit_and_level(listener: Listener) -> None:
    """Draw the digit and the level, ten times a second, while the microphone plays."""
    heard = listener.heard()
    now = time.time()
    if heard.problem:
        level(heard, float("inf"))
        st.error(literal(heard.problem))
        return
    if heard.blocks == 0:
        waiting(listener)
        return
    if heard.notice:
        st.warning(literal(heard.notice))
    me, words = visitor(), heard.words
    count = words[-1].word.number if words else 0  # goes on where old words are forgotten
    me.words_heard = max(me.words_heard, count)
    draw_seconds = _drawn(words, now)
    level(heard, now - words[-1].answered if words else float("inf"))
    digit_card(words[-1] if words else None, count, draw_seconds)
    st.code(said(words) or " ", language=None)
    if heard.has_stopped:
        st.error(
            "The sound has stopped: the microphone was unplugged, or the connection is gone. Plug "
            "it in again, press stop, then start."
        )
    if heard.dropped:
        st.warning(f"{heard.dropped} pieces of sound were dropped: this computer is too busy.")


@st.fragment(run_every=CHART_SECONDS)
def probabilities(listener: Listener) -> None:
    """Draw the latest word's probabilities, twice a second."""
    words = listener.heard().words
    if words:
        st.plotly_chart(
            probabilities_figure(words[-1].word.answer.probabilities),
            key="probabilities",
            alt="Probability of each digit",
        )


def draw(listener: Listener) -> None:
    """Draw what is heard while the microphone plays."""
    left, right = st.columns([2, 3], vertical_alignment="top")
    with left:
        digit_and_level(listener)
    with right:
        probabilities(listener)


def stopped(listener: Listener) -> None:
    """Draw what was heard before the microphone was stopped."""
    words = listener.heard().words
    st.markdown("Stopped. These digits were heard:")
    st.code(said(words) or " ", language=None)
