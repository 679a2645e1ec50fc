"""Which data set the visitor looks at, and how to get another.

In: the visitor's choice. Out: a catalogue; the offer to download FSDD or to use a folder.
"""

import streamlit as st

from core.errors import DataError
from core.sound.datasets import DATASETS, OWN, available, default_dataset
from core.sound.recordings import Catalogue
from pages.shared import cached, problems
from pages.shared.session import visitor

POLL_SECONDS = 0.5
"""Between two looks at a download in progress."""


def dataset_in_force() -> str:
    """Return the key or path of the data set that this visitor looks at."""
    me = visitor()
    if me.awaits_download and cached.download().state.stage == "done":
        me.awaits_download = False  # whoever asked for it gets it; nobody else is moved
        me.dataset = "fsdd" if "fsdd" in available() else me.dataset
    return me.dataset or default_dataset()


def open_chosen() -> Catalogue:
    """Return the spoken digits of the data set in force.

    Raises
    ------
    DataError
        If it is not there any more.
    """
    return cached.digits_of(dataset_in_force())


def synthetic_note() -> None:
    """Say so where the voices are synthetic, and where real ones are to be had."""
    if dataset_in_force() != "synthetic":
        return
    with st.container(border=True):
        st.markdown(
            ":material/smart_toy: **These voices are synthetic**: machines speak them, so that "
            "everything works without internet. For real people, get the Free Spoken Digit "
            "Dataset on the Browse page (about 10 MB)."
        )


def dataset_keys() -> list[str]:
    """Return the data sets to choose among: those that are here, and the visitor's own folder."""
    keys, current = list(available()), dataset_in_force()
    return keys if current in keys else [*keys, current]


def choose_dataset() -> None:
    """Draw the choice of data set; a shared link's ``data`` counts once, when it is opened."""
    me = visitor()
    linked = st.query_params.get("data")
    if linked is not None and linked != me.linked_dataset:
        if linked in available():  # a name only: an address opens no folder of this machine
            me.dataset = linked
        elif linked in DATASETS:
            st.info(f"The address names a data set that is not here. {DATASETS[linked].missing()}")
    current, keys = dataset_in_force(), dataset_keys()

    def choose() -> None:
        me.dataset = st.session_state["dataset"]

    st.session_state["dataset"] = current
    st.selectbox("Data set", keys, format_func=cached.title_of, key="dataset", on_change=choose)
    me.linked_dataset = current if current in DATASETS else None  # a path stays on this machine
    if me.linked_dataset is not None:
        st.query_params["data"] = me.linked_dataset
    elif linked is not None:
        del st.query_params["data"]


def choose_beside() -> bool:
    """Draw whether own voices stand among the others, where there are any; return it."""
    if dataset_in_force() == OWN or OWN not in available():
        return False
    return st.toggle(
        "Own voices among them",
        key="beside",
        bind="query-params",
        help="What was recorded on the page Your voice, in every view: compare yourself with the "
        "others.",
    )


def choose_further() -> tuple[str, ...]:
    """Draw the choice of data sets that train beside the one in force; return their keys."""
    current = dataset_in_force()
    others = [key for key in available() if key.partition("-")[0] != current.partition("-")[0]]
    if not others:
        return ()
    chosen = st.multiselect(
        "Also train on",
        others,
        format_func=cached.title_of,
        key="further",
        bind="query-params",
        placeholder="nothing else",
        help="The data set above is the one that is scored; these only train. So own voices learn "
        "from FSDD's, and FSDD's from own ones. Whoever is left out is left out of all of them.",
    )
    return tuple(chosen)


def offer_more_data() -> None:
    """Draw the download of FSDD and the field for a folder of the visitor's own."""
    missing = "fsdd" not in available()
    with st.expander(
        "Get real recordings" if missing else "Use recordings of your own", expanded=missing
    ):
        if missing:
            entry = DATASETS["fsdd"]
            st.markdown(
                f"**Free Spoken Digit Dataset v1.0.10**: {entry.summary} Licence {entry.licence}, "
                "by Zohar Jackson and others. About 10 MB from GitHub, kept in the data folder."
            )
            _download()
        st.page_link(
            "pages/voices.py", label="Record your own voice", icon=":material/record_voice_over:"
        )
        path = st.text_input(
            "Or the path of a folder or zip on this computer",
            key="own-path",
            placeholder="in FSDD's, Speech Commands' or AudioMNIST's layout",
            help="For example 7_jackson_0.wav, seven/0c40e715_nohash_0.wav or 01/7_01_12.wav. "
            "Nothing is copied.",
        )
        if st.button("Use this folder", key="use-path", disabled=not path):
            with problems.told():
                cached.digits_of(path.strip())
                visitor().dataset = path.strip()
                st.rerun()


def _download() -> None:
    """Draw the download: its button, the bytes so far, or why it failed; polls while it runs."""
    download = cached.download()
    state = download.state
    me = visitor()

    def begin() -> None:
        me.awaits_download = True
        download.start()

    if state.stage == "failed":
        problems.show(DataError(state.problem))
    st.button(
        "Download it" if state.stage != "failed" else "Try again",
        icon=":material/download:",
        key="download-fsdd",
        on_click=begin,
        disabled=state.stage == "running",
    )

    if state.stage != "running":
        return

    @st.fragment(run_every=POLL_SECONDS)
    def so_far() -> None:
        now = download.state
        if now.stage != "running":
            st.rerun()  # the whole page once more: it stops polling
        known = f" of {now.bytes_in_all / 1e6:.1f} MB" if now.bytes_in_all else ""
        st.text(f"{now.bytes_so_far / 1e6:.1f} MB{known} so far; then every file is checked")

    so_far()
