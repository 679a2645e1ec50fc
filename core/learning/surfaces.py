"""Surfaces: heights over two weights, on which the paths of optimizers can be seen.

In: nothing. Out: formulas that take numbers, numpy's arrays and JAX's alike, with where to look, to
begin and how far to step. To add one, write its entry here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CURVATURE = 50.0
"""How many times steeper the narrow valley is across than along."""


@dataclass(frozen=True)
class Surface:
    """One surface: an entry of ``SURFACES``."""

    label: str
    summary: str
    formula: str
    """In LaTeX."""
    source: str
    height: Callable[[Any, Any], Any]
    """x, y -> height, 0 at the lowest point and above it everywhere else."""
    x: tuple[float, float]
    """The part that is shown."""
    y: tuple[float, float]
    lowest: tuple[float, float]
    start: tuple[float, float]
    rate: float
    """Learning rate for optimizers whose step is as long as the gradient says."""
    adapted_rate: float
    """And for those that divide by the gradient's size, whose step is about this long."""


def _valley(x: Any, y: Any) -> Any:
    return (x**2 + CURVATURE * y**2) / 2


def _rosenbrock(x: Any, y: Any) -> Any:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _beale(x: Any, y: Any) -> Any:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


SURFACES = {
    "valley": Surface(
        label="Narrow valley",
        summary="Fifty times steeper across than along: a step that is short enough not to jump "
        "from wall to wall hardly gets ahead along the floor.",
        formula=r"f(x, y) = \tfrac{1}{2}\,(x^2 + 50\,y^2)",
        source="Polyak 1964; Goh 2017, “Why momentum really works”",
        height=_valley,
        x=(-5.0, 2.0),
        y=(-1.5, 1.5),
        lowest=(0.0, 0.0),
        start=(-4.0, 1.0),
        rate=0.025,
        adapted_rate=0.1,
    ),
    "rosenbrock": Surface(
        label="Rosenbrock's banana",
        summary="A valley that bends: its floor is found at once, but the way along it is flat, "
        "and the direction of the steepest slope points across it.",
        formula=r"f(x, y) = (1 - x)^2 + 100\,(y - x^2)^2",
        source="Rosenbrock 1960",
        height=_rosenbrock,
        x=(-2.0, 2.0),
        y=(-1.0, 3.0),
        lowest=(1.0, 1.0),
        start=(-1.2, 1.0),
        rate=0.0005,
        adapted_rate=0.05,
    ),
    "beale": Surface(
        label="Beale's surface",
        summary="Almost flat near its lowest point and steep as a wall in the corners: one "
        "learning rate can hardly be right for both.",
        formula=r"f(x, y) = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
        source="Beale 1958",
        height=_beale,
        x=(-4.5, 4.5),
        y=(-4.5, 4.5),
        lowest=(3.0, 0.5),
        start=(1.0, 1.5),
        rate=0.005,
        adapted_rate=0.1,
    ),
}
"""Every surface: to add one, write its entry here."""

ADAPTED = ("adagrad", "rmsprop", "adam", "adamw")
"""Optimizers that divide each weight's step by the size of its gradients."""


def rate_on(surface: str, optimizer: str) -> float:
    """Return the learning rate with which an optimizer begins on a surface."""
    entry = SURFACES[surface]
    return entry.adapted_rate if optimizer in ADAPTED else entry.rate
