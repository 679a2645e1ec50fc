"""Some runs together: their curves on one chart, and only the settings that differ.

In: two to six runs. Out: a chart, a table, a CSV file.
"""

from collections.abc import Sequence

import streamlit as st

from core.charts.axes import AXES
from core.charts.runs import CURVES, overlaid_figure
from core.diagnosis.rules import diagnose
from core.learning.evaluation import Accuracy
from core.learning.history import History
from core.learning.library import Entry, csv_of, differing
from pages.shared.literal import literal


def looks(key: str) -> tuple[str, float]:
    """Draw what curves are drawn over and how smooth they are; return axis and weight.

    Parameters
    ----------
    key : str
        Tells these controls from others on the page.
    """
    left, right = st.columns(2)
    axis = left.segmented_control(
        "Drawn over",
        [*AXES],
        default="epoch",
        format_func=lambda k: AXES[k],
        key=f"{key}-axis",
        required=True,
    )
    weight = right.slider(
        "Smoothing",
        0.0,
        0.95,
        0.0,
        0.05,
        key=f"{key}-smoothing",
        help="A running mean. The raw curve stays behind it, faintly.",
    )
    return axis or "epoch", weight


def titles_of(entries: Sequence[Entry]) -> list[str]:
    """Return what runs are called, told apart by their names on the disk where titles repeat."""
    titles = [e.title for e in entries]
    return [
        f"{title} [{e.run.name[9:]}]" if titles.count(title) > 1 else title
        for e, title in zip(entries, titles, strict=True)
    ]


def draw(entries: Sequence[Entry], histories: Sequence[History], key: str) -> None:
    """Draw runs together: chart, differing settings, verdicts and scores.

    Parameters
    ----------
    entries : sequence of Entry
        Two or more.
    histories : sequence of History
        One each.
    key : str
        Tells this drawing from others on the page.
    """
    titles = titles_of(entries)
    curve = st.segmented_control(
        "Curve",
        [*CURVES],
        default="val",
        format_func=lambda k: CURVES[k],
        key=f"{key}-curve",
        required=True,
    )
    axis, weight = looks(key)
    named = list(zip(titles, histories, strict=True))
    st.plotly_chart(
        overlaid_figure(named, curve if curve is not None else "val", axis, weight),
        key=f"{key}-chart",
        alt="Loss and accuracy of several runs",
    )
    if curve == "unseen" and all(e.unseen_accuracy is None for h in histories for e in h.epochs):
        st.caption("None of these runs leaves a speaker out, so nothing is measured here.")
    rows = differing([e.spec for e in entries]) | clips_of(histories)
    same = not rows
    rows |= {
        "Verdict": tuple(verdict_of(h) for h in histories),
        "Known speakers": tuple(with_interval(e.known) for e in entries),
        "Unseen speakers": tuple(with_interval(e.unseen) for e in entries),
    }
    st.markdown("**What differs**")
    st.dataframe(
        {"": [*rows]} | {t: [row[i] for row in rows.values()] for i, t in enumerate(titles)},
        hide_index=True,
        width="stretch",
        alt="The settings in which these runs differ, and what came of it",
    )
    if same:
        st.caption(
            "All settings and the number of clips are the same; of the same clips the same seed "
            "makes the same run."
        )
    rates = [
        f"{literal(title)} (at step {mark.step})"
        for title, history in named
        for mark in history.marks
        if mark.kind == "rate"
    ]
    if rates:
        st.caption(f"The learning rate was changed on the way: {', '.join(rates[:12])}.")
    st.download_button(
        "Their curves as CSV",
        lambda: csv_of([(e.run.name, h) for e, h in zip(entries, histories, strict=True)]),
        "runs.csv",
        "text/csv",
        icon=":material/table:",
        key=f"{key}-csv",
    )


def clips_of(histories: Sequence[History]) -> dict[str, tuple[str, ...]]:
    """Return on how many clips runs trained and were judged, where that differs.

    Of the same settings it may: own recordings come, and others are excluded.
    """
    counts = {
        "Training clips": tuple(f"{h.n_train:,}" for h in histories),
        "Validation clips": tuple(f"{h.n_validation:,}" for h in histories),
    }
    return {name: row for name, row in counts.items() if len({*row}) > 1}


def verdict_of(history: History) -> str:
    """Return the title of a run's first verdict."""
    return diagnose(history)[0].title


def with_interval(score: Accuracy | None) -> str:
    """Return an accuracy with its sample and 95 % interval, or that there is none."""
    return "not measured" if score is None else str(score)
