"""The map: every clip a point, by its picture or by what a saved model makes of it.

In: the index of a data set. Out: a map to press on; the clip pressed is seen and heard beside it.
"""

import streamlit as st

from core.browsing.filters import Choice, chosen
from core.browsing.heard import NO_ANSWER, Heard, is_whole
from core.browsing.index import Index, Indices, sample
from core.browsing.maps import MAPS, MOST
from core.charts.sets import map_figure
from core.charts.sound import clip_figure
from core.learning.saved_models import SavedModel, list_models, second_network
from core.sound.images import LOG_MEL
from core.sound.recordings import Recording
from pages.browsing import background
from pages.browsing.selection import go_to
from pages.shared import cached, player, problems
from pages.shared.apart import apart

COLOURS = {
    "digit": "digit",
    "speaker": "speaker",
    "split": "FSDD's split",
    "answer": "right or wrong",
}
"""What points can be coloured by."""


def choose_model() -> SavedModel | None:
    """Draw the choice among saved models; the shipped one first."""
    models, _ = list_models()
    named = {m.key: m for m in models}
    labels = apart({key: m.card.name for key, m in named.items()})
    key = st.selectbox("Model", [*named], format_func=lambda k: labels.get(k, k), key="map-model")
    return named.get(key)


def controls() -> tuple[str, str, str]:
    """Draw what the map is made of, how it is flattened, how it is coloured."""
    left, middle, right = st.columns(3)
    source = left.segmented_control(
        "Near means alike to", ["image", "model"], default="image", required=True, key="map-of",
        format_func=lambda k: "the picture" if k == "image" else "a model",
    )  # fmt: skip
    kind = middle.segmented_control(
        "Map", [*MAPS], default=next(iter(MAPS)), required=True, key="map-kind",
        format_func=lambda k: MAPS[k].label,
    )  # fmt: skip
    by = right.selectbox(
        "Colour by", [*COLOURS], key="map-by", format_func=lambda k: COLOURS.get(k, k)
    )
    return source or "image", kind or "pca", by


def groups_of(
    index: Index, places: Indices, recordings: tuple[Recording, ...], by: str, found: Heard | None
) -> list[str]:
    """Return the group of each clip: what its point is coloured and marked by."""
    if by == "speaker":
        return [r.speaker for r in recordings]
    if by == "split":
        return ["test" if test else "train" for test in index.official_test[places]]
    if by == "answer" and found is not None:
        return [
            "right" if guess == r.digit else "none" if guess == NO_ANSWER else "wrong"
            for r, guess in zip(recordings, found.guesses.tolist(), strict=True)
        ]
    return [str(r.digit) for r in recordings]


def _pressed(recordings: tuple[Recording, ...]) -> Recording | None:
    """Return the clip whose point was pressed last; None before, and where it has gone."""
    try:
        place = int(st.session_state["map"].selection.points[0]["customdata"][0])
    except (KeyError, AttributeError, IndexError, TypeError, ValueError):
        return None
    return recordings[place] if 0 <= place < len(recordings) else None


def _clip(recording: Recording | None, said: str) -> None:
    """Draw the clip that was pressed: its sound, its picture, the way to all of it."""
    if recording is None:
        st.info("Press a point to see and hear its clip.")
        return
    with problems.told():
        player.play(recording)
        if said:
            st.text(said)
        st.plotly_chart(
            clip_figure(cached.waveform(recording), "log_mel", LOG_MEL.analysis),
            key="map-clip",
            alt=f"Waveform and spectrogram of {player.name_of(recording)}",
        )
        st.button("Open this clip", key="map-open", on_click=go_to, args=(recording,))


def _asked(model: SavedModel | None) -> str:
    """Return how little of a model is asked here; nothing where Live asks no more."""
    if model is None or is_whole(model):
        return ""
    who = "its network" if second_network(model) is None else "only its first network"
    return (
        f" Here {who} answers, from one look at each clip: Live asks more of it and may hear "
        "something else."
    )


def draw(index: Index, dataset: str) -> None:
    """Draw the map and the clip that was pressed on it."""
    source, kind, by = controls()
    model = choose_model() if source == "model" or by == "answer" else None
    places = sample(index, chosen(index, Choice()), MOST)
    recordings = index.recordings(places)
    points = background.points(index, dataset, places, kind, model if source == "model" else None)
    found = background.heard(model, recordings) if model is not None else None
    if points is None or (model is not None and found is None):
        return
    names = [player.name_of(r) for r in recordings]
    if found is not None:
        heard = ["none" if g == NO_ANSWER else str(g) for g in found.guesses.tolist()]
        names = [f"{name}, heard as {g}" for name, g in zip(names, heard, strict=True)]
    left, right = st.columns([3, 2])
    left.plotly_chart(
        map_figure(points, groups_of(index, places, recordings, by, found), names),
        key="map",
        on_select="rerun",
        selection_mode="points",
        alt="Map of all clips",
    )
    with right:
        pressed = _pressed(recordings)
        said = ""
        if pressed is not None and found is not None:
            guess = int(found.guesses[recordings.index(pressed)])
            said = f"The model hears {'no digit' if guess == NO_ANSWER else guess}."
        _clip(pressed, said)
    words = f"{MAPS[kind].summary} {len(places)} clips."
    if found is not None:
        right_ones = sum(g == r.digit for g, r in zip(found.guesses, recordings, strict=True))
        words += (
            f" The model hears {right_ones} of {len(places)} right, counting what it learned from: "
            "filter for the test split to see the rest."
        )
    st.caption(f"{words}{_asked(model)}")
