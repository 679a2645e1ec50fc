"""What a run's network answers, epoch by epoch: the confusion matrix, whose cells can be heard.

In: a run and how it stands. Out: counts by digit and by speaker; a pressed cell plays its clips.
"""

from typing import Any

import streamlit as st

from core.charts.learning import confusion_figure
from core.errors import LabError
from core.learning.answers import Answered, answered_in
from core.learning.evaluation import Accuracy
from core.learning.history import Epoch
from core.learning.runs import Run, Snapshot
from pages.shared import player, problems
from pages.shared.session import visitor

MOST_HEARD = 6
"""Clips of one cell that are drawn at once."""
PARTS = {False: "Validation clips", True: "Speakers left out"}


def draw(run: Run, snapshot: Snapshot) -> None:
    """Draw what the network of one epoch answers; of a run at work the latest one."""
    epochs = [e for e in snapshot.history.epochs if e.guesses]
    if not epochs:
        return  # the first has not ended, or the run is of an older version
    with st.expander("What it answers, epoch by epoch", key="answers", on_change="rerun") as box:
        if not box.open:
            return  # nothing is read from the disk for what nobody sees
        epoch = _epoch(epochs, snapshot.alive)
        found = answered_in(run.folder, epoch.guesses)
        if found is None:
            st.markdown("Which clips these were was not written down.")
            return
        unseen = False
        if any(clip.unseen for clip in found.clips):
            unseen = bool(
                st.segmented_control(
                    "Clips",
                    [*PARTS],
                    default=False,
                    format_func=lambda k: PARTS[k],
                    key="answers-part",
                    required=True,
                )
            )
        _matrix(run, found.part(unseen), epoch, PARTS[unseen].lower())


def _epoch(epochs: list[Epoch], alive: bool) -> Epoch:
    """Draw the choice of an epoch, once there is no newer one to come; return it."""
    if alive or len(epochs) < 2:
        return epochs[-1]
    numbers = [e.epoch for e in epochs]
    chosen = st.select_slider("Epoch", numbers, numbers[-1], key="answers-epoch")
    return epochs[numbers.index(chosen)]


def _matrix(run: Run, found: Answered, epoch: Epoch, words: str) -> None:
    key = f"answers-{'unseen' if found.clips and found.clips[0].unseen else 'known'}"

    def press() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points:
            spoken, answered = points[0]["customdata"][:2]
            visitor().confused = run.name, int(spoken), int(answered)

    right = sum(c.answer == g for c, g in zip(found.clips, found.guesses, strict=True))
    st.caption(
        f"Epoch {epoch.epoch}: {right} of {len(found.clips)} {words} right. Press a cell to hear "
        "its clips."
    )
    left, beside = st.columns([3, 2])
    with left:
        st.plotly_chart(
            confusion_figure(found.confusion(), pressable=True),
            key=key,
            on_select=press,
            selection_mode="points",
            alt="What was spoken and what was answered",
        )
    with beside:
        for what, title in (("digit", "Digit"), ("speaker", "Speaker")):
            _table(found.by(what), title)
    _hear(run, found)


def _table(scores: dict[Any, dict[str, Any]], title: str) -> None:
    found = {name: Accuracy.from_dict(each) for name, each in scores.items()}
    st.dataframe(
        {
            title: ["not a digit" if name == 10 else str(name) for name in found],
            "Right": [f"{s.share:.0%} of {s.total}" for s in found.values()],
            "95 % interval": [f"{s.low:.0%} to {s.high:.0%}" for s in found.values()],
        },
        hide_index=True,
        height=min(200, 40 + 35 * len(found)),
        alt=f"Right answers by {title.lower()}",
    )


def _hear(run: Run, found: Answered) -> None:
    """Draw the clips of the cell pressed last."""
    cell = visitor().confused
    if cell is None or cell[0] != run.name:
        return
    spoken, answered = ("not a digit" if n == 10 else str(n) for n in cell[1:])
    clips = found.at(*cell[1:])
    st.markdown(f"**Spoken {spoken}, answered {answered}**: {len(clips)} in this epoch.")
    for column, clip in zip(st.columns(3) * 2, clips[:MOST_HEARD], strict=False):
        with column:
            try:
                player.play(clip)
            except LabError as error:  # the recording has gone, or was made from pieces
                problems.show(error)
    if len(clips) > MOST_HEARD:
        st.caption(f"The first {MOST_HEARD} of them.")
