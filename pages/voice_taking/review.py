"""A take, seen and heard before it is kept: what is wrong with it, its picture, its sound.

In: a clip of a recorder or an upload. Out: what is drawn of it; whether it may be kept at all.
"""

import streamlit as st

from core.learning.saved_models import SHIPPED, find_model
from core.listening.pool import POOL
from core.sound.audio import SAMPLE_RATE
from core.sound.images import LOG_MEL
from core.sound.spectrograms import spectrogram
from core.voices.own import LONGEST_CLIP, SHORTEST_CLIP
from core.voices.takes import Take
from core.voices.uploads import Clip
from pages.shared.clip_data import RowScale
from pages.shared.clip_viewer import clip_viewer
from pages.shared.literal import literal


def may_be_kept(clip: Clip) -> bool:
    """Return whether a clip can be a take at all; whether it is a good one is another matter."""
    if clip.take is None:
        return False
    return SHORTEST_CLIP <= len(clip.take.y) / SAMPLE_RATE <= LONGEST_CLIP


def is_good(clip: Clip) -> bool:
    """Return whether nothing is wrong with a clip."""
    return may_be_kept(clip) and clip.take is not None and not clip.take.problems


def judge(clip: Clip, digit: int | None) -> None:
    """Draw what is wrong with a clip, or that nothing is.

    Parameters
    ----------
    clip : Clip
    digit : int or None
        What is meant to have been said.
    """
    if clip.take is None:
        st.warning(literal(clip.problem), icon=":material/hearing_disabled:")
        return
    take = clip.take
    for problem in take.problems:
        st.warning(literal(problem), icon=":material/warning:")
    if not take.problems:
        level = "" if take.speech_db is None else f", {-take.speech_db:.0f} dB below full scale"
        st.markdown(
            f":green[:material/check_circle: **A good take**]: one word of "
            f"{take.word_seconds:.2f} s{level}. {heard_as(take, digit)}"
        )


def show(clip: Clip, name: str) -> None:
    """Draw the word of a clip as it would be kept, to be seen and played.

    Parameters
    ----------
    clip : Clip
    name : str
        What it is, in words; data.
    """
    if clip.take is None or not len(clip.take.y):
        return
    take = clip.take
    clip_viewer(
        take.y,
        spectrogram(take.y, "log_mel", LOG_MEL.analysis),
        hop_length=LOG_MEL.analysis.hop_length,
        rows=RowScale.of("log_mel", LOG_MEL.analysis),
        top_db=LOG_MEL.analysis.top_db,
        name=name,
        key="take",
    )


def heard_as(take: Take, digit: int | None) -> str:
    """Return what the shipped model hears, once it is warm; it may be wrong, the speaker too."""
    shipped = find_model(SHIPPED)
    if shipped is None or not POOL.ready(shipped):
        return ""
    answer = POOL.get(shipped).recognise(take.y)
    if answer.digit is None:
        return "The model that comes with the app does not recognise it; keep it all the same."
    if digit is None or answer.digit == digit:
        return f"The model that comes with the app hears {answer.digit}."
    return (
        f"The model that comes with the app hears **{answer.digit}**: if you said {digit}, keep it "
        "all the same."
    )
