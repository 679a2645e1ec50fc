"""What a run's history says, in words: the verdict first, what lies beneath it after.

In: a history. Out: the part of a page that the Train and the Lessons page share.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from core.diagnosis.causes import causes
from core.diagnosis.findings import Finding
from core.diagnosis.rules import diagnose
from core.learning.history import History

MARKS = {
    "healthy": ":green[:material/check_circle:]",
    "underfitting": ":orange[:material/trending_flat:]",
    "slow": ":orange[:material/hourglass_bottom:]",
    "overfitting": ":orange[:material/call_split:]",
    "unjudged": ":gray[:material/help:]",
}


SEVERITY = {
    "serious": ":red-badge[:material/priority_high: serious]",
    "moderate": ":orange-badge[moderate]",
    "slight": ":gray-badge[slight]",
    "": "",
}
"""How much is at stake, in a word and a colour."""


def _draw(finding: Finding, mark: str, below: Callable[[Finding], None] | None) -> None:
    with st.container(border=True):
        st.markdown(f"{mark} **{finding.title}** {SEVERITY[finding.severity]}")
        st.markdown(finding.evidence)
        st.markdown(f"*Why:* {finding.why}")
        st.markdown(f"*Try:* {finding.remedy}")
        if finding.source:
            st.caption(f"Whose threshold: {finding.source}")
        if below is not None:
            below(finding)


def found_in(history: History) -> tuple[Finding, ...]:
    """Return the verdicts and then the causes: once a poll, of a long run they take a while."""
    return (*diagnose(history), *causes(history))


def draw(found: Sequence[Finding], below: Callable[[Finding], None] | None = None) -> None:
    """Draw the verdict, with its numbers, and the causes that were found.

    Parameters
    ----------
    found : sequence of Finding
        As ``found_in`` returns them.
    below : callable, optional
        Draws what can be done about a finding, beneath it.
    """
    for finding in found:
        cause = ":blue[:material/search:] Cause:"
        _draw(finding, cause if finding.cause else MARKS[finding.verdict], below)
