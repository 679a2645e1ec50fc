"""How long a model takes for one word on this computer: measured where it is loaded, and kept.

In: a model and what answers with it. Out: a small file of each in the cache, so that a list of
models can tell without loading any.
"""

import json
import math
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import LabError
from core.home import data_folder, subfolder
from core.learning.saved_models import SavedModel
from core.sound.audio import SAMPLE_RATE
from core.system import write_json

WORDS = 9
"""Times that the word is answered; the median counts, as this computer does other things too."""


def folder() -> Path:
    """Return the folder of what was measured; it need not exist yet."""
    return data_folder() / "cache" / "speeds"


def measure(saved: SavedModel, logits_of: Callable[[NDArray[np.float32]], object]) -> None:
    """Measure and keep how long a model takes for half a second of noise, as long as a digit is.

    Parameters
    ----------
    saved : SavedModel
    logits_of : callable
        ``Recogniser.logits`` of this model: picture and network, with all its looks at a word.
    """
    y = (0.1 * np.random.default_rng(0).standard_normal(SAMPLE_RATE // 2)).astype(np.float32)
    found = []
    for _ in range(WORDS):
        began = time.perf_counter()
        logits_of(y)
        found.append(time.perf_counter() - began)
    with suppress(OSError, LabError):  # without it the model is one that was not measured
        subfolder("cache/speeds")
        write_json(_file(saved), {**_of(saved), "seconds": statistics.median(found)})


def kept(saved: SavedModel) -> float | None:
    """Return the seconds that a model takes for a word; None where nobody has measured it."""
    try:
        values = json.loads(_file(saved).read_text("utf-8"))
        seconds, of = values.pop("seconds"), values
    except (OSError, LabError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_time = isinstance(seconds, float) and math.isfinite(seconds) and seconds > 0
    return seconds if is_time and of == _of(saved) else None


def _file(saved: SavedModel) -> Path:
    return folder() / f"{saved.key}.json"


def _of(saved: SavedModel) -> dict[str, Any]:
    """Return what tells a model from another one of the same name."""
    return {"weights_sha256": saved.card.weights_sha256, "views": list(saved.card.views)}
