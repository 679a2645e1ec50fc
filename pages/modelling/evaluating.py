"""Evaluating a model on clips of one's choice: which, and what it answered to each.

In: a saved model, the visitor's choice. Out: its numbers for every clip, computed in the background
by the very recogniser that Live uses; the other parts of the report only count them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.errors import DataError
from core.learning import speeds
from core.learning.clip_scores import NONE, ClipScores, score_clips
from core.learning.known_speakers import known_among, known_speakers
from core.learning.saved_models import SavedModel
from core.sound.datasets import default_dataset
from core.sound.recordings import Recording
from pages.browsing.background import result_of
from pages.shared import cached
from pages.shared.choices import dataset_keys

TEST, ALL = "Official test takes", "Every clip"


@dataclass(frozen=True)
class Asked:
    """Which clips a report is about."""

    data: str
    """A key of ``DATASETS``, or a folder or zip."""
    which: str
    """``TEST`` or ``ALL``."""
    speakers: tuple[str, ...]
    """Whose; empty for everybody's."""


@dataclass(frozen=True, eq=False)
class Report:
    """A model's answers to some clips."""

    model: SavedModel
    asked: Asked
    recordings: tuple[Recording, ...]
    scores: ClipScores
    """Of the recordings, in their order."""

    @property
    def digits(self) -> NDArray[np.bool_]:
        """Which clips are digits [shape=(n,)]."""
        return self.scores.answers < NONE

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which clips are by speakers whom the model was trained on [shape=(n,)]."""
        speakers = {r.speaker for r in self.recordings}
        heard = known_among(speakers, self.asked.data, known_speakers(self.model.card))
        return np.array([r.speaker in heard for r in self.recordings], bool)

    @property
    def only_digits(self) -> "Report":
        """The report without what is no digit."""
        return self.of(self.digits)

    def of(self, chosen: NDArray[np.bool_]) -> "Report":
        """Return the report on some of the clips."""
        kept = tuple(r for r, wanted in zip(self.recordings, chosen, strict=True) if wanted)
        return Report(self.model, self.asked, kept, self.scores.of(chosen))


def choose() -> Asked:
    """Draw the choice of data set, clips and speakers."""
    first, second = st.columns(2)
    keys = dataset_keys()
    data = first.selectbox(
        "On which recordings",
        keys,
        index=keys.index(default_dataset()),
        format_func=cached.title_of,
        key="report-data",
        persist_state="session",
        help="A folder or zip of your own is chosen on the Browse page, and then stands here too.",
    )
    which = second.segmented_control(
        "Which of them",
        [TEST, ALL],
        default=TEST if data.startswith("fsdd") else ALL,
        required=True,
        key=f"report-which-{data}",
        persist_state="session",
        help="The official test takes are the first tenth of each speaker's (of FSDD: 0 to 4).",
    )
    speakers = st.multiselect(
        "Whose",
        cached.index_of(data).speakers,
        placeholder="everybody's",
        key=f"report-speakers-{data}",
        persist_state="session",
    )
    return Asked(data, which or ALL, tuple(speakers))


def chosen_recordings(asked: Asked) -> tuple[Recording, ...]:
    """Return the recordings that a report is about.

    Raises
    ------
    DataError
        If there is no such clip.
    """
    from core.learning.splits import split_recordings
    from core.sound.datasets import open_dataset

    recordings = open_dataset(asked.data).recordings
    if asked.which == TEST:
        digits = [r for r in recordings if r.digit is not None]
        split = split_recordings(digits, "official", 0.1, 0)
        recordings = tuple(digits[i] for i in sorted([*split.known, *split.unseen]))
    found = tuple(r for r in recordings if not asked.speakers or r.speaker in asked.speakers)
    if all(r.digit is None for r in found):
        raise DataError("No spoken digit is among these clips. Choose other speakers or clips.")
    return found


def evaluated(model: SavedModel, asked: Asked) -> Report | None:
    """Return what a model answers to the clips; draws the progress and returns None before."""

    def work(progress: Callable[[float], None]) -> Report:
        from core.learning.examples import answers_of
        from core.listening.pool import POOL
        from core.sound.audio import load_waveforms

        recordings = chosen_recordings(asked)
        clips = load_waveforms(recordings)
        recogniser = POOL.get(model)
        speeds.measure(model, recogniser.logits)
        progress(0.05)
        card = model.card
        scores = score_clips(
            recogniser.logits,
            clips,
            answers_of(recordings),
            card.temperature,
            card.threshold,
            lambda share: progress(0.05 + 0.95 * share),
        )
        return Report(model, asked, recordings, scores)

    card = model.card
    key = (
        f"report {model.key} {card.weights_sha256} {card.temperature} {card.threshold} "
        f"{card.views} {card.floor_db} {asked} {cached.changed(asked.data)}"
    )
    found: Report | None = result_of(key, "Evaluating every clip", work)
    return found and replace(found, model=model)  # it may have been renamed since


def title_of_part(report: Report, known: bool) -> str:
    """Return what the clips of speakers whom the model knows, or does not, really are."""
    training = report.model.card.training
    learned = training.get("data", ()) if isinstance(training, dict) else ()
    learned = [name for name in learned if isinstance(name, str)]
    if known:
        apart = report.asked.which == TEST and learned[:1] == [report.asked.data]
        if apart and training.get("split") not in ("all", "random"):
            return "Speakers it was trained on, takes it was not"
        return "Speakers it was trained on (some of these clips may have been trained on)"
    machines = report.asked.data.startswith("synthetic")
    if machines and any(name.startswith("synthetic") for name in learned):
        return (
            "Machine voices that it was not trained on, by synthesisers that it was trained on: "
            "no strangers"
        )
    return "Speakers it has never heard" + (" (machines, not people)" if machines else "")
