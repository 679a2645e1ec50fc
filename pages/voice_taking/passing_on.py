"""Passing on: speakers as one zip, and back, so that a class merges into one data set.

In: a zip from anybody; the choice of speakers. Out: a download; new speakers in the store.
"""

import streamlit as st

from core.errors import LabError
from core.voices.exchange import Imported, export_voices, import_voices
from core.voices.own import speakers
from core.voices.zips import MAX_ZIP_BYTES
from pages.shared import cached, problems
from pages.shared.literal import literal
from pages.shared.session import visitor

POLL_SECONDS = 0.5


def draw() -> None:
    """Draw the export and the import."""
    left, right = st.columns(2)
    with left, st.container(border=True):
        st.subheader("Export")
        take_along()
    with right, st.container(border=True):
        st.subheader("Import")
        bring()


def take_along() -> None:
    """Draw the choice of speakers and the zip of them."""
    everybody = {s.folder: s for s in speakers()}
    if not everybody:
        st.caption("Nobody is here yet whose recordings could be exported.")
        return
    # not "nobody chosen": a speaker who is deleted meanwhile leaves the list
    chosen = [*everybody]
    if not st.toggle("Everybody", value=True, key="export-everybody"):
        chosen = st.multiselect(
            "Speakers", [*everybody], format_func=lambda f: everybody[f].name, key="export-who"
        )
    st.caption(
        "This is the one way in which recordings leave the data folder, and it is yours: the zip "
        "holds names and voices. Give it only to those its speakers agree to."
    )
    if st.button(
        "Prepare the zip",
        icon=":material/folder_zip:",
        key="export-prepare",
        disabled=not chosen,
        help=None if chosen else "Choose first whose recordings.",
    ):
        with problems.told(), st.spinner("Packing ..."):
            data = export_voices(chosen)
            st.download_button(
                f"Download ({len(data) / 1e6:.1f} MB)",
                data,
                "own-voices.zip",
                "application/zip",
                icon=":material/download:",
                key="export-download",
                on_click="ignore",
            )


def bring() -> None:
    """Draw the upload of a zip, and what became of it."""
    me = visitor().taking
    st.caption(
        "A zip that this app exported on another computer, or recordings named as FSDD names them "
        f"(7_anna_3.wav); at most {MAX_ZIP_BYTES >> 20} MB. All of it is added, or nothing. Nobody "
        "here is changed: whoever has a name that is taken gets a number."
    )
    file = st.file_uploader("A zip of speakers", type=["zip"], key=f"import-{me.number}")
    if file is not None:
        data = file.getvalue()
        me.number += 1
        me.imported = f"import {me.secret} {me.number}"
        cached.imports().start(me.imported, lambda progress: _imported(data, progress))
        st.rerun()
    if me.imported:
        progress_or_result(me.imported)


def _imported(data: bytes, progress: object) -> Imported:
    # what is decoded is counted by nobody: a zip does not say beforehand how much it holds
    return import_voices(data)


def progress_or_result(key: str) -> None:
    """Draw an import: that it runs, what came of it, or why it was refused."""
    state = cached.imports().state(key)
    if state.stage == "failed":
        problems.show(LabError(state.problem))
    elif state.stage == "done":
        told(state.result)
    elif state.is_active:

        @st.fragment(run_every=POLL_SECONDS)
        def waiting() -> None:
            now = cached.imports().state(key)
            if not now.is_active:
                st.rerun()
            st.progress(0, text=f"Listening to every take: {now.seconds:.0f} s so far ...")

        waiting()


def told(imported: Imported) -> None:
    """Draw what came of an import, conflicts included."""
    names = ", ".join(s.name for s in imported.speakers)
    if imported.speakers:
        st.success(
            f"{imported.n_clips} takes by {len(imported.speakers)} speakers are new: "
            f"{literal(names)}.",
            icon=":material/check_circle:",
        )
    for asked, given in imported.renamed:
        st.warning(
            f"{literal(asked)} was here already with other takes; the new one is called "
            f"{literal(given)}. If they are the same person, delete one of the two.",
            icon=":material/group:",
        )
    if imported.here_already:
        st.info(
            f"Every take of {literal(', '.join(imported.here_already))} was here already; nothing "
            "was added to them.",
            icon=":material/content_copy:",
        )
