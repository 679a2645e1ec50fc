"""Controls: each draws widgets and returns a setting.

In: tables of the core. Out: a run's spec.
"""

import streamlit as st

from core.errors import LabError
from core.learning.network_config import NetworkConfig
from core.learning.network_shapes import network_layers
from core.learning.networks import config_of
from core.learning.optimizers import OPTIMIZERS
from core.learning.requests import MAX_RATE
from core.learning.specs import RunSpec
from core.sound.images import PRESETS, ImageConfig
from core.sound.recordings import Recording
from pages.shared import problems
from pages.shared.changing import augmentation_control
from pages.shared.network_editor import (
    change_network,
    choose_network,
    show_network,
    size_in_words,
)
from pages.shared.session import visitor
from pages.shared.steps import steps_control
from pages.shared.who_trains import voices_control

IMAGE_LABELS = {
    "word": "Log-mel of the word, drawn to one width",
    "log_mel": "Log-mel, placed",
    "drawn": "Log-mel of the whole clip, stretched",
    "seed": "STFT, stretched (first experiment)",
    "waveform": "Plotted waveform, stretched (first experiment)",
}
EPOCHS = 12
"""What the page begins with. Chosen for the first experiment's network on FSDD of 2019, by takes 5
to 9 of every speaker and digit (200 clips), which stand to the others as the official test takes
do: 12 epochs of a cosine over batches of 32 gave 95.0 % in the last epoch, 10 epochs of 64 at a
constant rate 93.5 % (one seed each, on placed log-mels)."""


def spec_controls(
    data: str,
    speakers: tuple[str, ...],
    further: tuple[str, ...] = (),
    clips: tuple[Recording, ...] = (),
) -> RunSpec:
    """Draw the choice of network, optimizer, rate and epochs, and the rest on demand.

    Parameters
    ----------
    data : str
        The data set in force.
    speakers : tuple of str
        Its speakers, some of whom may be left out.
    further : tuple of str
        Other data sets, which only train.
    clips : tuple of Recording
        By which changes of the sound are heard.

    Raises
    ------
    LabError
        If the settings do not fit together, in a sentence.
    """
    left, right = st.columns(2)
    with left:
        name = choose_network()
        size = st.empty()
        epochs = st.slider(
            "Epochs",
            1,
            60,
            EPOCHS,
            key="epochs",
            help="Passes over all clips.",
            bind="query-params",
        )
    with right:
        optimizer = st.selectbox(
            "Optimizer",
            [*OPTIMIZERS],
            index=[*OPTIMIZERS].index("adam"),
            format_func=lambda k: OPTIMIZERS[k].label,
            key="optimizer",
            bind="query-params",
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
            chosen |= steps_control(optimizer, rate, epochs)
        with changes:
            chosen |= augmentation_control(image, clips)
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


def learning_rate(optimizer: str) -> float:
    """Draw the learning rate, a factor around the optimizer's own default; return it."""
    default = OPTIMIZERS[optimizer].learning_rate
    rates = [default * factor for factor in (0.001, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)]
    if optimizer in (found := visitor().found_rates):
        rates = sorted({*rates, found[optimizer]})
    linked = _linked_rate(optimizer)
    if linked is not None and _rate_in_words(linked) not in map(_rate_in_words, rates):
        rates = sorted({*rates, linked})
    chosen: float = st.select_slider(
        "Learning rate",
        rates,
        default,
        format_func=_rate_in_words,
        key=rate_key(optimizer),
        bind="query-params",
        help=f"The length of each step. This optimizer's default is {default:.3g}.",
    )
    return chosen


def _rate_in_words(rate: float) -> str:
    return f"{rate:.3g}"


def _linked_rate(optimizer: str) -> float | None:
    """Return the rate that the address bar names; None where it names none that is possible.

    One that was found by trying is on no ladder: without this it would be lost on a reload.
    """
    try:
        rate = float(st.query_params.get(rate_key(optimizer), ""))
    except ValueError:
        return None
    return rate if 0 < rate <= MAX_RATE else None


def rate_key(optimizer: str) -> str:
    """Return the key of the control of an optimizer's learning rate."""
    return f"rate-{optimizer}"


def image_control() -> ImageConfig:
    """Draw the choice of image; return its config."""
    name = st.selectbox(
        "Image",
        [*PRESETS],
        format_func=lambda k: IMAGE_LABELS.get(k, k),
        key="image",
        bind="query-params",
    )
    return PRESETS[name]
