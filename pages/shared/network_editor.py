"""The network's control: one of the table's, or its layers changed by hand.

In: the table of networks. Out: a key of it, or a ``NetworkConfig``; with the shapes, the numbers to
learn and the work shown before anything is built.
"""

import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from core.charts.network import network_figure
from core.errors import LabError
from core.learning.activations import ACTIVATIONS
from core.learning.initialisers import INITIALISERS
from core.learning.network_config import MAX_FILTERS, MAX_KERNEL, MAX_UNITS, NetworkConfig
from core.learning.network_shapes import Layer, Shape, count_parameters, network_layers
from core.learning.networks import NETWORKS, config_of
from pages.shared import linked_layers
from pages.shared.network_rows import KINDS, config_of_rows, rows_of

EDGES = {"same": "kept (zeros around)", "valid": "lost"}


def _activation_label(name: object) -> str:
    return ACTIVATIONS[name].label if isinstance(name, str) and name in ACTIVATIONS else ""


def choose_network() -> str:
    """Draw the choice among the table's networks; return its key."""
    found: str = st.selectbox(
        "Network",
        [*NETWORKS],
        format_func=lambda k: NETWORKS[k].label,
        key="network",
        bind="query-params",
    )
    st.caption(NETWORKS[found].summary)
    return found


def change_network(name: str) -> str | NetworkConfig:
    """Draw how a network begins, and a table of its layers to be changed; return what came of it.

    Raises
    ------
    LabError
        If a row makes no sense.
    """
    config = NETWORKS[name].config
    left, right = st.columns(2)
    initialiser = left.selectbox(
        "First weights",
        [*INITIALISERS],
        index=[*INITIALISERS].index(config.initialiser),
        format_func=lambda k: INITIALISERS[k].label,
        key=f"initialiser-{name}",
        bind="query-params",
    )
    left.caption(INITIALISERS[initialiser].summary)
    decay = right.select_slider(
        "Weight decay",
        [0.0, 1e-4, 1e-3, 0.01, 0.03, 0.1],
        config.weight_decay,
        format_func=lambda x: "as the optimizer has it" if not x else f"{x:g}",
        key=f"weight-decay-{name}",
        bind="query-params",
        help="Each step shrinks every kernel by this share, times the learning rate.",
    )
    shared = linked_layers.opened(name)
    rows = rows_of(config)
    by_hand = st.toggle("Change its layers", shared is not None, key=f"edit-{name}")
    if by_hand:
        rows = rows_of(shared or config)
        st.caption("Change a cell, add a row at the end, or mark rows and delete them.")
        edited = st.data_editor(
            pd.DataFrame(rows),
            key=f"layers-{name}",
            num_rows="dynamic",
            hide_index=True,
            width="stretch",
            column_config={
                "layer": st.column_config.SelectboxColumn("Layer", options=[*KINDS]),
                "n": st.column_config.NumberColumn(
                    "Filters or units", min_value=1, max_value=max(MAX_FILTERS, MAX_UNITS), step=1
                ),
                "size": st.column_config.NumberColumn(
                    "Kernel or window", min_value=1, max_value=MAX_KERNEL, step=1
                ),
                "stride": st.column_config.NumberColumn("Stride", min_value=1, max_value=8, step=1),
                "edges": st.column_config.SelectboxColumn(
                    "Edges", options=[*EDGES], format_func=lambda k: EDGES.get(str(k), str(k))
                ),
                "activation": st.column_config.SelectboxColumn(
                    "Activation",
                    options=[*ACTIVATIONS],
                    format_func=_activation_label,
                ),
                "batch norm": st.column_config.CheckboxColumn("Batch norm"),
                "rate": st.column_config.NumberColumn(
                    "Dropout", min_value=0.0, max_value=0.95, step=0.05
                ),
            },
        )
        rows = edited.to_dict("records")
    found = config_of_rows(rows, initialiser, decay)
    linked_layers.link(found if by_hand and found != config else None)
    return name if found == config else found


def size_in_words(layers: tuple[Layer, ...]) -> str:
    """Return how much there is to learn and to compute."""
    products = sum(layer.products for layer in layers)
    work = f"{products / 1e6:.1f} million" if products >= 1e5 else f"{products:,}"
    return f"{count_parameters(layers):,} numbers; {work} multiplications a picture"


def show_network(network: str | NetworkConfig, shape: Shape, n_answers: int = 10) -> None:
    """Draw a network's layers with their shapes, numbers and work.

    Raises
    ------
    LabError
        If it is impossible; the sentence names the layer.
    """
    try:
        layers = network_layers(config_of(network), shape, n_answers)
    except ValueError as error:
        raise LabError(f"This network cannot be built. {error}") from error
    st.caption(f"{size_in_words(layers)}.")
    st.plotly_chart(
        network_figure(layers, shape),
        key="network-drawing",
        alt="The network as boxes, from the picture to the answers",
    )
    st.dataframe(
        {
            "Layer": ["the picture", *(layer.words for layer in layers)],
            "Output": [" x ".join(map(str, s)) for s in (shape, *(x.shape for x in layers))],
            "Numbers": [0, *(layer.parameters for layer in layers)],
            "Multiplications": [0, *(layer.products for layer in layers)],
        },
        hide_index=True,
        width="stretch",
    )
