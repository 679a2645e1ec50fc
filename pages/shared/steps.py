"""How steps are taken and when to stop, with the schedule drawn before the start.

In: the optimizer, its rate, the number of epochs. Out: settings of a run's spec.
"""

from typing import Any

import streamlit as st

from core.charts.schedule import schedule_figure
from core.learning.optimizers import OPTIMIZERS
from core.learning.schedules import SCHEDULES

BATCH_SIZE, SCHEDULE = 32, "cosine"
"""What the page begins with; see ``pages.shared.controls``."""


def steps_control(optimizer: str, rate: float, epochs: int) -> dict[str, Any]:
    """Draw how steps are taken and when to stop; return these settings."""
    left, right = st.columns(2)
    with left:
        batch_size = st.select_slider(
            "Batch size",
            [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
            BATCH_SIZE,
            key="batch-size",
            bind="query-params",
        )
        schedule = st.selectbox(
            "Learning rate over time",
            [*SCHEDULES],
            index=[*SCHEDULES].index(SCHEDULE),
            format_func=lambda k: SCHEDULES[k].label,
            key="schedule",
            bind="query-params",
        )
        st.caption(f"{SCHEDULES[schedule].summary} Source: {SCHEDULES[schedule].source}.")
        st.plotly_chart(
            schedule_figure(rate, schedule, epochs),
            key="schedule-chart",
            alt="The learning rate over the epochs of this run",
        )
        seed = st.number_input(
            "Seed", 0, 9999, 0, key="seed", help="Same seed, same run.", bind="query-params"
        )
    with right:
        patience = st.slider(
            "Stop after epochs without improvement",
            0,
            20,
            0,
            key="patience",
            bind="query-params",
            help="0: go on to the last epoch. The best epoch is kept in any case.",
        )
        score = st.select_slider(
            "Stop at a validation accuracy of",
            [None, 0.9, 0.95, 0.97, 0.98, 0.99, 1.0],
            key="stop-score",
            bind="query-params",
            format_func=lambda x: "never" if x is None else f"{x:.0%}",
        )
        seconds = st.select_slider(
            "Stop after",
            [None, 30.0, 60.0, 120.0, 300.0, 600.0],
            key="stop-seconds",
            bind="query-params",
            format_func=lambda x: "no time limit" if x is None else f"{x:.0f} s",
        )
        signals = st.toggle(
            "Look inside while it trains",
            True,
            key="signals",
            bind="query-params",
            help="Gradients, updates and activations of every layer; costs a few per cent.",
        )
    if OPTIMIZERS[optimizer].full_batch:
        st.caption("This optimizer looks at all clips before each step: the batch size is theirs.")
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
