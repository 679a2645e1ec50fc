"""Look inside: what a model makes of one clip, what its answer rests on, and how that sounds.

In: a saved model, a clip of the visitor's choice. Out: pictures, and the sound of what was used.
"""

import hashlib
from collections.abc import Callable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.looking import evidence_figure, filters_figure, maps_figure
from core.errors import LabError
from core.learning.clip_scores import NONE
from core.learning.looking import Look, Looker, kept
from core.learning.saved_models import SavedModel
from core.sound.audio import SAMPLE_RATE, write_wav
from core.sound.datasets import default_dataset
from core.sound.images import IMAGE_KINDS, column_samples, shown
from core.sound.masked import masked
from core.sound.recordings import Recording
from pages.browsing.background import result_of
from pages.browsing.selection import choose_clip
from pages.shared import cached, player, problems
from pages.shared.choices import dataset_keys

BOTH_WORDS = (
    "Evidence is counted from silence (integrated gradients, Sundararajan and others 2017): blue "
    "cells raise the odds of the answer, red ones lower them; quiet cells can count too."
)


def _name(answer: int) -> str:
    return "not a digit" if answer == NONE else f"“{answer}”"


@st.cache_resource(show_spinner=False, max_entries=4)
def _looker(key: str, _model: SavedModel) -> Looker:
    return Looker(_model)


def _seen(model: SavedModel, recording: Recording, answer: int | None) -> Look | None:
    """Return what a model makes of a clip; draws the progress and returns None before."""
    card = model.card
    y = cached.waveform(recording)

    def work(progress: Callable[[float], None]) -> Look:
        found: Looker = _looker(f"{model.folder} {card.weights_sha256}", model)
        progress(0.5)
        return found.look(y, answer)

    key = f"look {model.folder} {card.weights_sha256} {recording.root}/{recording.name} {answer}"
    look: Look | None = result_of(key, "Looking into it", work)
    return look


def _choice() -> Recording:
    """Draw the choice of data set and clip; return the recording."""
    keys = dataset_keys()
    data = st.selectbox(
        "Recordings",
        keys,
        index=keys.index(default_dataset()),
        format_func=cached.title_of,
        key="looked-data",
        persist_state="session",
    )
    index = cached.index_of(data)
    return index.recording(choose_clip(index))


def draw(model: SavedModel) -> None:
    """Draw the choice of a clip, what the answer rests on, and every layer's view of it."""
    st.subheader("Look inside")
    with problems.told():
        recording = _choice()
        st.text(player.name_of(recording))
        options = [None, *range(10), *([NONE] if model.card.n_answers == 11 else [])]
        answer = st.selectbox(
            "Explain",
            options,
            format_func=lambda a: "its own answer" if a is None else f"why {_name(a)}, or why not",
            key=f"explained-{model.key}",
        )
        look = _seen(model, recording, answer)
        if look is None:
            return
        if not np.isfinite(look.evidence).all():
            raise LabError(
                "This model diverged: its answers are no numbers, so nothing can be explained. "
                "Train it again with a smaller learning rate."
            )
        _evidence(model, recording, look)
        _layers(model, look)


def _evidence(model: SavedModel, recording: Recording, look: Look) -> None:
    config = model.card.image
    best = int(np.argmax(look.probabilities))
    st.markdown(
        f"It answers **{_name(best)}** ({look.probabilities[best]:.0%}, one look at the clip as it "
        f"is). Below: what speaks for and against **{_name(look.answer)}**."
    )
    share = st.slider(
        "Of the evidence for it, show and sound this much (%)", 30, 95, 80, 5, key="evidence-share"
    )
    cells = kept(look.evidence, share / 100)
    y = cached.waveform(recording)
    st.plotly_chart(
        evidence_figure(
            look.image,
            look.evidence,
            cells,
            [float(s) for s in column_samples(y, config) / SAMPLE_RATE],
            IMAGE_KINDS[config.kind].row_unit,
        ),
        key="evidence",
        alt="The picture, the evidence in each cell, and the cells that were used most",
    )
    st.caption(
        f"{BOTH_WORDS} The cells add up to {float(look.evidence.sum()):+.2f}, the whole clip "
        f"changes the log odds by {look.gain:+.2f}; the two should agree."
    )
    if not cells.any():
        st.caption(f"Nothing in this clip speaks for {_name(look.answer)}.")
        return
    if st.button("Hear only what it used", icon=":material/hearing:", key="hear-used"):
        st.session_state["heard-used"] = recording.name
    if st.session_state.get("heard-used") == recording.name:
        _sounds(model, y, cells, share)


def _sounds(
    model: SavedModel, y: NDArray[np.float32], cells: NDArray[np.float32], share: int
) -> None:
    """Draw players of the clip, of the cells that were used, and of the rest, with its answers."""
    config = model.card.image
    sounds = {
        "The clip": shown(y, config),
        f"Only the cells with {share} % of the evidence": masked(y, cells, config),
        "Only the others": masked(y, 1 - cells, config),
    }
    which = hashlib.blake2b(y.tobytes() + cells.tobytes(), digest_size=8).hexdigest()
    answers = result_of(
        f"answers {model.folder} {model.card.weights_sha256} {which}",
        "It listens again",
        lambda progress: _answers(model, [*sounds.values()]),
    )
    for column, (words, sound) in zip(st.columns(3), sounds.items(), strict=True):
        with column:
            st.markdown(words)
            loudest = max(float(np.abs(sound).max()), 1e-9)
            st.audio(write_wav(sound * (0.7 / loudest)), format="audio/wav")
    if answers is not None:
        for column, said in zip(st.columns(3), answers, strict=True):
            column.caption(f"Live would answer {said}.")
    if config.kind not in ("log_mel", "stft"):
        st.caption(
            f"Rows of this picture are no frequencies ({IMAGE_KINDS[config.kind].row_unit}): only "
            "the moments that were used can be heard."
        )
    st.caption(
        f"{cells.mean():.0%} of the cells are used. All three are played equally loud. If it truly "
        "listens to what is marked, the second is answered as the clip is, and the third is not."
    )


def _answers(model: SavedModel, sounds: list[NDArray[np.float32]]) -> list[str]:
    from core.listening.pool import POOL

    recogniser = POOL.get(model)
    found = [recogniser.recognise(y) for y in sounds]
    return [f"{_name(NONE if a.digit is None else a.digit)} ({a.confidence:.0%})" for a in found]


def _layers(model: SavedModel, look: Look) -> None:
    looker: Looker = _looker(f"{model.folder} {model.card.weights_sha256}", model)
    if looker.filters is not None:
        with st.expander("First filters"):
            st.caption(
                "What the first layer looks for: blue weighs for, red against. They are the same "
                "for every clip."
            )
            st.plotly_chart(filters_figure(looker.filters), key="filters", alt="First filters")
    if look.layers:
        with st.expander("What every layer makes of this clip"):
            names = [maps.layer for maps in look.layers]
            chosen = st.segmented_control(
                "Layer", names, default=names[0], required=True, key=f"layer-{len(names)}"
            )
            maps = look.layers[names.index(chosen or names[0])]
            st.caption(
                f"The {len(maps.maps)} strongest of {maps.total} maps, the strongest first, each "
                "to its own largest value. Time goes to the right, pitch upwards."
            )
            st.plotly_chart(maps_figure(maps.maps), key="maps", alt=f"Feature maps of {maps.layer}")
