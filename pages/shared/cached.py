"""Every cache, and what is prepared once a server.

In: core's functions. Out: the same values, kept. A visitor can clear these caches at any time, so
nothing here is the only copy of anything.
"""

import gc
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.browsing.index import Index, joined
from core.browsing.jobs import Jobs
from core.browsing.marks import marked_places
from core.browsing.opening import open_index
from core.errors import DataError, LabError
from core.learning import run_trash, shelf, speeds
from core.learning.launcher import Launcher
from core.learning.saved_models import find_model
from core.sound.audio import load_waveform, write_wav
from core.sound.datasets import DATASETS, OWN, open_dataset
from core.sound.downloads import Download
from core.sound.recordings import Catalogue, Recording
from core.voices import trash
from core.voices.flags import Mark, marks
from core.voices.own import version
from pages.shared import departed

WARM_UP_DELAY = 4.0
"""Seconds from the first page to importing Keras: the page that is being drawn goes first."""


@st.cache_resource(show_spinner=False)
def launcher() -> Launcher:
    """Return the one that starts runs, for the whole server."""
    return Launcher()


@st.cache_resource(show_spinner=False)
def download() -> Download:
    """Return the download of FSDD, for the whole server."""
    return Download()


@st.cache_resource(show_spinner=False)
def imports() -> Jobs:
    """Return the imports of own voices of this server: one at a time, in the background."""
    return Jobs()


@st.cache_resource(show_spinner=False)
def prepare_server() -> None:
    """Warm up recogniser and worker and empty the trashes, once a server, in the background."""
    departed.watch()
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    time.sleep(WARM_UP_DELAY)
    try:
        from core.listening.pool import POOL

        shipped = find_model("shipped")
        speeds.measure(shipped, POOL.get(shipped).logits)
    except Exception as error:  # the Live page tells it to whoever opens it
        import logging

        logging.getLogger("spoken_digit_lab").warning("No recogniser was warmed: %s", error)
    launcher_of_this_server().warm_up()
    _empty_trashes()
    # see runner.postScriptGC in .streamlit/config.toml: what was imported stays, never look again
    gc.collect()
    gc.freeze()


def _empty_trashes() -> None:
    """Let go for good what was deleted more than a week ago, whatever page is opened."""
    for empty in (run_trash.empty, shelf.deleted, trash.empty):
        with suppress(LabError, OSError):  # what cannot be written now goes another time
            empty()


def launcher_of_this_server() -> Launcher:
    """Return the launcher; the same from a page and from the warming thread."""
    found: Launcher = launcher()
    return found


@st.cache_resource(show_spinner="Looking through the recordings ...", max_entries=4)
def _digits(dataset: str, stamp: str) -> Catalogue:
    catalogue = open_dataset(dataset).where(lambda r: r.digit is not None)
    if not catalogue.recordings:
        raise DataError(f"{dataset} holds no spoken digits. Choose another folder or zip.")
    return catalogue


def digits_of(dataset: str) -> Catalogue:
    """Return the spoken digits of a data set: a key of ``DATASETS`` or a path.

    Raises
    ------
    DataError
        If it is not there, or holds none.
    """
    found: Catalogue = _digits(dataset, changed(dataset))
    return found


def changed(dataset: str) -> str:
    """Return what changes when a data set's folder or file does, as far as the system says."""
    if dataset == OWN:
        return version()  # takes come and go below the root, whose own time stays
    entry = DATASETS.get(dataset)
    try:
        root = entry.find() if entry else Path(dataset).expanduser()
        return str(root.stat().st_mtime_ns) if root else ""
    except (OSError, ValueError, RuntimeError):  # no path at all, such as "~nobody"
        return ""


def marked_in(index: Index) -> dict[Recording, tuple[Mark, ...]]:
    """Return the marked recordings of an index, each with its marks in their order."""
    in_force = marks()
    if not in_force:
        return {}
    found: dict[Recording, tuple[Mark, ...]] = _marked_in(index, index.mark, in_force)
    return found


@st.cache_data(show_spinner=False, max_entries=20)
def _marked_in(
    _index: Index, mark: str, in_force: tuple[Mark, ...]
) -> dict[Recording, tuple[Mark, ...]]:
    return {_index.recording(i): found for i, found in marked_places(_index, in_force).items()}


def title_of(dataset: str) -> str:
    """Return a data set's name for the page."""
    return DATASETS[dataset].label if dataset in DATASETS else Path(dataset).name or dataset


def forget_sounds() -> None:
    """Drop every sound in memory, for those that were erased; the others are read again."""
    waveform.clear()
    wav.clear()


@st.cache_data(show_spinner=False, max_entries=200)
def waveform(recording: Recording) -> NDArray[np.float32]:
    """Return a recording's samples [shape=(n,)] at 8 kHz."""
    return load_waveform(recording)


@st.cache_data(show_spinner=False, max_entries=200)
def wav(recording: Recording) -> bytes:
    """Return a recording as the bytes of an 8 kHz WAV, for a player."""
    return write_wav(load_waveform(recording))


@st.cache_resource(show_spinner="Looking through the recordings ...", max_entries=4)
def _index(dataset: str, stamp: str) -> Index:
    index = open_index(dataset)
    if not index.cells:
        raise DataError(f"{dataset} holds no spoken digits. Choose another folder or zip.")
    return index


def index_of(dataset: str) -> Index:
    """Return the index of a data set: a key of ``DATASETS`` or a path.

    Raises
    ------
    DataError
        If it is not there, or holds no spoken digits.
    """
    found: Index = _index(dataset, changed(dataset))
    return found


def index_beside_own(dataset: str) -> Index:
    """Return the index of a data set with the own voices of this server among the others.

    Raises
    ------
    DataError
        If one of the two is not there.
    """
    found: Index = _beside_own(dataset, changed(dataset), changed(OWN))
    return found


@st.cache_resource(show_spinner="Looking through the recordings ...", max_entries=2)
def _beside_own(dataset: str, stamp: str, own_stamp: str) -> Index:
    theirs, own = index_of(dataset), index_of(OWN)
    taken = set(theirs.speakers)
    # somebody who is called like one of theirs is not the same person
    names = tuple(f"{name} (own)" if name in taken else name for name in own.speakers)
    return joined([theirs, replace(own, speakers=names)], f"{title_of(dataset)} and own voices")


def limits_of(dataset: str, index: Index) -> str:
    """Return what a data set is and what it is not, in a line or two."""
    speakers = {speaker for _, speaker in index.cells}
    counts = f"{int((index.digits >= 0).sum())} recordings by {len(speakers)} speakers."
    entry = DATASETS.get(dataset)
    if entry is None:
        return f"{counts} Your own folder; nothing of it is copied."
    return f"{counts} {entry.limits} Source: {entry.source}. Licence: {entry.licence}."


def limits_in_short(datasets: Sequence[str]) -> str:
    """Return in a line what some data sets, keys or paths, cannot tell; nothing for own folders."""
    entries = [DATASETS[key] for key in datasets if key in DATASETS]
    told = dict.fromkeys(entry.limits for entry in entries)
    return f"What these scores stand on: {' '.join(told)}" if told else ""
