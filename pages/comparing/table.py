"""The table of all runs, in the order of any score; ticked rows are looked at together.

In: the library's entries. Out: a table; the chosen runs, which the address bar holds.
"""

import hashlib
import time
from collections.abc import Sequence

import streamlit as st

from core.charts.runs import MOST_RUNS
from core.learning.evaluation import Accuracy
from core.learning.library import SCORES, Entry, in_order


def sort(found: Sequence[Entry]) -> tuple[Entry, ...]:
    """Draw the choice of a score; return the entries in its order, starred ones first."""
    score = st.selectbox(
        "Best first by",
        [*SCORES],
        format_func=lambda k: SCORES[k].label,
        key="sort",
        bind="query-params",
        help="Starred runs stand first. A run without that score stands last.",
    )
    return in_order(found, score)


def chosen_in_address(ordered: Sequence[Entry]) -> list[str]:
    """Return the names of the runs to look at: the address bar's, else the two newest."""
    named = st.query_params.get("runs")
    if named is None:
        newest = sorted(ordered, key=lambda e: -e.asked)
        return [e.run.name for e in newest if e.epochs][:2]
    there = {e.run.name for e in ordered}
    return [name for name in dict.fromkeys(named.split(",")) if name in there]


def score_in_words(score: Accuracy | None) -> str:
    """Return an accuracy with its sample, or that there is none."""
    return "not measured" if score is None else f"{score.share:.1%} of {score.total}"


def draw(ordered: Sequence[Entry]) -> list[Entry]:
    """Draw the table; return the ticked entries, at most ``MOST_RUNS``, in the table's order."""
    chosen = chosen_in_address(ordered)
    names = [e.run.name for e in ordered]
    # another order is another table: ticks belong to runs, not to rows
    key = "runs-" + hashlib.sha256(",".join(names).encode()).hexdigest()[:12]

    def tick() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        st.query_params["runs"] = ",".join(names[i] for i in rows if i < len(names))

    st.dataframe(
        {
            "★": ["★" if e.label.starred else "" for e in ordered],
            "Run": [e.title for e in ordered],
            "Known speakers": [score_in_words(e.known) for e in ordered],
            "Unseen speakers": [score_in_words(e.unseen) for e in ordered],
            "Validation": [
                "" if e.val_accuracy is None else f"{e.val_accuracy:.1%}" for e in ordered
            ],
            "Loss": ["" if _no_number(e) else f"{e.val_loss:.3f}" for e in ordered],
            "Epochs": [f"{e.epochs} of {e.spec.epochs}" for e in ordered],
            "Seconds": ["" if e.seconds is None else f"{e.seconds:.0f}" for e in ordered],
            "State": [e.state for e in ordered],
            "Asked for": [time.strftime("%d %b %H:%M", time.localtime(e.asked)) for e in ordered],
            "Note": [e.label.note for e in ordered],
        },
        hide_index=True,
        width="stretch",
        height=min(420, 40 + 35 * len(ordered)),
        key=key,
        on_select=tick,
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [names.index(name) for name in chosen]}},
        alt="All runs with their scores",
    )
    if len(chosen) > MOST_RUNS:
        st.info(
            f"{len(chosen)} runs are ticked; the first {MOST_RUNS} of them are shown together. "
            "More curves than that nobody tells apart."
        )
    return [e for e in ordered if e.run.name in chosen][:MOST_RUNS]


def _no_number(entry: Entry) -> bool:
    return entry.val_loss is None or entry.val_loss > 1e20
