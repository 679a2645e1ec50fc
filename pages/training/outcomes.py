"""What a finished run says beyond its two numbers, what would measure more, how to take it along.

In: a run's snapshot. Out: why it ended, scores by digit and speaker, calibration; the runs that
leave speakers out; the run as a file.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from core.errors import LabError
from core.learning.evaluation import Accuracy
from core.learning.folds import Folds, fold_specs, folds_of, stranger_spec
from core.learning.runs import Run, Snapshot, list_runs
from core.learning.specs import RunSpec
from core.learning.states import ALIVE
from pages.shared import cached, problems
from pages.shared.literal import literal

PARTS = {"known": "speakers it knows", "unseen": "speakers it has never heard"}
MOST_RUNS = 200
"""Runs among which folds are looked for: the newest."""
NOT_CUT_SHORT = (*ALIVE, "queued", "finished")


def draw(run: Run, snapshot: Snapshot) -> None:
    """Draw all of it, where the run has a result."""
    result = snapshot.result
    if result is None:
        return
    if result.get("ended"):
        st.caption(f"It ended before its last epoch: {literal(result['ended'])}.")
    with st.expander("By digit, by speaker, and how sure it may be"):
        for part, words in PARTS.items():
            details(result["scores"].get(part), words)
    with problems.told():
        strangers(snapshot.spec)
    take_along(run)


def details(score: dict[str, Any] | None, words: str) -> None:
    """Draw one part's scores by digit and by speaker, and its calibration."""
    if not score or "by_answer" not in score:  # runs of the first versions have only the total
        return
    st.markdown(f"**{words[:1].upper() + words[1:]}**")
    columns = st.columns(2)
    for column, key, title in zip(
        columns, ("by_answer", "by_speaker"), ("Digit", "Speaker"), strict=True
    ):
        found = {name: Accuracy.from_dict(each) for name, each in score[key].items()}
        column.dataframe(
            {
                title: [_answer(name) if key == "by_answer" else name for name in found],
                "Right": [f"{s.share:.1%}" for s in found.values()],
                "Of": [s.total for s in found.values()],
                "95 % interval": [f"{s.low:.0%} to {s.high:.0%}" for s in found.values()],
            },
            hide_index=True,
        )
    sure = score["calibration"]
    if sure is None:
        st.caption("How sure it is was not measured: it diverged, its answers are no numbers.")
        return
    st.caption(
        f"It says how sure it is, and is off by {100 * sure['error']:.1f} points on average "
        f"(expected calibration error in 15 bins); {100 * sure['error_at_temperature']:.1f} points "
        f"with its answers divided by a temperature of {sure['temperature']:.2f}, which the "
        "validation clips chose."
    )


def _answer(name: str) -> str:
    return "not a digit" if name == "10" else name


def folds_like(spec: RunSpec) -> Folds | None:
    """Return what the runs say together that differ from this one only in who is left out."""
    wanted = _without_split(spec)
    found = []
    for run in reversed(list_runs()[:MOST_RUNS]):
        try:
            other = run.spec()
            if other.held_out_speakers and _without_split(other) == wanted:
                found.append((other, run.snapshot().result))
        except LabError:
            continue  # a damaged run says nothing; the list of runs tells of it
    return folds_of(found)


def _without_split(spec: RunSpec) -> RunSpec:
    return spec.with_changes(split="official", train_speakers=())


def asked_for(specs: Sequence[RunSpec], states: Collection[str]) -> list[RunSpec]:
    """Return those of some specs that a run in one of these states has."""
    found = [spec for _, spec in _runs_in(states)]
    return [spec for spec in specs if spec in found]


def measuring(spec: RunSpec) -> Run | None:
    """Return the newest run of a spec, unless it was cut short: it need not be asked for again."""
    return next((run for run, its in _runs_in(NOT_CUT_SHORT) if its == spec), None)


def _runs_in(states: Collection[str]) -> list[tuple[Run, RunSpec]]:
    """Return the runs in one of these states, the newest first, each with its spec."""
    found = []
    for run in list_runs()[:MOST_RUNS]:
        with suppress(LabError):  # a damaged run will do nothing
            if run.standing().state in states:
                found.append((run, run.spec()))
    return found


def _under_way(at_work: int, waiting: int) -> str:
    """Return how many of the runs that leave a speaker out are still to end."""
    counts = [(waiting, "waits", "wait"), (at_work, "is at work", "are at work")]
    words = [f"{n} run{'s' * (n > 1)} {many if n > 1 else one}" for n, one, many in counts if n]
    return f"Leaving each speaker out in turn: {' and '.join(words)}."


def _stranger(spec: RunSpec) -> None:
    """Offer the run that leaves one speaker out, or show the one that was asked for."""
    words, name = "How it does with voices it has never heard", literal(spec.held_out_speakers[0])
    there = measuring(spec)
    if there is None:
        st.markdown(f"{words} is **not measured**.")
        if st.button(f"Measure it: train again without {name}", key="measure-strangers"):
            queued = cached.launcher().start(spec)
            st.query_params["run"] = queued.name
            st.rerun()
        return
    st.markdown(f"{words} is measured by the same run without {name}, {there.standing().state}.")
    if st.button("Show that run", icon=":material/visibility:", key="show-stranger"):
        st.query_params["run"] = there.name
        st.rerun()


def strangers(spec: RunSpec) -> None:
    """Offer the runs that leave a speaker out, and show what those that ended say together."""
    speakers = cached.digits_of(spec.data[0]).speakers
    one = stranger_spec(spec, speakers)
    if one is not None:
        _stranger(one)
    if len(speakers) < 2:
        return
    found = folds_like(spec)
    if found is not None and len(found.scores) > 1:
        st.markdown(f"**Speakers left out in turn:** {found}.")
    folds = fold_specs(spec, speakers)
    at_work, waiting = (asked_for(folds, states) for states in (ALIVE, ("queued",)))
    if at_work or waiting:
        st.caption(_under_way(len(at_work), len(waiting)))
    specs = [
        s
        for s in folds
        if s not in (*at_work, *waiting)
        and (found is None or s.held_out_speakers[0] not in found.scores)
    ]
    if len(specs) > 1 and st.button(
        f"Leave each speaker out in turn ({len(specs)} runs)",
        key="folds",
        help="A single stranger says little: speakers differ more than networks do.",
    ):
        for fold in specs:
            cached.launcher().start(fold)
        st.rerun()


def take_along(run: Run) -> None:
    """Offer the run as a file for elsewhere; it is made when the button is pressed."""
    from core.learning.commands.export import exported
    from core.learning.trained import find_trained

    def made(ending: str) -> bytes:
        try:
            return exported(find_trained(run.name), ending)
        except LabError as error:
            return f"{error}\n".encode()  # a download can only be a file: the reason stands in it

    with st.expander("Take it along"):
        st.caption(
            "A plain Keras script trains the same network again, from a folder of recordings. A "
            ".keras file takes one second of sound and gives probabilities. Neither needs this app."
        )
        spec = run.spec()
        left, right = st.columns(2)
        script = spec.n_answers == 10
        left.download_button(
            "Keras script",
            lambda: made(".py"),
            f"{run.name}.py",
            "text/x-python",
            key="export-script",
            disabled=not script,
            help=None if script else "A script cannot be given examples of what is not a digit.",
        )
        placed = spec.image.has_room and spec.image.kind != "plotted"
        right.download_button(
            ".keras file",
            lambda: made(".keras"),
            f"{run.name}.keras",
            "application/octet-stream",
            key="export-keras",
            disabled=not placed,
            help=None if placed else "Only spectrograms placed in a window can be had as .keras.",
        )
