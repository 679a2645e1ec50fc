"""Causes that show inside the network: where the gradient does not get through, or runs wild.

In: a run's history with its signals. Out: findings that name their cause. Gradients of any size
will do if they do the work: but for zeros, a cause is named only where the clips are not learned
and the loss stands still, as AUTOTRAINER (Zhang et al. 2021) looks only where training fails.
"""

import numpy as np

from core.diagnosis.findings import Finding
from core.diagnosis.insides import insides_of, worst_layer
from core.diagnosis.measures import LN_10, has_learned, is_stuck, severity_of
from core.learning.history import History

VANISHING = 1e-3
"""First layer's gradient norm over the last one's; AUTOTRAINER."""
EXPLODING = 70.0
"""Largest gradient norm over the usual one (median) before it; AUTOTRAINER takes the ratio of
layers."""
BEYOND = 1e6
"""A gradient norm that no usual one explains; ours."""
EVEN = 1e-5
"""How near to ln 10 the loss of ten equal logits is, in 32 bits."""
HALF = 0.5
"""Share of dead units, and of saturated ones, above which a layer is called so; SageMaker."""


def span(history: History, first: float = 1) -> tuple[int, int]:
    """Return the epochs from one to the last; none before the first has ended."""
    last = history.epochs[-1].epoch if history.epochs else 0
    return (min(max(1, int(first)), last), last)


def identical_units(history: History) -> Finding | None:
    """Find that every layer but the last began without any gradient: zero initialisation.

    Where zeros go in and zeros come out, as of a ReLU, it stays so. A sigmoid's half lets the last
    layer's weights move, all alike, and then every unit before it, all alike: the sign is the first
    step, from a loss that is a guess among ten to the last digit.
    """
    inside = insides_of(history)
    if inside is None or not len(inside.gradients):
        return None
    moved = inside.gradients[:, :-1].max(axis=1) > 0
    even = abs((history.start_loss or 0.0) - LN_10) < EVEN
    if moved[0] or (moved.any() and not (even and is_stuck(history))):
        return None
    when = "the first step" if moved.any() else f"all {len(moved)} steps"
    return Finding(
        "underfitting",
        "All weights began at zero",
        f"In {when} the gradient of every layer before “{inside.layers[-1]}” was exactly 0.",
        "Back propagation multiplies by the weights on its way back: through zeros nothing comes. "
        "And units that begin alike stay alike.",
        "Choose another initialiser: Glorot's or He's begin at random, as wide as keeps the signal "
        "alive.",
        span(history),
        "identical_units",
        "serious",
        "Exactly zero needs no threshold; Goodfellow, Bengio & Courville 2016, section 8.4.",
        "gradients",
    )


def vanishing_gradients(history: History) -> Finding | None:
    """Find that the first layer gets a thousandth of the last one's gradient."""
    inside = insides_of(history)
    if inside is None or not is_stuck(history):
        return None
    first, last = inside.gradients[:, 0], inside.gradients[:, -1]
    share = float(np.median(first / np.maximum(last, 1e-30)))
    if not 0 < share < VANISHING:
        return None
    flat = any(a.saturated is not None for _, look in inside.looks[:1] for a in look)
    return Finding(
        "underfitting",
        "Vanishing gradients: the first layers hardly learn",
        f"Half of the time the gradient of “{inside.layers[0]}” was less than {share:.1e} of that "
        f"of “{inside.layers[-1]}” (below {VANISHING:.0e} is called vanishing).",
        "Back propagation multiplies one derivative a layer. A sigmoid's is at most a quarter, so "
        "after a few layers next to nothing is left. It multiplies by the weights as well: very "
        "small ones do the same.",
        "Choose ReLU, whose derivative is 1 wherever it is open; or batch norm; or fewer layers."
        if flat
        else "Choose a wider initialiser (Glorot or He), a leaky ReLU, batch norm or fewer layers.",
        span(history),
        "vanishing_gradients",
        severity_of(history),
        "A thousandth of the last layer's: AUTOTRAINER (Zhang et al. 2021).",
        "gradients",
    )


def exploding_gradients(history: History) -> Finding | None:
    """Find gradients many times their usual size, or beyond all numbers."""
    inside = insides_of(history)
    if inside is None or has_learned(history):
        return None
    whole = np.sqrt((inside.gradients**2).sum(axis=1))
    at = int(whole.argmax())
    largest = float(whole[at])
    # against what came before: a network that has died since makes its first gradients no giants
    usual = float(np.median(whole[:at])) if at >= 3 else largest
    if largest < EXPLODING * max(usual, 1e-12) and largest < BEYOND:
        return None
    return Finding(
        "slow",
        "Exploding gradients",
        f"The largest gradient had a norm of {largest:.2g}"
        + (f"; the usual one before it {usual:.2g}." if at >= 3 else ", right at the start."),
        "Derivatives above one multiply on the way back, and one such step throws the weights far "
        "from where they had come to.",
        "Lower the learning rate, choose a narrower initialiser, or add batch norm.",
        (lambda e: (e, e))(span(history, np.ceil(inside.epochs[at]))[0]),
        "exploding_gradients",
        severity_of(history),
        f"{EXPLODING:.0f} times: AUTOTRAINER (Zhang et al. 2021); a million: ours.",
        "gradients",
    )


def dead_relus(history: History) -> Finding | None:
    """Find a layer of which more than half the ReLUs never open."""
    found = worst_layer(history, "dead")
    if found is None or found[1] < HALF or not is_stuck(history):
        return None
    layer, share, since = found
    return Finding(
        "underfitting",
        "Dead ReLUs",
        f"{share:.0%} of the units of “{layer}” are zero on every probe image.",
        "A ReLU that is negative everywhere gives nothing and gets no gradient: it cannot come "
        "back. A step that was too long usually threw it there.",
        "Lower the learning rate, or choose a leaky ReLU, ELU or GELU; train anew.",
        span(history, since),
        "dead_relus",
        severity_of(history),
        "Half of a layer: Amazon SageMaker Debugger's rule DeadRelu.",
        "units",
    )


def saturation(history: History) -> Finding | None:
    """Find a layer of which more than half the values lie at the flat ends."""
    found = worst_layer(history, "saturated")
    if found is None or found[1] < HALF or not is_stuck(history):
        return None
    layer, share, since = found
    return Finding(
        "underfitting",
        "Saturated units",
        f"{share:.0%} of the values of “{layer}” lie at the flat ends of its curve.",
        "At its ends a sigmoid or tanh is flat: its derivative is almost zero, and what is "
        "multiplied by it does not get through.",
        "Choose a narrower initialiser, batch norm, or ReLU.",
        span(history, since),
        "saturation",
        severity_of(history),
        "Half of a layer: Amazon SageMaker Debugger's rule TanhSaturation; where the curve counts "
        "as flat, its slope is below a fifth of the steepest.",
        "units",
    )
