"""One visitor: a typed object, the only key in ``st.session_state`` besides widget keys.

In: what the visitor does. Out: what pages show of it. A reload begins a new one; what must last
lies on the disk.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.learning.network_config import NetworkConfig
    from core.listening.heard import HeardWord
    from core.listening.listener import Listener  # brings PyAV, which only Live needs
    from core.sound.recordings import Recording
    from core.voices.exams import Exam
    from core.voices.flags import Mark
    from core.voices.quiz import Quiz
    from core.voices.trash import Deleted
    from core.voices.uploads import Clip


@dataclass
class Taking:
    """What one visitor is just recording, uploading or deleting; what is kept is on the disk."""

    speaker: str = ""
    """``Speaker.folder`` of who is speaking; empty for somebody new."""
    asked: int | None = None
    """The digit to be said; None to let the session say which."""
    last: int | None = None
    """The digit kept or skipped just before."""
    kept: Recording | None = None
    """The take kept last, to be taken back."""
    number: int = 0
    """Raised for an empty recorder, uploader or form: a widget with another key has no value."""
    heard: tuple[str, Clip] | None = None
    """What the recorder holds: the recording's id, and the clip that came of it."""
    clips: list[Clip] = field(default_factory=list)
    """Uploaded clips that are neither kept nor discarded."""
    told: tuple[str, ...] = ()
    """What to tell once: what became of uploads."""
    deleted: Deleted | None = None
    """What was deleted last, to be brought back."""
    imported: str = ""
    """The key of this visitor's import, the one in progress or the latest."""
    secret: str = field(default_factory=lambda: secrets.token_hex(8))
    """Tells this visitor's imports from others'."""


@dataclass
class QuizState:
    """One visitor's listening quiz."""

    quiz: Quiz
    plays: int = 1
    """How often the current clip was asked for; the player's own button is not counted."""
    sound: bytes | None = None
    """The current clip as it was last played."""
    unreadable: int = 0
    """Clips that were left out."""
    kept: bool = False
    """Whether the answers were kept."""


@dataclass
class Review:
    """How far one visitor is in hearing suspicious clips."""

    heard: set[str] = field(default_factory=set)
    """Clips found fine: data set and file."""
    last: tuple[Mark, str] | None = None
    """The mark made last and the clip's name, to be taken back."""


@dataclass
class LiveState:
    """What one visitor is doing on the Live page; nothing of it outlives the visit."""

    models: tuple[str, ...] = ()
    """Keys of the models that answer, and the sensitivity: what the listener was told last."""
    browser: dict[str, object] = field(default_factory=dict)
    """What the visitor's browser has said of itself, as it came."""
    drawn: tuple[int, float] = (0, 0.0)
    """Number of the word drawn last, and the seconds from its answer to its being drawn."""
    explained: HeardWord | None = None
    """The word that was asked about last."""
    exam: Exam | None = None
    exam_asked: float = math.inf
    """``time.time()`` at which the digit that is asked for was shown; infinity until it is. What
    began before is no answer."""
    exam_kept: bool = False
    exam_clips: list[tuple[int, NDArray[np.float32]]] = field(default_factory=list)
    """The digits asked for and what was said, until the visitor keeps it or begins anew."""
    uploaded: dict[str, tuple[str, Any]] = field(default_factory=dict)
    """The file that was listened to last, by what for: its mark with the model, and what was heard
    in it (``pages.listening.files.Listened``)."""


@dataclass
class Visitor:
    """What one visitor has done since the page was loaded."""

    heard_a_recording: bool = False
    dataset: str | None = None
    """The data set chosen: a key of DATASETS or a path; None for the default."""
    linked_dataset: str | None = None
    """The data set that the address bar named when it was last looked at."""
    awaits_download: bool = False
    """Whether this visitor has pressed the download's button and not got it yet."""
    words_heard: int = 0
    listener: Listener | None = None
    """The live listener, once the microphone was started; it rests while nothing plays."""
    live: LiveState = field(default_factory=LiveState)
    taking: Taking = field(default_factory=Taking)
    review: Review = field(default_factory=Review)
    pinned: list[Recording] = field(default_factory=list)
    """Clips kept at hand to be compared, in the order in which they were pinned."""
    found_rates: dict[str, float] = field(default_factory=dict)
    """Learning rates that range tests have suggested and that were taken over, by optimizer."""
    layers_link: str = ""
    """The address bar's text for layers changed by hand, as last read or written."""
    layers_opened: tuple[str, NetworkConfig] | None = None
    """The network chosen and its layers, as an opened address had them."""
    confused: tuple[str, int, int] | None = None
    """The cell of a run's confusion matrix whose clips are heard: run, digit spoken, answered."""
    quiz: QuizState | None = None
    """The listening quiz in progress, or the last one."""


def visitor() -> Visitor:
    """Return the visitor of this session."""
    if "visitor" not in st.session_state:
        st.session_state["visitor"] = Visitor()
    found: Visitor = st.session_state["visitor"]
    return found
