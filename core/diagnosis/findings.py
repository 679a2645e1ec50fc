"""A finding: what a run's history says, in words, with the numbers it rests on.

In: rules. Out: pages and command lines.
"""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["healthy", "underfitting", "slow", "overfitting", "unjudged"]
Severity = Literal["", "slight", "moderate", "serious"]
Curve = Literal["loss", "accuracy", "gradients", "ratios", "units", "data"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or the word that nothing is."""

    verdict: Verdict
    title: str
    evidence: str
    """The numbers, in a sentence."""
    why: str
    """Why it happens, for a student."""
    remedy: str
    """What to try."""
    epochs: tuple[int, int] = (0, 0)
    """First and last epoch that it rests on."""
    cause: str = ""
    """Which cause it is, the name of its rule in ``core.diagnosis.causes``; empty for a verdict."""
    severity: Severity = ""
    """How much is at stake; empty where nothing is wrong."""
    source: str = ""
    """Whose the thresholds are; it says so where they are ours."""
    curve: Curve = "loss"
    """What it rests on: a curve, a picture of the insides, or the data themselves."""
