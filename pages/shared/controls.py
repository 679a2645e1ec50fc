"""Controls: each draws widgets and returns a setting.

In: tables of the core. Out: a run's spec.
"""

from typing import Any

import streamlit as st

from core.errors import LabError
from core.learning.network_config import NetworkConfig
from core.learning.network_shapes import network_layers
from core.learning.networks import config_of
from core.learning.optimizers import OPTIMIZERS
from core.learning.schedules import SCHEDULES
from core.learning.specs import RunSpec
from core.learning.splits import leaving_out
from core.sound.augmentation import AUGMENTATIONS
from core.sound.images import PRESETS, ImageConfig
from pages.shared import problems
from pages.shared.network_editor import (
    change_network,
    choose_network,
    show_network,
    size_in_words,
)
from pages.shared.session import visitor

IMAGE_LABELS = {
    "log_mel": "Log-mel, placed",
    "drawn": "Log-mel, stretched",
    "seed": "STFT, stretched (first experiment)",
    "waveform": "Plotted waveform, stretched (first experiment)",
}
TEST_TAKES = {"official": "the first of each (official)", "random": "by chance"}
EPOCHS, BATCH_SIZE, SCHEDULE = 12, 32, "cosine"
"""What the page begins with. Chosen for the first experiment's network on FSDD of 2019, by takes 5
to 9 of every speaker and digit (200 clips), which stand to the others as the official test takes
do: 12 epochs of a cosine over batches of 32 gave 95.0 % in the last epoch, 10 epochs of 64 at a
constant rate 93.5 % (one seed each)."""


def spec_controls(data: str, speakers: tuple[str, ...], further: tuple[str, ...] = ()) -> RunSpec:
    """Draw the choice of network, optimizer, rate and epochs, and the rest on demand.

    Parameters
    ----------
    data : str
        The data set in force.
    speakers : tuple of str
        Its speakers, some of whom may be left out.
    further : tuple of str
        Other data sets, which only train.

    Raises
    ------
    LabError
        If the settings do not fit together, in a sentence.
    """
    left, right = st.columns(2)
    with left:
        name = choose_network()
        size = st.empty()
        epochs = st.slider("Epochs", 1, 60, EPOCHS, key="epochs", help="Passes over all clips.")
    with right:
        optimizer = st.selectbox(
            "Optimizer",
            [*OPTIMIZERS],
            index=[*OPTIMIZERS].index("adam"),
            format_func=lambda k: OPTIMIZERS[k].label,
            key="optimizer",
        )
        st.caption(OPTIMIZERS[optimizer].summary)
        rate = learning_rate(optimizer)
    with st.expander("More settings"):
        voices, network_tab, steps, changes = st.tabs(
            ["Picture and voices", "Network", "Steps and stops", "Augmentation"]
        )
        with voices:
            image = image_control()
            chosen = voices_control(speakers)
        with network_tab:
            network = _network(name, image)
        with steps:
            chosen |= steps_control(optimizer)
        with changes:
            chosen |= augmentation_control(image)
    if network is None:
        raise LabError("This network cannot be built. Change it under “More settings”, “Network”.")
    size.caption(f"{size_in_words(network_layers(config_of(network), image.shape))}.")
    try:
        return RunSpec(
            data=(data, *further),
            network=network,
            optimizer=optimizer,
            learning_rate=rate,
            epochs=epochs,
            image=image,
            **chosen,
        )
    except ValueError as error:
        raise LabError(f"These settings do not fit together: {error}") from error


def _network(name: str, image: ImageConfig) -> str | NetworkConfig | None:
    """Draw the network's layers; tell an impossible one in its place and return None.

    The controls that follow must be drawn all the same, or they would forget what was chosen.
    """
    try:
        network = change_network(name)
        show_network(network, image.shape)
    except LabError as error:
        problems.show(error)
        return None
    return network


