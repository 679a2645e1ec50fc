"""The report's sweeps: the same clips in noise, faster, higher. Begun by a press.

In: a report. Out: charts, computed in the background.
"""

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.browsing.robustness import MOST_CLIPS, SWEEPS, Step, sweep
from core.charts.reports import sweep_figure
from pages.browsing.background import result_of
from pages.modelling.evaluating import Report
from pages.shared import cached


def _steps(report: Report, name: str, places: tuple[int, ...]) -> tuple[Step, ...] | None:
    chosen = [report.recordings[i] for i in places]
    digits = report.scores.answers[list(places)]

    def work(progress: Callable[[float], None]) -> tuple[Step, ...]:
        from core.listening.pool import POOL
        from core.sound.audio import load_waveforms

        recogniser = POOL.get(report.model)
        return sweep(name, recogniser.logits, load_waveforms(chosen), digits, progress)

    card = report.model.card
    asked = report.asked
    key = (
        f"sweep {name} {card.weights_sha256} {card.views} {card.floor_db} {asked} "
        f"{cached.changed(asked.data)}"
    )
    found: tuple[Step, ...] | None = result_of(key, SWEEPS[name].label, work)
    return found


def draw(report: Report) -> None:
    """Draw the button and, once pressed, a chart a sweep."""
    digits = report.only_digits
    n = len(digits.recordings)
    places = tuple(sorted({int(i) for i in np.linspace(0, n - 1, min(n, MOST_CLIPS)).round()}))
    st.caption(
        f"{len(places)} of the {n} digits, each changed and heard anew: seven strengths of noise, "
        "seven speeds, seven pitches. It takes about a minute, in the background."
    )
    token = f"{report.model.key} {report.asked}"
    if st.button("Measure", icon=":material/graphic_eq:", key="sweeps"):
        st.session_state["swept"] = token
    if st.session_state.get("swept") != token:
        return
    for name, entry in SWEEPS.items():
        st.markdown(f"**{entry.label}**")
        steps = _steps(digits, name, places)
        if steps is None:
            continue  # its progress stands here; the others wait behind it
        st.plotly_chart(
            sweep_figure(entry, steps),
            key=f"sweep-{name}",
            alt=f"Accuracy over {entry.label.lower()}, with 95 % intervals",
        )
