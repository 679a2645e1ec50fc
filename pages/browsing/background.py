"""What takes seconds is computed in the background: pages poll and never wait.

In: the index of a data set. Out: a result, or None with the progress drawn in its place.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.browsing.heard import Heard
from core.browsing.heard import answers as answers_of
from core.browsing.heard import heard as heard_by
from core.browsing.index import Index
from core.browsing.jobs import Jobs
from core.browsing.maps import kept_map
from core.browsing.mean_pictures import MeanPictures
from core.browsing.pictures import pictures_of
from core.browsing.quality import QualityTable, quality_of
from core.browsing.store import fingerprint
from core.browsing.travelling import all_distances
from core.errors import LabError
from core.learning.saved_models import SavedModel
from core.sound.images import LOG_MEL
from core.sound.recordings import Recording
from pages.shared import problems

POLL_SECONDS = 0.5


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Return the background work of this server."""
    return Jobs()


def result_of(key: str, words: str, work: Callable[[Callable[[float], None]], Any]) -> Any:
    """Return a job's result; until it is there, draw its progress and return None.

    Work that failed or was cancelled is begun again at a press, never by itself.
    """
    state = jobs().state(key)
    if state.stage in ("failed", "cancelled"):
        if state.problem:
            problems.show(LabError(state.problem))
        if st.button("Try again", icon=":material/refresh:", key=f"again {key}"):
            jobs().start(key, work)
            st.rerun()
        return None
    state = jobs().start(key, work)
    if state.stage == "done":
        return state.result

    @st.fragment(run_every=POLL_SECONDS)
    def waiting() -> None:
        now = jobs().state(key)
        if not now.is_active:
            st.rerun()
        waits = " (waits for other work in the background)" if now.stage == "waiting" else ""
        st.progress(now.fraction, text=f"{words} ...{waits}")

    waiting()
    return None


def mean_pictures(index: Index, dataset: str, speakers: Sequence[str]) -> MeanPictures | None:
    """Return the mean picture of each digit by these speakers."""
    from core.browsing.mean_pictures import mean_pictures as work

    key = f"means {dataset} {index.mark} {'|'.join(speakers)}"
    found: MeanPictures | None = result_of(
        key, "Averaging spectrograms", lambda progress: work(index, speakers, progress)
    )
    return found


def quality(index: Index, dataset: str) -> QualityTable | None:
    """Return the quality of every clip."""
    found: QualityTable | None = result_of(
        f"quality {dataset} {index.mark}",
        "Measuring every clip",
        lambda progress: quality_of(index, None, progress),
    )
    return found


def distances(index: Index, dataset: str) -> Any:
    """Return the distances of every digit between speakers."""
    return result_of(
        f"distances {dataset} {index.mark}",
        "Warping takes onto each other",
        lambda progress: all_distances(index, None, progress),
    )


def points(index: Index, dataset: str, places: Any, kind: str, model: SavedModel | None) -> Any:
    """Return the map of clips [shape=(n, 2)] by their images, or by a model's embedding of them."""
    recordings = index.recordings(places)

    def work(progress: Callable[[float], None]) -> Any:
        if model is None:
            found = pictures_of(recordings, LOG_MEL, lambda share: progress(0.5 * share))
            vectors = found.images.reshape(len(recordings), -1)
            made_from = fingerprint(recordings)
        else:
            vectors = heard_by(model, recordings, lambda share: progress(0.5 * share)).embeddings
            made_from = f"{fingerprint(recordings)} {model.card.weights_sha256}"
        return kept_map(vectors, kind, made_from)

    by = "images" if model is None else model.card.weights_sha256
    key = f"map {kind} {by} {dataset} {index.mark} {len(places)}"
    return result_of(key, "Drawing the map", work)


def heard(model: SavedModel, recordings: Sequence[Recording]) -> Heard | None:
    """Return what one look at recordings says to a saved model, for the map."""
    found: Heard | None = result_of(
        f"heard {model.key} {model.card.weights_sha256} {fingerprint(recordings)}",
        "The model listens",
        lambda progress: heard_by(model, recordings, progress),
    )
    return found


def answers(model: SavedModel, recordings: Sequence[Recording]) -> Any:
    """Return what Live would answer to recordings [shape=(n,)]: ``core.browsing.heard.answers``."""
    return result_of(
        f"answers {model.key} {model.card.weights_sha256} {fingerprint(recordings)}",
        "The model listens",
        lambda progress: answers_of(model, recordings, progress),
    )