def voices_control(speakers: tuple[str, ...]) -> dict[str, Any]:
    """Draw who trains, who is scored, and how much is trained on; return these settings."""
    left_out = st.multiselect(
        "Leave speakers out",
        speakers,
        key="left-out",
        placeholder="nobody",
        help="The second honest number: how it does with voices it has never heard.",
    )
    only = st.multiselect(
        "Train on these speakers only",
        [s for s in speakers if s not in left_out],
        key="train-speakers",
        placeholder="everybody else",
    )
    by_chance = st.selectbox(
        "Test takes",
        [*TEST_TAKES],
        format_func=lambda k: TEST_TAKES[k],
        key="test-takes",
        disabled=bool(left_out),
        help="Which tenth of the takes of speakers it knows is scored and never trained on. With "
        "speakers left out it is the first.",
    )
    share = st.select_slider(
        "Share of the training clips",
        [0.05, 0.1, 0.25, 0.5, 1.0],
        1.0,
        format_func=lambda x: f"{x:.0%}",
        key="train-share",
        help="With little to learn from, a network soon knows it by heart.",
    )
    return {
        "split": leaving_out(left_out) if left_out else by_chance,
        "train_speakers": tuple(only),
        "train_share": share,
    }


def steps_control(optimizer: str) -> dict[str, Any]:
    """Draw how steps are taken and when to stop; return these settings."""
    left, right = st.columns(2)
    with left:
        batch_size = st.select_slider(
            "Batch size", [16, 32, 64, 128, 256], BATCH_SIZE, key="batch-size"
        )
        schedule = st.selectbox(
            "Learning rate over time",
            [*SCHEDULES],
            index=[*SCHEDULES].index(SCHEDULE),
            format_func=lambda k: SCHEDULES[k].label,
            key="schedule",
        )
        st.caption(SCHEDULES[schedule].summary)
        seed = st.number_input("Seed", 0, 9999, 0, key="seed", help="Same seed, same run.")
    with right:
        patience = st.slider(
            "Stop after epochs without improvement",
            0,
            20,
            0,
            key="patience",
            help="0: go on to the last epoch. The best epoch is kept in any case.",
        )
        score = st.select_slider(
            "Stop at a validation accuracy of",
            [None, 0.9, 0.95, 0.97, 0.98, 0.99, 1.0],
            key="stop-score",
            format_func=lambda x: "never" if x is None else f"{x:.0%}",
        )
        seconds = st.select_slider(
            "Stop after",
            [None, 30.0, 60.0, 120.0, 300.0, 600.0],
            key="stop-seconds",
            format_func=lambda x: "no time limit" if x is None else f"{x:.0f} s",
        )
        signals = st.toggle(
            "Look inside while it trains",
            True,
            key="signals",
            help="Gradients, updates and activations of every layer; costs a few per cent.",
        )
    st.latex(OPTIMIZERS[optimizer].update)
    st.caption(f"{OPTIMIZERS[optimizer].label}. Source: {OPTIMIZERS[optimizer].source}.")
    return {
        "batch_size": batch_size,
        "schedule": schedule,
        "seed": int(seed),
        "patience": patience,
        "stop_score": score,
        "stop_seconds": seconds,
        "signals": signals,
    }


def augmentation_control(image: ImageConfig) -> dict[str, Any]:
    """Draw whether and how clips are changed in training; return these settings."""
    placed = image.fit == "place"
    augment = st.toggle(
        "Augmentation",
        key="augment",
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
        placeholder="the shipped model's mixture",
        disabled=not (placed and augment),
    )
    for name in names:
        entry = AUGMENTATIONS[name]
        st.caption(f"**{entry.label}**: {entry.summary} ({entry.source})")
    on = augment and placed
    return {"augment": on, "augmentations": tuple(names) if on else ()}


def learning_rate(optimizer: str) -> float:
    """Draw the learning rate, a factor around the optimizer's own default; return it."""
    default = OPTIMIZERS[optimizer].learning_rate
    rates = [default * factor for factor in (0.001, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)]
    if optimizer in (found := visitor().found_rates):
        rates = sorted({*rates, found[optimizer]})
    chosen: float = st.select_slider(
        "Learning rate",
        rates,
        default,
        format_func=lambda rate: f"{rate:.3g}",
        key=rate_key(optimizer),
        help=f"The length of each step. This optimizer's default is {default:.3g}.",
    )
    return chosen


def rate_key(optimizer: str) -> str:
    """Return the key of the control of an optimizer's learning rate."""
    return f"rate-{optimizer}"


def image_control() -> ImageConfig:
    """Draw the choice of image; return its config."""
    name = st.selectbox(
        "Image", [*PRESETS], format_func=lambda k: IMAGE_LABELS.get(k, k), key="image"
    )
    return PRESETS[name]
