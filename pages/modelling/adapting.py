"""Adapt a model to a voice: one press, half a minute of own recordings, a model of one's own.

In: a saved model, a speaker of the own voices. Out: another saved model, and what it changed.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.errors import ModelError
from core.learning.adaptation import FEWEST, MOST, Adapted, adapt
from core.learning.adapter import Change
from core.learning.saved_models import SavedModel, list_models
from core.learning.shelf import MAX_NAME
from core.sound.datasets import OWN, open_dataset
from core.voices.called import labels
from core.voices.flags import without_excluded
from core.voices.naming import unused_name
from core.voices.own import Speaker, catalogue, speakers
from pages.browsing.background import jobs, result_of
from pages.shared import problems
from pages.shared.literal import literal


@dataclass
class Asked:
    """One press of Adapt."""

    name: str
    """What the new model is to be called."""
    token: str
    """Of the work in the background: what is asked for twice is done twice."""
    found: Adapted | None = None
    """What came of it; kept here, so that looking at it again never adapts again."""


def _adapted(model: SavedModel, speaker: Speaker, name: str, token: str) -> Adapted | None:
    """Return what came of adapting; draws the progress and returns None before."""

    def work(progress: Callable[[float], None]) -> Adapted:
        from core.sound.audio import load_waveforms

        called = labels().get(speaker.folder, speaker.folder)  # as the data set calls them
        recordings = without_excluded(
            open_dataset(OWN).where(lambda r: r.speaker == called and r.digit is not None)
        ).recordings
        digits = [r.digit for r in recordings if r.digit is not None]
        return adapt(model, load_waveforms(recordings), digits, name, called, progress)

    found: Adapted | None = result_of(token, "Learning the voice", work)
    return found


def change_in_words(change: Change | None, nothing: str) -> str:
    """Return before and after in words."""
    if change is None:
        return nothing
    before, after = change.before, change.after
    return (
        f"{before.right} of {before.total} right before, {after.right} after "
        f"(95 % interval {after.low:.0%} to {after.high:.0%})"
    )


def draw(model: SavedModel) -> None:
    """Draw the choice of a voice, the press, and what came of it."""
    st.subheader("Adapt it to a voice")
    with problems.told():
        counts = Counter(r.speaker for r in catalogue().recordings)
        here = [s for s in speakers() if counts[s.folder]]
        if not here:
            st.markdown(
                "Record your ten digits, best three times each, and this model learns your voice "
                "in seconds, without forgetting the others."
            )
            st.page_link(
                "pages/voices.py", label="Record them", icon=":material/record_voice_over:"
            )
            return
        speaker = st.selectbox(
            "Whose voice",
            here,
            format_func=lambda s: f"{s.name} ({counts[s.folder]} clips)",
            key="adapted-to",
        )
        st.caption(
            f"It becomes a model of its own; “{literal(model.card.name)}” stays as it is. "
            f"{FEWEST} to {MOST} clips; best are all ten digits, three times each. Recordings "
            "that somebody has excluded are left out."
        )
        name = st.text_input(
            "Name of the new model",
            f"{model.card.name}, for {speaker.name}"[:MAX_NAME],
            max_chars=MAX_NAME,
            key=f"adapted-name-{model.key}-{speaker.folder}",
            help="It goes along when the model is exported; the speaker is “own voice 1” there.",
        )
        taken = {m.card.name for m in list_models()[0]}
        name = unused_name(" ".join(name.split()) or "Adapted", taken)
        presses: dict[str, Asked] = st.session_state.setdefault("adaptations", {})
        key = f"{model.key} {speaker.folder}"
        if st.button("Adapt", icon=":material/record_voice_over:", key="adapt"):
            token = f"adapt {key} {model.card.weights_sha256} {secrets.token_hex(6)}"
            presses[key] = Asked(name, token)
        if key in presses and not _outcome(model, speaker, presses[key]):
            del presses[key]
            st.rerun()


def _outcome(model: SavedModel, speaker: Speaker, asked: Asked) -> bool:
    """Draw what came of a press, or how far it is; return False once it is cancelled."""
    if asked.found is None:
        asked.found = _adapted(model, speaker, asked.name, asked.token)
    found = asked.found
    if found is None:
        cancelled = jobs().state(asked.token).is_active and st.button("Cancel", key="adapt-cancel")
        if cancelled:
            jobs().cancel(asked.token)
        return not cancelled
    if not found.model.folder.is_dir():
        raise ModelError("The adapted model has been deleted since. Bring it back, or adapt again.")
    st.success(f"Kept as “{literal(found.model.card.name)}”, after {found.seconds:.0f} s.")
    own = change_in_words(found.own, f"not measured: {found.why_unmeasured}")
    theirs = change_in_words(found.others, "not measured")
    st.markdown(
        f"**{literal(speaker.name)}**, on clips not used (one half of them for the other): "
        f"{own}.  \n**Others**, on clips not used ({literal(found.others_are)}): {theirs}."
    )
    st.caption("Forced to say a digit, one look at each clip.")

    def show() -> None:
        st.session_state["model-chosen"] = found.model.key

    st.button("Show it", icon=":material/visibility:", key="adapt-show", on_click=show)
    return True
