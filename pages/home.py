"""Home: what this is, something to hear, and the four steps with the next button."""

import streamlit as st

from core.learning.runs import list_runs
from core.learning.saved_models import list_models
from pages.shared import cached, frame, player, problems
from pages.shared.choices import dataset_in_force, open_chosen, synthetic_note
from pages.shared.literal import literal
from pages.shared.session import visitor

frame.inside()
st.title("Spoken Digit Lab")
st.markdown(
    "See spoken digits as pictures, teach a small neural network to recognise them, understand "
    "why it learns or fails to, and talk to it through your microphone."
)

me = visitor()
own_models = [m for m in list_models()[0] if not m.shipped]
steps = [
    (
        "1. Recordings",
        "Borrow a spoken digit data set, and listen.",
        "pages/browse.py",
        "Browse recordings",
        me.heard_a_recording,
    ),
    (
        "2. Pictures",
        "Turn each sound into an image: time to the right, frequency upwards, loudness as colour.",
        "pages/browse.py",
        "See the pictures",
        me.heard_a_recording,
    ),
    (
        "3. A network",
        "Train a convolutional network on the images and watch it learn, or fail to.",
        "pages/train.py",
        "Train a network",
        bool(own_models) or bool(list_runs()),
    ),
    (
        "4. A microphone",
        "Say a digit and see whether it is recognised.",
        "pages/live.py",
        "Talk to it",
        me.words_heard > 0,
    ),
]
following = next((i for i, step in enumerate(steps) if not step[4]), None)
for column, (i, (title, text, page, label, done)) in zip(
    st.columns(4), enumerate(steps), strict=True
):
    with column, st.container(border=True, height="stretch"):
        st.markdown(f"**{title}** {':green[:material/check_circle: done]' if done else ''}")
        st.markdown(text)
        if st.button(
            label,
            key=f"step-{i}",
            type="primary" if i == following else "secondary",
            width="stretch",
        ):
            st.switch_page(page)

st.subheader("Listen to some")
with problems.told():
    chosen = open_chosen()
    synthetic_note()
    speakers = chosen.speakers
    picked = [
        next(r for r in chosen.recordings if r.digit == digit and r.speaker == speaker)
        for digit, speaker in zip((7, 3, 0), (speakers * 3)[:3], strict=True)
        if any(r.digit == digit and r.speaker == speaker for r in chosen.recordings)
    ]
    for column, recording in zip(st.columns(3), picked, strict=False):
        with column:
            player.play(recording)
    st.caption(
        f"{len(chosen)} recordings, {len(speakers)} speakers, 8 kHz mono: "
        f"{literal(cached.title_of(dataset_in_force()))}. Audio goes only to the "
        "computer that this app runs on."
    )
