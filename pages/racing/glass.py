"""One step under glass: one weight, its gradient, the step's length, the new weight.

In: a slope, a weight, three learning rates. Out: the arithmetic of gradient descent, momentum and
Adam side by side, checked against Keras's own optimizers.
"""

import streamlit as st

from core.charts.surfaces import slope_figure
from core.learning.glass import (
    BETA_1,
    BETA_2,
    EPSILON,
    GLASS,
    KEPT,
    LOWEST,
    Step,
    agrees,
    keras_weights,
    steps,
)
from core.learning.loading import KERAS
from core.learning.optimizers import OPTIMIZERS
from pages.racing import awaiting

MOST_STEPS = 10
RATES = (0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0)
STEEPNESS = (0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0)

WORDS = {
    "gradient_descent": "Neither is adapted: the direction is this gradient's alone, the length "
    "the rate times its size. On a slope ten times as steep the step is ten times as long.",
    "momentum": "The **direction** is adapted: nine tenths of the last step are kept, so that "
    "gradients which agree add up, and gradients which swing to and fro cancel.",
    "adam": "**Direction and step size** are adapted: the running mean of the gradients gives "
    "the direction, the root of the running mean of their squares divides the length. However "
    "steep the slope, its first step is the learning rate long.",
}


def draw() -> None:
    """Draw the whole view."""
    awaiting.draw(_view)


def _view() -> None:
    st.markdown(
        "A network has thousands of weights, and an optimizer treats each one alike. Here is one "
        f"weight on the slope L(w) = s (w − {LOWEST:g})² / 2; its gradient is s (w − {LOWEST:g})."
    )
    left, middle, right = st.columns(3)
    steepness = left.select_slider(
        "Steepness s", STEEPNESS, 2.0, format_func=lambda s: f"{s:g}", key="glass-steepness"
    )
    start = middle.slider("Weight at the start", -4.0, 6.0, 4.0, 0.1, key="glass-start")
    number = right.slider("Which step", 1, MOST_STEPS, 1, key="glass-number")
    rates = {}
    for column, (name, begin) in zip(st.columns(len(GLASS)), GLASS.items(), strict=True):
        rates[name] = column.select_slider(
            f"Learning rate of {OPTIMIZERS[name].label}",
            RATES,
            begin,
            format_func=lambda rate: f"{rate:g}",
            key=f"glass-rate-{name}",
        )
    taken = {name: steps(name, steepness, start, rate, number) for name, rate in rates.items()}
    for column, (name, each) in zip(st.columns(len(taken)), taken.items(), strict=True):
        with column, st.container(border=True):
            st.markdown(f"**{OPTIMIZERS[name].label}**, step {number}")
            for line in lines_of(name, each[-1], rates[name], steepness):
                st.latex(line)
            st.markdown(WORDS[name])
            st.caption(_check(name, each, steepness, start, rates[name]))
    st.plotly_chart(
        slope_figure(taken, steepness, number), key="glass-slope", alt="The slope and the steps"
    )
    st.caption(
        "Adam: Kingma & Ba 2015, “Adam: a method for stochastic optimization” "
        "([arXiv 1412.6980](https://arxiv.org/abs/1412.6980)). Momentum: Polyak 1964. The first "
        "experiment took its overview of optimizers from "
        "[seamless.tistory.com/38](https://seamless.tistory.com/38) (in Korean): what changes from "
        "one to the next is the direction of a step, its size, or, in Adam, both."
    )


def _result(value: float) -> str:
    """Return a number for the end of a formula."""
    text = f"{value:.4g}"
    if "e" in text:
        digits, power = text.split("e")
        return rf"{digits} \cdot 10^{{{int(power)}}}"
    return text


def _n(value: float) -> str:
    """Return a number for within a formula: negative ones in brackets."""
    return f"({_result(value)})" if value < 0 else _result(value)


def lines_of(name: str, step: Step, rate: float, steepness: float) -> list[str]:
    """Return the arithmetic of a step in LaTeX, one line a formula."""
    g = rf"g = {_n(steepness)} \cdot ({_n(step.before)} - {LOWEST:g}) = {_result(step.gradient)}"
    after = rf"w \leftarrow {_result(step.before)} + {_n(step.change)} = {_result(step.after)}"
    if name == "gradient_descent":
        rule = rf"-\eta g = -{_n(rate)} \cdot {_n(step.gradient)} = {_result(step.change)}"
        return [g, rule, after]
    if name == "momentum":
        rule = (
            rf"v \leftarrow {KEPT:g} \cdot {_n(step.velocity)} - {_n(rate)} \cdot "
            rf"{_n(step.gradient)} = {_result(step.change)}"
        )
        return [g, rule, after]
    mean, square = step.corrected
    t = step.number
    return [
        g,
        rf"m = {_result(step.mean)},\quad "
        rf"\hat m = \frac{{m}}{{1 - {BETA_1:g}^{{{t}}}}} = {_result(mean)}",
        rf"v = {_result(step.square)},\quad "
        rf"\hat v = \frac{{v}}{{1 - {BETA_2:g}^{{{t}}}}} = {_result(square)}",
        rf"-\eta\,\hat m / \sqrt{{\hat v}} = -{_n(rate)} \cdot {_n(mean)} / "
        rf"{_n(square**0.5)} = {_result(step.change)}",
        after,
    ]


def _check(name: str, taken: tuple[Step, ...], steepness: float, start: float, rate: float) -> str:
    """Return what Keras's own optimizer says after the same steps."""
    note = (
        f" (Both add {EPSILON:g} to the root, against a division by zero.)"
        if name == "adam"
        else ""
    )
    if not KERAS.done:
        return "Loading Keras to check it, some seconds once a server ..." + note
    if KERAS.problem:
        return f"Not checked: {KERAS.problem}"
    theirs = keras_weights(name, steepness, start, rate, len(taken))[-1]
    ours = taken[-1].after
    if agrees(ours, theirs, start):
        return f"Checked: Keras's own optimizer gives {theirs:.6g}.{note}"
    return f"Keras's own optimizer gives {theirs:.6g}, which is another number: please report it."
