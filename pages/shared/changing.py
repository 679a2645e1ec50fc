"""Whether and how clips are changed in training, each change to be heard and seen on one clip.

In: the image, a clip. Out: settings of a run's spec.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.sound import image_figure
from core.sound.audio import write_wav
from core.sound.augmentation import AUGMENTATIONS
from core.sound.augmented import alone, augmented_window
from core.sound.images import ImageConfig, Images, to_image
from core.sound.recordings import Recording
from pages.shared import cached, problems
from pages.shared.player import name_of


def augmentation_control(image: ImageConfig, clips: Sequence[Recording]) -> dict[str, Any]:
    """Draw whether and how clips are changed in training; return these settings."""
    placed = image.has_room
    augment = st.toggle(
        "Augmentation",
        key="augment",
        bind="query-params",
        disabled=not placed,
        help="Every epoch hears each clip in another voice, room and noise. Slower to learn, "
        "better with strangers.",
    )
    if not placed:
        st.caption("A stretched picture has no room in which a word could be changed.")
    names = st.multiselect(
        "Which changes",
        [*AUGMENTATIONS],
        format_func=lambda k: AUGMENTATIONS[k].label,
        key="augmentations",
        bind="query-params",
        placeholder="the usual mixture",
        disabled=not (placed and augment),
    )
    for name in names:
        entry = AUGMENTATIONS[name]
        st.caption(f"**{entry.label}**: {entry.summary} ({entry.source})")
    on = augment and placed
    if on and clips and st.toggle("Hear them", key="hear-changes"):
        with problems.told():
            hear(names, image, clips)
    return {"augment": on, "augmentations": tuple(names) if on else ()}


def hear(names: Sequence[str], image: ImageConfig, clips: Sequence[Recording]) -> None:
    """Draw a clip as it is, and as each change makes it: for the ear and as the network sees it."""
    roll = int(
        st.number_input(
            "Throw of the dice", 1, 9999, 1, key="hear-roll", help="Another clip, another chance."
        )
    )
    rng = np.random.default_rng(roll)
    recording, other = (clips[int(i)] for i in rng.integers(len(clips), size=2))
    y = cached.waveform(recording)
    st.text(name_of(recording))
    drawn: list[tuple[str, NDArray[np.float32], Images]] = [("As it is", y, to_image(y, image))]
    for name in names:
        heard, picture = alone(name, y, cached.waveform(other), image, roll)
        drawn.append((AUGMENTATIONS[name].label, heard, picture))
    if not names:
        window = augmented_window(y, image.n_samples, rng)
        drawn.append(("The usual mixture", window, to_image(window, image)))
    for i, column in enumerate(st.columns(3) * -(-len(drawn) // 3)):
        if i < len(drawn):
            label, heard, picture = drawn[i]
            with column:
                st.markdown(f"**{label}**")
                st.audio(write_wav(heard), format="audio/wav")
                figure = image_figure(picture)
                figure.update_layout(height=150, margin={"l": 5, "r": 5, "t": 5, "b": 5})
                figure.update_traces(showscale=False)
                st.plotly_chart(figure, key=f"heard-{i}", alt=f"The picture of it: {label}")
