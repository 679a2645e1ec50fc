"""Who is speaking: somebody who is here already, or somebody new.

In: the speakers of this server, a typed name. Out: the speaker whose takes are recorded.
"""

import streamlit as st

from core.voices.own import Speaker, add_speaker, speakers
from pages.shared import problems
from pages.shared.session import visitor

NEW = ""


def choose() -> Speaker | None:
    """Draw the choice of speaker; return it, or None while a new one has no name."""
    me = visitor().taking
    everybody = {s.folder: s for s in speakers()}
    if me.speaker not in everybody:
        me.speaker = NEW
    if everybody:
        st.session_state["who"] = me.speaker

        def changed() -> None:
            become(st.session_state["who"])

        st.selectbox(
            "Who is speaking?",
            [*everybody, NEW],
            format_func=lambda f: everybody[f].name if f in everybody else "Somebody new ...",
            key="who",
            on_change=changed,
        )
    if me.speaker != NEW:
        return everybody[me.speaker]
    introduce()
    return None


def become(folder: str) -> None:
    """Make somebody the one who is speaking; what another has recorded is not kept for them."""
    me = visitor().taking
    me.speaker, me.asked, me.last, me.kept, me.heard = folder, None, None, None, None
    me.number += 1


def introduce() -> None:
    """Draw the form in which somebody new says a name."""
    with st.form("introduce", border=True):
        name = st.text_input(
            "Your name, or a nickname",
            key="new-name",
            placeholder="as it shall stand beside your recordings",
        )
        st.caption("Record only somebody who agrees: everyone who uses this app here can hear it.")
        if st.form_submit_button("Begin", type="primary", icon=":material/person_add:"):
            with problems.told():
                become(add_speaker(name).folder)
                st.rerun()
