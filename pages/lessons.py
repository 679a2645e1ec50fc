"""Lessons: networks broken on purpose, and what cures them."""

import streamlit as st

from core.charts.lesson_pictures import PICTURES
from core.charts.runs import overlaid_figure
from core.diagnosis.lesson import Lesson
from core.diagnosis.lessons import LESSONS
from core.learning.history import History
from core.learning.runs import Run, find_run
from core.learning.specs import RunSpec
from pages.shared import cached, frame, problems
from pages.shared.choices import choose_dataset, dataset_in_force, open_chosen, synthetic_note
from pages.training import following, inside, queueing, verdicts

POLL_SECONDS = 0.45
"""Between two looks at a run in progress."""
WORD = 7
"""Whose takes the pictures show."""
COLUMNS = 4


def chosen() -> str | None:
    """Draw the choice of a lesson; return its key, None where none is chosen."""
    names = {lesson.title: key for key, lesson in LESSONS.items()}
    title = st.selectbox(
        "Lesson",
        [*names],
        index=None,
        placeholder="Choose a lesson, here or below",
        key="lesson",
        bind="query-params",
    )
    return names.get(title or "")


def gallery() -> None:
    """Draw a card for every lesson."""

    def opened(title: str) -> None:
        st.session_state["lesson"] = title

    for row in range(0, len(LESSONS), COLUMNS):
        columns = st.columns(COLUMNS)
        cards = [*LESSONS.items()][row : row + COLUMNS]
        for column, (key, lesson) in zip(columns, cards, strict=False):
            with column.container(border=True, height="stretch"):
                st.markdown(f"**{lesson.title}**")
                st.markdown(lesson.question)
                st.button("Open", key=f"open-{key}", on_click=opened, args=(lesson.title,))


def picture(key: str) -> None:
    """Draw a lesson's picture; two takes of one word where it needs recordings."""
    drawn = PICTURES[key]
    figure = drawn.draw() if drawn.draw else None
    if drawn.of_clips is not None:
        takes = [r for r in open_chosen().recordings if r.digit == WORD][:2]
        if len(takes) == 2:
            figure = drawn.of_clips([cached.waveform(r) for r in takes])
    if figure is not None:
        st.plotly_chart(figure, key=f"picture-{key}", alt=drawn.words)
        st.caption(drawn.words)


def start(spec: RunSpec, part: str) -> None:
    """Start a lesson's run and remember it in the address bar."""
    run = cached.launcher().start(spec)
    st.query_params[part] = run.name
    st.rerun()


def run_of(part: str, spec: RunSpec) -> Run | None:
    """Return the run that the address bar names for a part of this lesson; None if it is none."""
    run = find_run(st.query_params.get(part, ""))
    return run if run is not None and run.spec() == spec else None


def moves(run: Run) -> bool:
    """Return whether there may be something new to draw."""
    snapshot = run.snapshot()
    return snapshot.alive or snapshot.state == "queued"


def waits(run: Run | None) -> bool:
    """Return whether a run waits for its turn: it need not be asked for again."""
    return run is not None and run.snapshot().state == "queued"


def watched(run: Run, part: str) -> None:
    """Draw a run's curves, verdict and insides; polls while it lives."""
    moving = moves(run)

    @st.fragment(run_every=POLL_SECONDS if moving else None)
    def drawn() -> None:
        with problems.told():
            snapshot = run.snapshot()
            epochs = len(snapshot.history.epochs)
            total = snapshot.spec.epochs
            words = snapshot.problem or snapshot.phase or snapshot.state
            st.progress(min(epochs / total, 1.0), text=f"{words}: epoch {epochs} of {total}")
            if snapshot.state == "queued":
                queueing.waiting(run, f"-{part}")
            elif moving and st.button("Stop", icon=":material/stop:", key=f"stop-{part}"):
                run.ask("stop")
            found = verdicts.found_in(snapshot.history)
            following.curves(snapshot.history, found, f"{part}_curves")
            verdicts.draw(found)
            inside.draw(snapshot.history, part)
            if moving and not moves(run):
                st.rerun()  # the whole page once more: the next button opens

    drawn()


