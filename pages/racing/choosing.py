"""What is to race: lanes, network, clips, epochs.

In: the tables of the core. Out: a race's plan.
"""

import streamlit as st

from core.errors import LabError
from core.learning.network_config import NetworkConfig
from core.learning.network_shapes import network_layers
from core.learning.networks import NETWORKS, config_of
from core.learning.optimizers import OPTIMIZERS
from core.learning.racing.specs import MOST_LANES, SMALL, RaceSpec

BEGIN = RaceSpec()
"""What the page begins with."""
SMALL_KEY = "small"


def _label(network: str) -> str:
    return "Small CNN" if network == SMALL_KEY else NETWORKS[network].label


def plan_controls(data: str) -> RaceSpec:
    """Draw what is to race; return the plan.

    Parameters
    ----------
    data : str
        The data set in force.

    Raises
    ------
    LabError
        If the settings do not fit together, in a sentence.
    """
    lanes = st.multiselect(
        "Lanes",
        [*OPTIMIZERS],
        [*BEGIN.optimizers],
        format_func=lambda k: OPTIMIZERS[k].label,
        key="race-lanes",
        max_selections=MOST_LANES,
        placeholder="choose up to eight optimizers",
    )
    left, right = st.columns(2)
    with left:
        name = st.selectbox(
            "Network", [SMALL_KEY, *NETWORKS], format_func=_label, key="race-network"
        )
        network: str | NetworkConfig = SMALL if name == SMALL_KEY else name
        layers = network_layers(config_of(network), BEGIN.image.shape)
        parameters = sum(layer.parameters for layer in layers)
        st.caption(f"{parameters:,} parameters. A larger one takes longer.")
    with right:
        epochs = st.slider("Epochs of the race", 2, 40, BEGIN.epochs, key="race-epochs")
    with st.expander("More settings"):
        more, further = st.columns(2)
        with more:
            clips = st.select_slider(
                "Training clips", [100, 200, 400, 600, 1000, 2000], BEGIN.clips, key="race-clips"
            )
            batch_size = st.select_slider(
                "Batch size",
                [8, 16, 32, 64, 128],
                BEGIN.batch_size,
                key="race-batch-size",
                help="Gradient descent looks at all clips before each step, whatever this says.",
            )
            seed = st.number_input("Seed", 0, 9999, BEGIN.seed, key="race-seed")
        with further:
            rates = st.slider(
                "Learning rates of each sweep",
                1,
                7,
                BEGIN.rates,
                key="race-rates",
                help="Around the optimizer's default, two for each power of ten. Where the best "
                "lies at the edge, more are tried beyond it.",
            )
            sweep_epochs = st.slider(
                "Epochs of each rate in the sweep",
                1,
                40,
                BEGIN.sweep_epochs,
                key="race-sweep-epochs",
                help="At most as many as the race has. With as many, each rate is judged by what "
                "it does in the race itself.",
            )
    if not lanes:
        raise LabError("No optimizer is chosen. Choose at least one lane; two make a race.")
    try:
        plan = RaceSpec(
            data=data,
            optimizers=tuple(lanes),
            network=network,
            clips=clips,
            epochs=epochs,
            sweep_epochs=min(sweep_epochs, epochs),
            rates=rates,
            batch_size=batch_size,
            seed=int(seed),
        )
    except ValueError as error:
        raise LabError(f"These settings do not fit together: {error}") from error
    each = f"{plan.rates} rates of {plan.sweep_epochs} epochs, then {plan.epochs} in the race"
    st.caption(
        f"{len(lanes)} × ({each}): {plan.epochs_in_all} epochs of at most {plan.clips} clips, and "
        "a few more where a best rate lies at the edge of its sweep."
    )
    return plan
