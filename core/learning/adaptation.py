"""Adaptation: a model learns one voice from ten or thirty clips, in seconds.

In: a saved model, clips of one person. Out: another saved model, with a card of its own that says
what the clips changed: for that person, on clips not used, and for everybody else. The model that
it began with is not touched.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.learning.adapter import Adapter, Change, Progress, Settings
from core.learning.known_speakers import known_among, known_speakers
from core.learning.rehearsal import others
from core.learning.saved_models import SavedModel, read_card, save_model
from core.sound.datasets import OWN

SAID_ONCE = (
    "each digit was said once, and nothing is left to measure by. Say each twice, and the clips "
    "that an adaptation did not hear are its test."
)
HEARD_BEFORE = (
    "the model that this one begins with has heard this voice before, so that no clip is surely "
    "new to it. Adapt a model that has not."
)
FEWEST, MOST = 5, 500
"""Clips of one voice: with fewer there is nothing to learn from, more belong into a training."""
SHORTEST = 400
"""Samples of a clip at least (50 ms)."""


@dataclass(frozen=True)
class Adapted:
    """What came of an adaptation."""

    model: SavedModel
    own: Change | None
    """On the person's own clips, each by an adaptation that did not hear it; None where that could
    not be measured."""
    others: Change | None
    """On clips of others that no step heard."""
    others_are: str
    """Whose those are, in words."""
    seconds: float
    """From the call to the saved model."""
    why_unmeasured: str = ""
    """Why ``own`` is None, in words."""


def adapt(
    saved: SavedModel,
    clips: Sequence[NDArray[np.float32]],
    digits: Sequence[int],
    name: str,
    speaker: str = "",
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Adapted:
    """Return a model that knows one voice better, saved beside the others.

    Parameters
    ----------
    saved : SavedModel
        What it begins with; stays as it is.
    clips : sequence of np.ndarray [shape=(n_i,)], float32
        One person's digits at 8 kHz, cut to their words; best all ten, once or three times.
    digits : sequence of int
        What was said in each, 0 to 9.
    name : str
        What the new model is called.
    speaker : str
        ``Recording.speaker`` of the person, if there are recordings; told on the card.
        Own voices are meant, who may have been renamed since the model heard them.
    progress : callable, optional
        Called with the fraction done; what it raises ends the work, and nothing is saved.
    settings : Settings, optional

    Raises
    ------
    ModelError
        If there are too few clips or too many, the model is damaged, or it cannot be written.
    """
    began = time.perf_counter()
    settings = settings or Settings()
    tell = progress or (lambda _: None)
    _check(clips, digits)
    around = others(settings.rehearsed, settings.judged, settings.seed, without=(speaker,))
    tell(0.1)
    adapter = Adapter(saved, around, settings)
    tell(0.3)
    voice = adapter.versions(clips, digits)
    tell(0.4)
    heard_before = bool(known_among([speaker], OWN, known_speakers(saved.card)))
    own = None
    if not heard_before:
        own = adapter.own_change(voice, clips, lambda f: tell(0.4 + 0.35 * f))
    why = "" if own else HEARD_BEFORE if heard_before else SAID_ONCE
    weights = adapter.learn(voice, lambda f: tell(0.75 + 0.2 * f))
    theirs = adapter.others_change(weights)
    folder = save_model(
        _card(saved, name, speaker, len(clips), own, why, theirs, around.source, settings),
        adapter.put(weights),
    )
    tell(1.0)
    model = SavedModel(folder, read_card(folder), shipped=False)
    return Adapted(model, own, theirs, around.source, time.perf_counter() - began, why)


def _check(clips: Sequence[NDArray[np.float32]], digits: Sequence[int]) -> None:
    if len(clips) != len(digits) or not all(d in range(10) for d in digits):
        raise ValueError(f"{len(clips)} clips, digits {[*digits]!r:.60}: expected 0 to 9 each.")
    if not FEWEST <= len(clips) <= MOST:
        raise ModelError(
            f"{len(clips)} clips came; a voice is learned from {FEWEST} to {MOST}. Best are all "
            "ten digits, once or three times each."
        )
    if not all(len(y) >= SHORTEST and np.isfinite(y).all() for y in clips):
        raise ModelError(
            "A clip is shorter than 50 ms or holds samples that are not finite. Record it again."
        )


def _card(
    saved: SavedModel,
    name: str,
    speaker: str,
    n_clips: int,
    own: Change | None,
    why_unmeasured: str,
    theirs: Change | None,
    others_are: str,
    settings: Settings,
) -> dict[str, Any]:
    """Return the new model's card: the old one's settings, and what was done to it."""
    card = saved.card
    heard = [*card.result.get("speakers", ()), *([speaker] if speaker else [])]
    result = {
        "protocol": (
            f"adapted from {card.name!r} to one voice; first number: that voice's clips, each by "
            "an adaptation that did not hear it"
            if own
            else f"adapted from {card.name!r} to one voice; not measured: {why_unmeasured}"
        ),
        "scores": {"known": own.after.to_dict() if own else None, "unseen": None},
        "speakers": heard,
        "adapted": {
            "from": saved.key,
            "from_sha256": card.weights_sha256,
            "clips": n_clips,
            "own": own.to_dict() if own else None,
            "others": theirs.to_dict() if theirs else None,
            "others_are": others_are,
            "settings": asdict(settings),
        },
    }
    return {
        "name": name,
        "network": card.network,
        "image": card.image,
        "n_answers": card.n_answers,
        # own voices were trained on: whoever exports the card numbers their names by this
        "training": {**card.training, "data": [*card.training.get("data", ()), OWN]},
        "result": result,
        "data": f"{card.data}; then {n_clips} clips of one voice",
        "temperature": card.temperature,
        "threshold": card.threshold,
        "views": card.views,
        "floor_db": card.floor_db,
    }