def said(history: History) -> str:
    """Return the titles of the verdict and of the causes."""
    return "; ".join(f.title for f in verdicts.found_in(history))


def beside(before: History, after: History, cure: str) -> None:
    """Draw both runs over each other, with their verdicts and numbers."""
    st.subheader("Before and after")
    strangers = any(e.unseen_accuracy is not None for e in before.epochs)
    names = ["Broken", cure]
    figure = overlaid_figure(
        [*zip(names, (before, after), strict=True)], "unseen" if strangers else "val"
    )
    st.plotly_chart(figure, key="before-after", alt="Curves of the broken run and of the cured one")
    table: dict[str, list[str]] = {"Run": names, "Found": [said(before), said(after)]}
    for title, name in (
        ("Training clips", "accuracy"),
        ("Validation clips", "val_accuracy"),
        ("Speaker left out", "unseen_accuracy"),
    ):
        shares = [getattr(h.best, name, None) for h in (before, after)]
        if any(share is not None for share in shares):
            table[title] = ["not measured" if s is None else f"{s:.1%}" for s in shares]
    # it wraps: what was found are whole sentences
    st.table(table, hide_index=True, alt="What was found in each, and their accuracies")
    st.caption(
        f"Accuracy after the best epoch of each; {before.n_validation} and {after.n_validation} "
        "validation clips. Both runs began with the same seed."
    )


def lesson_page(key: str, lesson: Lesson, data: str, speakers: tuple[str, ...]) -> None:
    """Draw one lesson: story, question, the broken run, the cure."""
    st.subheader(lesson.title)
    left, right = st.columns(2)
    with left:
        st.markdown(lesson.story)
        st.markdown(f"**Think first:** {lesson.question}")
    with right:
        picture(key)
    if data == "synthetic" and lesson.needs_people:
        st.info(
            "Machines repeat themselves, so on the synthetic voices this lesson often shows "
            "nothing. Get real recordings on the Browse page, and choose them above."
        )
    if lesson.voices >= len({*speakers}):
        st.info(
            f"This lesson needs {lesson.voices + 1} speakers, and this data set has "
            f"{len({*speakers})}. Choose another one above."
        )
        return
    broken, cured = lesson.specs(data, speakers=speakers)
    before = run_of("broken", broken)
    if left.button(
        "Run it" if before is None else "Run it again",
        type="primary" if before is None else "secondary",
        icon=":material/play_arrow:",
        key="break",
        disabled=waits(before),
    ):
        start(broken, "broken")
    if before is None:
        return
    watched(before, "broken")
    if not before.snapshot().history.epochs or moves(before):
        return
    after = run_of("cured", cured)
    if st.button(
        lesson.cure_label,
        type="primary" if after is None else "secondary",
        icon=":material/healing:",
        key="cure",
        disabled=waits(after),
    ):
        start(cured, "cured")
    if after is None:
        return
    st.subheader("With the cure")
    watched(after, "cured")
    told = after.snapshot()
    if told.history.epochs and not moves(after):
        beside(before.snapshot().history, told.history, lesson.cure_label)
        st.success(lesson.lesson)
        st.caption(f"Source: {lesson.source}.")


frame.inside()
st.title("Lessons: broken on purpose")
st.markdown(
    f"{len(LESSONS)} networks that cannot work. Each lesson shows how one sees it, and lets you "
    "mend it. A run takes at most about a minute on two free cores."
)
choose_dataset()
synthetic_note()
with problems.told():
    name = chosen()
    if name is None:
        gallery()
    else:
        lesson_page(name, LESSONS[name], dataset_in_force(), open_chosen().speakers)
