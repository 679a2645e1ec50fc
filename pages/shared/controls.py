"""Controls: each draws widgets and returns a setting.

In: tables of the core. Out: a run's spec.
"""

import streamlit as st

from core.learning.networks import NETWORKS
from core.learning.optimizers import OPTIMIZERS
from core.learning.specs import RunSpec
from core.learning.splits import leaving_out
from core.sound.images import PRESETS, ImageConfig

IMAGE_LABELS = {
    "log_mel": "Log-mel, placed",
    "seed": "STFT, stretched (first experiment)",
    "waveform": "Plotted waveform, stretched (first experiment)",
}


def spec_controls(data: str, speakers: tuple[str, ...], further: tuple[str, ...] = ()) -> RunSpec:
    """Draw the choice of network, optimizer, rate and epochs; return the spec.

    Parameters
    ----------
    data : str
        The data set in force.
    speakers : tuple of str
        Its speakers, some of whom may be left out.
    further : tuple of str
        Other data sets, which only train.
    """
    left, right = st.columns(2)
    with left:
        network = st.selectbox(
            "Network", [*NETWORKS], format_func=lambda k: NETWORKS[k].label, key="network"
        )
        st.caption(NETWORKS[network].summary)
        epochs = st.slider("Epochs", 1, 60, 15, key="epochs", help="Passes over all clips.")
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
        image = image_control()
        augment = st.toggle(
            "Augmentation",
            key="augment",
            disabled=image.fit != "place",
            help="Every epoch hears each clip in another voice, room and noise. Slower to learn, "
            "better with strangers.",
        )
        batch_size = st.select_slider("Batch size", [16, 32, 64, 128, 256], 64, key="batch-size")
        seed = st.number_input("Seed", 0, 9999, 0, key="seed", help="Same seed, same run.")
        left_out = st.multiselect(
            "Leave speakers out",
            speakers,
            key="left-out",
            placeholder="nobody",
            help="The second honest number: how it does with voices it has never heard.",
        )
        st.latex(OPTIMIZERS[optimizer].update)
        st.caption(f"Source: {OPTIMIZERS[optimizer].source}.")
        st.markdown(
            "\n".join(
                f"{i}. {layer.words}"
                for i, layer in enumerate(NETWORKS[network].layers(image.shape), 1)
            )
        )
    return RunSpec(
        data=(data, *further),
        network=network,
        optimizer=optimizer,
        learning_rate=rate,
        epochs=epochs,
        batch_size=batch_size,
        seed=int(seed),
        split=leaving_out(left_out),
        augment=augment and image.fit == "place",
        image=image,
    )


def learning_rate(optimizer: str) -> float:
    """Draw the learning rate, a factor around the optimizer's own default; return it."""
    default = OPTIMIZERS[optimizer].learning_rate
    rates = [default * factor for factor in (0.001, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)]
    found: float = st.select_slider(
        "Learning rate",
        rates,
        default,
        format_func=lambda rate: f"{rate:.3g}",
        key=f"rate-{optimizer}",
        help="The length of each step. The middle is this optimizer's default.",
    )
    return found


def image_control() -> ImageConfig:
    """Draw the choice of image; return its config."""
    name = st.selectbox(
        "Image", [*PRESETS], format_func=lambda k: IMAGE_LABELS.get(k, k), key="image"
    )
    return PRESETS[name]
