"""One augmentation on one clip: what training with it hears and sees.

In: a clip and the choice among ``AUGMENTATIONS``. Out: the changed clip, and the very picture.
"""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.browsing.index import Index
from core.charts.sound import image_figure
from core.sound.augmentation import AUGMENTATIONS
from core.sound.augmented import alone
from core.sound.images import LOG_MEL
from pages.shared import cached

Waveform = NDArray[np.float32]


def another(index: Index, place: int) -> Waveform:
    """Return a clip of another digit, to be blended with; the same where there is no other."""
    recording = index.recording(place)
    for digit, speaker in sorted(index.cells):
        if digit != recording.digit and speaker == recording.speaker:
            return cached.waveform(index.recording(int(index.cells[digit, speaker][0])))
    return cached.waveform(recording)


def changed(index: Index, place: int, y: Waveform) -> Waveform:
    """Draw the choice of an augmentation and the picture a network sees; return what is heard."""
    choice, chance = st.columns([3, 1])
    name = choice.selectbox(
        "As training changes it",
        ["nothing", *AUGMENTATIONS],
        format_func=lambda k: "not at all" if k == "nothing" else AUGMENTATIONS[k].label,
        key="augmentation",
    )
    if name == "nothing":
        return y
    roll = chance.number_input("Throw of the dice", 1, 999, 1, key="augmentation-roll")
    entry = AUGMENTATIONS[name]
    st.caption(
        f"{entry.summary} In training it comes to {entry.probability:.0%} of the clips, anew in "
        f"every epoch. Source: {entry.source}."
    )
    heard, image = alone(name, y, another(index, place), LOG_MEL, int(roll))
    st.plotly_chart(
        image_figure(image), key="augmented", alt="The picture a network sees of the changed clip"
    )
    return heard
