"""Paths over a surface: the optimizers of the race, seen from above, walking downhill.

In: a surface, a starting point, rates and momentum to drag. Out: paths that Keras's own optimizers
take. Keras is imported in the background; until it is there, the surface is shown without them.
"""

import streamlit as st

from core.charts.surfaces import heights_figure, paths_figure
from core.learning.loading import KERAS
from core.learning.optimizers import OPTIMIZERS
from core.learning.paths import MOST_STEPS, Path, path
from core.learning.surfaces import SURFACES, Surface, rate_on
from pages.racing import awaiting

BEGIN = ("gradient_descent", "momentum", "adam")
FACTORS = (0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Learning rates to drag over, as multiples of the one that fits the surface."""


def draw() -> None:
    """Draw the whole view."""
    awaiting.draw(_view)


def _view() -> None:
    st.markdown(
        "Two weights instead of thousands, so that the loss can be seen from above: blue is high. "
        "Each optimizer is the very object that trains networks here."
    )
    key = st.segmented_control(
        "Surface",
        [*SURFACES],
        default="valley",
        required=True,
        format_func=lambda k: SURFACES[k].label,
        key="paths-surface",
    )
    surface = SURFACES[key]
    st.markdown(surface.summary)
    picture, settings = st.columns([3, 2])
    with settings:
        names = st.multiselect(
            "Optimizers",
            [*OPTIMIZERS],
            [*BEGIN],
            format_func=lambda k: OPTIMIZERS[k].label,
            key="paths-optimizers",
        )
        start = _start(key, surface)
        momentum = st.slider(
            "Momentum",
            0.0,
            0.99,
            0.9,
            0.01,
            key="paths-momentum",
            help="The share of its last step that an optimizer keeps. Adam calls it beta 1.",
        )
        n_steps = st.slider("Steps", 1, MOST_STEPS, 100, key="paths-steps")
        noise = st.slider(
            "Noise in each gradient",
            0.0,
            2.0,
            0.0,
            0.1,
            key="paths-noise",
            help="By which share of itself each part of a gradient is off, at random, as another "
            "batch at each step makes it. Gradient descent looks at all examples and has none; "
            "without noise SGD is the same as it.",
        )
        rates = {name: _rate(key, name) for name in names}
    with picture:
        found = _paths(key, rates, momentum, start, n_steps, noise)
        st.plotly_chart(
            paths_figure(surface, found, start),
            key=f"paths-chart-{key}",
            on_select=lambda: _clicked(key),
            selection_mode="points",
            alt=f"{surface.label} from above, with the paths of the optimizers",
        )
        st.caption("Click into the picture to begin there.")
    if found:
        _told(found)
        st.plotly_chart(heights_figure(found), key="paths-heights", alt="Height by step")
    st.latex(surface.formula)
    st.caption(
        f"Source: {surface.source}. Lowest point: ({surface.lowest[0]:g}, {surface.lowest[1]:g})."
    )


def _start(key: str, surface: Surface) -> tuple[float, float]:
    """Draw where to begin; return it."""
    columns = st.columns(2)
    found = []
    for column, axis, (low, high), begin in zip(
        columns, "xy", (surface.x, surface.y), surface.start, strict=True
    ):
        with column:
            name = f"paths-{axis}-{key}"
            st.session_state.setdefault(name, begin)  # a click into the picture sets it too
            found.append(st.slider(f"Start {axis}", low, high, step=0.05, key=name))
    return found[0], found[1]


def _clicked(key: str) -> None:
    """Begin where somebody clicked into the picture."""
    surface = SURFACES[key]
    points = st.session_state[f"paths-chart-{key}"].selection.points
    if not points:
        return
    for axis, (low, high) in (("x", surface.x), ("y", surface.y)):
        value = round(round(float(points[0][axis]) / 0.05) * 0.05, 2)
        st.session_state[f"paths-{axis}-{key}"] = min(max(value, low), high)


def _rate(key: str, name: str) -> float:
    """Draw an optimizer's learning rate on this surface; return it."""
    fits = rate_on(key, name)
    found: float = st.select_slider(
        f"Learning rate of {OPTIMIZERS[name].label}",
        [fits * factor for factor in FACTORS],
        fits,
        format_func=lambda rate: f"{rate:.3g}",
        key=f"paths-rate-{key}-{name}",
    )
    return found


def _paths(
    key: str,
    rates: dict[str, float],
    momentum: float,
    start: tuple[float, float],
    n_steps: int,
    noise: float,
) -> dict[str, Path]:
    """Return the paths, or say why there are none yet."""
    if not KERAS.done:
        st.markdown(":material/hourglass_empty: Loading Keras, some seconds once a server ...")
        return {}
    if KERAS.problem:
        st.text(f"No paths: {KERAS.problem} Install requirements.txt again.")
        return {}
    with st.spinner("Walking ...", show_time=False):
        return {
            name: path(key, name, rate, momentum, start, n_steps, noise)
            for name, rate in rates.items()
        }


def _told(found: dict[str, Path]) -> None:
    """Say in words where each path has ended."""
    lines = []
    for name, each in found.items():
        label = OPTIMIZERS[name].label
        if each.lost:
            lines.append(f"- **{label}** ran away after {each.steps} steps: its steps are too long")
        else:
            lines.append(
                f"- **{label}**: height {each.heights[-1]:.3g} after {each.steps} steps, at "
                f"({round(each.x[-1], 2) + 0.0:g}, {round(each.y[-1], 2) + 0.0:g})"
            )
    st.markdown("\n".join(lines))
