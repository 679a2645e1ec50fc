"""The least that a Streamlit page can do for a clip: one Plotly heatmap and one line.

What ``benchmarks.clip_change`` compares Browse with; run by it, not by hand. The pictures are of
the size of FSDD's median clip (0.42 s) as Browse draws it, and wait in memory.
"""

import numpy as np
import streamlit as st
from plotly.subplots import make_subplots

N_SAMPLES, N_ROWS, N_FRAMES, N_CLIPS = 3360, 129, 85, 20


@st.cache_resource
def clips() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    lines = rng.normal(0, 0.1, (N_CLIPS, N_SAMPLES)).astype(np.float32)
    pictures = rng.uniform(-80, 0, (N_CLIPS, N_ROWS, N_FRAMES)).astype(np.float32)
    return lines, np.round(pictures, 1)


st.set_page_config(layout="wide")
number = st.session_state.setdefault("number", 0)


def following() -> None:
    st.session_state["number"] += 1


st.button("Next", key="next", on_click=following)
kind = st.segmented_control("Picture", ["log_mel", "stft"], default="stft", key="kind")
lines, pictures = clips()
n = st.session_state["number"] % N_CLIPS
picture = pictures[n] if kind == "stft" else -80 - pictures[n]
figure = make_subplots(rows=2, cols=1, shared_xaxes=True)
figure.add_scatter(x=np.arange(N_SAMPLES) / 8000, y=lines[n], mode="lines", row=1, col=1)
figure.add_heatmap(x=np.arange(N_FRAMES) * 0.005, z=picture, row=2, col=1)
figure.update_layout(height=430, meta=f"{st.session_state['number']} {kind}")
st.plotly_chart(figure, key="picture")
