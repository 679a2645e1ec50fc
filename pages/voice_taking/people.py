"""Who is here: every speaker with their takes, to be heard, renamed, deleted and brought back.

In: the store of own voices. Out: what was deleted lies in the trash for a week.
"""

import time
from collections import Counter

import pandas as pd
import streamlit as st

from core.sound.recordings import Recording
from core.voices.called import rename_speaker
from core.voices.own import Speaker, catalogue, speakers
from core.voices.trash import Deleted, delete_speaker, delete_takes, deleted, erase, restore
from pages.shared import cached, problems
from pages.shared.literal import literal
from pages.shared.session import visitor

TAKES_A_PAGE = 10
"""Players drawn at once."""


def draw() -> None:
    """Draw everybody, one of them closely, and the trash."""
    just_deleted()
    everybody = {s.folder: s for s in speakers()}
    if not everybody:
        st.info("Nobody is here yet. Record some digits, or import a zip.")
    else:
        recordings = catalogue().recordings
        overview(everybody, recordings)
        chosen = st.selectbox(
            "Whose takes?", [*everybody], format_func=lambda f: everybody[f].name, key="whose"
        )
        one(everybody[chosen], [r for r in recordings if r.speaker == chosen])
    trash()


def overview(everybody: dict[str, Speaker], recordings: tuple[Recording, ...]) -> None:
    """Draw how many takes of each digit each speaker has."""
    counts = Counter((r.speaker, r.digit) for r in recordings)
    st.dataframe(
        pd.DataFrame(
            [
                {"speaker": s.name, **{str(d): counts[f, d] for d in range(10)}}
                | {"takes": sum(counts[f, d] for d in range(10))}
                for f, s in everybody.items()
            ]
        ),
        key="everybody",
        hide_index=True,
        width="stretch",
        alt="Takes of each digit by each speaker",
    )


def one(speaker: Speaker, takes: list[Recording]) -> None:
    """Draw one speaker's takes with a player and a button each, and what can be done with all."""
    with st.container(horizontal=True):
        rename(speaker)
        if st.button(
            "Delete this speaker", icon=":material/person_remove:", key=f"delete-{speaker.folder}"
        ):
            with problems.told():
                visitor().taking.deleted = delete_speaker(speaker.folder)
                st.rerun()
    counts = Counter(r.digit for r in takes)
    if not takes:
        st.caption("No takes yet.")
        return
    digit = st.pills(
        "Digit",
        sorted(d for d in counts if d is not None),
        default=min(d for d in counts if d is not None),
        required=True,
        format_func=lambda d: f"{d} ({counts[d]})",
        key=f"digit-of-{speaker.folder}",
        wrap=True,
    )
    shown = [r for r in takes if r.digit == digit]
    pages = -(-len(shown) // TAKES_A_PAGE)
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Page of {pages}", 1, pages, key=f"page-{speaker.folder}"))
    for recording in shown[(page - 1) * TAKES_A_PAGE : page * TAKES_A_PAGE]:
        name, sound, button = st.columns([2, 4, 1], vertical_alignment="center")
        name.markdown(f"“{recording.digit}”, take {recording.take}")
        with sound, problems.told():
            st.audio(cached.wav(recording), format="audio/wav")
        if button.button("Delete", icon=":material/delete:", key=f"delete-{recording.name}"):
            with problems.told():
                visitor().taking.deleted = delete_takes([recording])
                st.rerun()


def rename(speaker: Speaker) -> None:
    """Draw the form that gives a speaker another name."""
    with st.popover("Rename", icon=":material/edit:"), st.form(f"rename-{speaker.folder}"):
        name = st.text_input("Name", speaker.name, key=f"name-{speaker.folder}")
        if st.form_submit_button("Rename"):
            with problems.told():
                rename_speaker(speaker.folder, name)
                st.rerun()


def just_deleted() -> None:
    """Draw what was deleted last, with the button that brings it back."""
    me = visitor().taking
    if me.deleted is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/delete: Deleted: {literal(me.deleted.what)}.", width="content")
        if st.button("Undo", icon=":material/undo:", key="undo-delete"):
            bring_back(me.deleted)


def bring_back(gone: Deleted) -> None:
    """Restore something and draw the page anew."""
    with problems.told():
        visitor().taking.deleted = None
        restore(gone.name)
        st.rerun()


def trash() -> None:
    """Draw what can be brought back, or be erased for good."""
    found = deleted()
    if not found:
        return
    with st.expander(f"Deleted ({len(found)})", icon=":material/delete:"):
        st.caption("It can be brought back until the day that stands beside it.")
        for gone in found:
            words, back, away = st.columns([4, 1, 1], vertical_alignment="center")
            day = time.strftime("%d %B", time.localtime(gone.until))
            words.markdown(f"{literal(gone.what)}, until {day}")
            if back.button("Restore", icon=":material/undo:", key=f"restore-{gone.name}"):
                bring_back(gone)
            if away.button(
                "Erase", icon=":material/delete_forever:", key=f"erase-{gone.name}",
                help="For good, now: nothing of it stays.",
            ):  # fmt: skip
                with problems.told():
                    erase(gone.name)
                    cached.forget_sounds()
                    me = visitor().taking
                    me.deleted = None if me.deleted == gone else me.deleted
                    st.rerun()
