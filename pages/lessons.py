"""Lessons: networks broken on purpose, and what cures them."""

import streamlit as st

from core.charts.learning import curves_figure
from core.diagnosis.lessons import LESSONS, Lesson
from core.learning.runs import Run, find_run
from core.learning.specs import RunSpec
from pages.shared import cached, frame, problems
from pages.shared.choices import choose_dataset, dataset_in_force, open_chosen, synthetic_note
from pages.training import inside, verdicts

POLL_SECONDS = 0.7
"""Between two looks at a run in progress."""


def chosen() -> str:
    """Draw the list of lessons; return the key of the chosen one."""
    names = {lesson.title: key for key, lesson in LESSONS.items()}
    title = st.selectbox("Lesson", [*names], key="lesson", bind="query-params")
    return names[title]


def start(spec: RunSpec, part: str) -> None:
    """Start a lesson's run and remember it in the address bar."""
    run = cached.launcher().start(spec)
    st.query_params[part] = run.name
    st.rerun()


def run_of(part: str, spec: RunSpec) -> Run | None:
    """Return the run that the address bar names for a part of this lesson; None if it is none."""
    run = find_run(st.query_params.get(part, ""))
    return run if run is not None and run.spec() == spec else None


def watched(run: Run, part: str) -> None:
    """Draw a run's curves, verdict and insides; polls while it lives."""
    moving = run.snapshot().alive

    @st.fragment(run_every=POLL_SECONDS if moving else None)
    def drawn() -> None:
        with problems.told():
            snapshot = run.snapshot()
            epochs = len(snapshot.history.epochs)
            total = snapshot.spec.epochs
            words = snapshot.problem or snapshot.phase or snapshot.state
            st.progress(min(epochs / total, 1.0), text=f"{words}: epoch {epochs} of {total}")
            st.plotly_chart(
                curves_figure(snapshot.history), key=f"{part}_curves", alt="Loss and accuracy"
            )
            verdicts.draw(snapshot.history)
            inside.draw(snapshot.history, part)
            if moving and not snapshot.alive:
                st.rerun()  # the whole page once more: the next button opens

    drawn()


def lesson_page(lesson: Lesson, data: str, speakers: tuple[str, ...]) -> None:
    """Draw one lesson: story, question, the broken run, the cure."""
    st.subheader(lesson.title)
    st.markdown(lesson.story)
    st.markdown(f"**Think first:** {lesson.question}")
    broken, cured = lesson.specs(data, held_out=speakers[-1] if speakers else "")
    before = run_of("broken", broken)
    if st.button(
        "Run it" if before is None else "Run it again",
        type="primary" if before is None else "secondary",
        icon=":material/play_arrow:",
        key="break",
    ):
        start(broken, "broken")
    if before is None:
        return
    watched(before, "broken")
    if not before.snapshot().history.epochs or before.snapshot().alive:
        return
    after = run_of("cured", cured)
    if st.button(
        lesson.cure_label,
        type="primary" if after is None else "secondary",
        icon=":material/healing:",
        key="cure",
    ):
        start(cured, "cured")
    if after is None:
        return
    st.subheader("With the cure")
    watched(after, "cured")
    if not after.snapshot().alive:
        st.success(lesson.lesson)
        st.caption(f"Source: {lesson.source}.")


frame.inside()
st.title("Lessons: broken on purpose")
st.markdown(
    "Each lesson trains a network that cannot work, shows how one sees it, and lets you mend it. "
    "A run takes less than a minute."
)
choose_dataset()
synthetic_note()
with problems.told():
    lesson_page(LESSONS[chosen()], dataset_in_force(), open_chosen().speakers)
