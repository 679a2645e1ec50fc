"""One run alone: its two honest numbers, what is written on it, and what can be done with it.

In: an entry of the library. Out: a label, a model, files, a run that measures more, the trash.
"""

import streamlit as st

from core.errors import LabError
from core.learning.evaluation import Accuracy
from core.learning.folds import stranger_spec
from core.learning.history import History
from core.learning.keeping import keep_run
from core.learning.labels import MAX_NAME, MAX_NOTE, write_label
from core.learning.library import Entry, csv_of
from core.learning.run_trash import delete
from pages.shared import cached, problems
from pages.shared.literal import literal
from pages.training.outcomes import measuring


def draw(entry: Entry, history: History) -> None:
    """Draw one run."""
    left, right = st.columns(2)
    with left:
        number(entry.known, "Speakers it knows, takes it does not")
    with right:
        number(entry.unseen, "Speakers it has never heard")
        if entry.unseen is None:
            with problems.told():
                measure(entry)
    writing(entry)
    actions(entry, history)


def number(score: Accuracy | None, label: str) -> None:
    """Draw one of the two honest numbers with its sample and interval."""
    if score is None:
        st.metric(label, "not measured", border=True)
        return
    st.metric(label, f"{score.share:.1%}", border=True)
    st.caption(f"{score.right} of {score.total}; 95 % interval {score.low:.1%} to {score.high:.1%}")


def measure(entry: Entry) -> None:
    """Offer the run that measures how it does with strangers."""
    spec = stranger_spec(entry.spec, cached.digits_of(entry.spec.data[0]).speakers)
    if spec is None:
        return
    who = spec.held_out_speakers[0]
    if (there := measuring(spec)) is not None:
        if st.button(
            f"The same run without {literal(who)} is {there.standing().state}: show it",
            icon=":material/visibility:",
            key=f"measuring-{entry.run.name}",
        ):
            st.switch_page("pages/train.py", query_params={"run": there.name})
    elif st.button(
        f"Measure it: train again without {literal(who)}",
        icon=":material/person_off:",
        key=f"measure-{entry.run.name}",
    ):
        run = cached.launcher().start(spec)
        write_label(run, remedy=f"without {who}", remedy_of=entry.run.name)
        st.switch_page("pages/train.py", query_params={"run": run.name})


def writing(entry: Entry) -> None:
    """Draw the form with the run's name and note."""
    name = entry.run.name
    # What the form began with: another visitor may write on this run meanwhile, and what was not
    # changed here must not undo that. Once written it is a new form, which begins with what holds.
    times, began = st.session_state.setdefault(f"began-{name}", (0, entry.label))
    mark = f"{name}-{times}" if times else name
    with st.form(f"label-{mark}", border=False):
        called = st.text_input(
            "Name", began.name, max_chars=MAX_NAME, placeholder=entry.title, key=f"name-{mark}"
        )
        note = st.text_area("Note", began.note, max_chars=MAX_NOTE, height=80, key=f"note-{mark}")
        if st.form_submit_button("Write it down", icon=":material/edit:"):
            with problems.told():
                changed = {"name": called} if called != began.name else {}
                changed |= {"note": note} if note != began.note else {}
                st.session_state[f"began-{name}"] = times + 1, write_label(entry.run, **changed)
                st.rerun()
        elif (began.name, began.note) != (entry.label.name, entry.label.note):
            st.session_state[f"began-{name}"] = times + 1, entry.label
            st.rerun()


def actions(entry: Entry, history: History) -> None:
    """Draw the buttons of one run."""
    run, starred = entry.run, entry.label.starred
    with st.container(horizontal=True), problems.told():
        if st.button(
            "Take the star off" if starred else "Star",
            icon=":material/star:",
            # says which: the other, pressed where another tab has done it, does nothing
            key=f"{'unstar' if starred else 'star'}-{run.name}",
        ):
            write_label(run, starred=not starred)
            st.rerun()
        if st.button("Open on Train", icon=":material/open_in_new:", key=f"open-{run.name}"):
            st.switch_page("pages/train.py", query_params={"run": run.name})
        if st.button(
            "Save as a model",
            icon=":material/save:",
            key=f"keep-{run.name}",
            disabled=not run.best.is_file(),
            help="Its best epoch, to be chosen on the Live page.",
        ):
            folder = keep_run(run, entry.title)
            st.toast(f"Kept as {literal(folder.name)}. It can be chosen on the Live page now.")
        st.download_button(
            "CSV",
            lambda: csv_of([(run.name, history)]),
            f"{run.name}.csv",
            "text/csv",
            icon=":material/table:",
            key=f"csv-{run.name}",
        )
        placed = entry.spec.image.has_room and entry.spec.image.kind != "plotted"
        st.download_button(
            ".keras",
            lambda: _keras(run.name),
            f"{run.name}.keras",
            "application/octet-stream",
            icon=":material/download:",
            key=f"keras-{run.name}",
            disabled=not (placed and run.best.is_file()),
            help="Takes one second of sound, gives probabilities, and needs Keras only."
            if placed
            else "Only spectrograms placed in a window can be had as .keras.",
        )
        if st.button(
            "Delete",
            icon=":material/delete:",
            key=f"delete-{run.name}",
            help="It can be brought back for a week.",
        ):
            delete(run)
            st.rerun()


def _keras(name: str) -> bytes:
    from core.learning.commands.export import exported
    from core.learning.trained import find_trained

    try:
        return exported(find_trained(name), ".keras")
    except LabError as error:
        return f"{error}\n".encode()  # a download can only be a file: the reason stands in it
