"""The transcript, and a card for each word: what exactly was heard, and what was made of it.

In: a listener's words. Out: a table to take along; sound, picture, probabilities; a correction.
"""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from core.charts.learning import probabilities_figure
from core.charts.sound import image_figure
from core.listening.heard import HeardWord
from core.listening.listener import WORDS_KEPT, Listener
from core.listening.recogniser import looks
from core.listening.transcript import csv_of, zip_of
from core.sound.audio import write_wav
from core.sound.images import to_image
from pages.listening import correcting, explaining
from pages.listening.choosing import Chosen
from pages.listening.screen import digit_of, in_words
from pages.shared.literal import literal

POLL_SECONDS = 1.0
LATEST = 0
"""Chooses whatever word is the newest."""


def draw(listener: Listener | None, chosen: Chosen, playing: bool) -> None:
    """Draw the transcript and the card of one word; polls while sound streams."""
    if listener is None:
        st.caption("Every word that is heard stands here, with its sound and its picture.")
        return

    @st.fragment(run_every=POLL_SECONDS if playing else None)
    def drawn() -> None:
        words = listener.heard().words
        if not words:
            st.caption("No word was heard yet. Say a digit: “seven”.")
            return
        table(words)
        take_along(listener, words)
        word = choose(words)
        card(listener, word, chosen)

    drawn()


def table(words: Sequence[HeardWord]) -> None:
    """Draw the transcript with time and confidence, the newest word first."""
    beside = any(w.beside for w in words)
    rows = []
    for each in reversed(words):
        row = {
            "Word": each.word.number,
            "Time": datetime.fromtimestamp(each.answered).strftime("%H:%M:%S"),
            "Heard": digit_of(each.word.answer),
            "Sure": each.word.answer.confidence,
            "After (ms)": round(1000 * each.latency_seconds),
        }
        if beside:
            row["Other model"] = "" if each.beside is None else digit_of(each.beside)
            row["Differs"] = "differs" if each.differs else ""
        rows.append(row)
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=min(38 + 35 * len(rows), 250),
        column_config={"Sure": st.column_config.NumberColumn(format="percent")},
    )


def take_along(listener: Listener, words: tuple[HeardWord, ...]) -> None:
    """Draw what can be done with the transcript."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with_sound = st.toggle(
            "With the sound of each word",
            key="live-with-sound",
            help="Off by default: your voice is kept only where you ask for it.",
        )
        st.download_button(
            "Save as ZIP" if with_sound else "Save as CSV",
            (lambda: zip_of(words)) if with_sound else (lambda: csv_of(words)),
            file_name="transcript.zip" if with_sound else "transcript.csv",
            mime="application/zip" if with_sound else "text/csv",
            icon=":material/download:",
            key="live-save",
            on_click="ignore",
        )
        if st.button("Clear", icon=":material/delete:", key="live-clear"):
            listener.forget()
            st.rerun()
    st.caption("The digits above can be copied by the sign at their right end.")
    if len(words) >= WORDS_KEPT:
        st.caption(
            f"Only the latest {WORDS_KEPT} words are held: what is saved begins with "
            f"word {words[0].word.number}."
        )


def choose(words: Sequence[HeardWord]) -> HeardWord:
    """Draw the choice of a word; return it."""
    by_number = {w.word.number: w for w in words}
    if st.session_state.get("live-word", LATEST) not in (LATEST, *by_number):
        st.session_state["live-word"] = LATEST  # cleared, or pushed out by newer ones

    def named(number: int) -> str:
        if number == LATEST:
            return "the latest"
        each = by_number[number]
        differs = ", models differ" if each.differs else ""
        return f"word {number}: {digit_of(each.word.answer)}{differs}"

    number = st.selectbox(
        "Look at a word", [LATEST, *reversed(by_number)], format_func=named, key="live-word"
    )
    return by_number.get(number, words[-1])


def card(listener: Listener, each: HeardWord, chosen: Chosen) -> None:
    """Draw one word: its sound, its picture, its probabilities, its correction."""
    word = each.word
    with st.container(border=True):
        st.markdown(
            f"**Word {word.number}: {digit_of(word.answer)}**, "
            f"{in_words(word.answer, word.in_speech)}, "
            f"{word.end - word.start:.2f} s long, {word.speech_db - word.noise_db:.0f} dB above "
            "the noise"
        )
        st.audio(write_wav(word.y), format="audio/wav")
        st.caption(f"Exactly what was recognised: {len(word.y) / 8000:.2f} s at 8 kHz.")
        left, right = st.columns(2)
        with left:
            probabilities(each.model, word.answer.probabilities, "main")
        with right:
            if each.beside is not None:
                probabilities(each.beside_model, each.beside.probabilities, "beside")
            else:
                picture(each, chosen)
        if each.beside is not None:
            picture(each, chosen)
        explaining.draw(each, chosen)
        correcting.draw(listener, each)


def probabilities(model: str, values: tuple[float, ...], key: str) -> None:
    """Draw one model's probabilities."""
    st.caption(literal(model) or "The model")
    st.plotly_chart(
        probabilities_figure(values), key=f"word-{key}", alt="Probability of each digit"
    )


def picture(each: HeardWord, chosen: Chosen) -> None:
    """Draw the very image that the network was shown, of several the one nearest to its speed.

    Where the model that answered is gone, it is the image that the chosen one would be shown.
    """
    answered = chosen.answered(each.key)
    card = (answered or chosen.main).card
    rows, frames, _ = card.image.shape
    i = min(range(len(card.views)), key=lambda i: abs(card.views[i] - 1))
    if answered is None:
        what = f"The model that answered is not here any more; {literal(card.name)} would be shown"
    else:
        what = f"What {literal(card.name)} was shown"
    one_of = f", one of its {len(card.views)} looks at the word" if len(card.views) > 1 else ""
    st.caption(f"{what}: {rows} x {frames} numbers{one_of}")
    st.plotly_chart(
        image_figure(to_image(looks(each.word.y, card)[i], card.image)),
        key="word-image",
        alt="The word as the network sees it",
    )
