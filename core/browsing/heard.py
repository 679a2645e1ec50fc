"""What a saved model hears in many recordings: for the map, and beside people's answers.

In: recordings and a saved model. Out: its answer to each and the vector behind it, kept in the
cache.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.browsing import store
from core.browsing.pictures import pictures_of
from core.learning.saved_models import SavedModel
from core.sound.recordings import Recording

NO_ANSWER = 10
"""Stands in ``guesses`` for "not a digit", and for a recording that cannot be read."""


@dataclass(frozen=True, eq=False)
class Heard:
    """A model's answers to some recordings."""

    embeddings: NDArray[np.float32]
    """What its last layer was given [shape=(n, d)]."""
    guesses: NDArray[np.int8]
    """The digit heard, 0 to 9, or ``NO_ANSWER`` [shape=(n,)]."""


def guesses_of(
    logits: NDArray[np.float32], temperature: float, threshold: float
) -> NDArray[np.int8]:
    """Return the digits that a network's numbers mean at a model's working point.

    Parameters
    ----------
    logits : np.ndarray [shape=(n, 10) or (n, 11)], float32
    temperature, threshold : float
        As on the model's card; the rule is ``core.listening.recogniser.answer_from``'s.

    Returns
    -------
    guesses : np.ndarray [shape=(n,)], int8
    """
    from core.learning.evaluation import softmax

    p = softmax(logits, temperature)
    best = p[:, :10].argmax(axis=1)
    digit_p = p[:, :10].max(axis=1)
    is_digit = (digit_p >= threshold) & (digit_p >= p[:, 10:].sum(axis=1))
    return np.where(is_digit, best, NO_ANSWER).astype(np.int8)


def heard(
    saved: SavedModel,
    recordings: Sequence[Recording],
    progress: Callable[[float], None] | None = None,
) -> Heard:
    """Return what a model hears in recordings, from the cache where nothing has changed.

    Parameters
    ----------
    saved : SavedModel
    recordings : sequence of Recording
    progress : callable, optional
        Called with the fraction done.

    Raises
    ------
    ModelError
        If the model's files are damaged.
    """
    card = saved.card
    key = store.key_of(
        "heard", store.fingerprint(recordings), card.weights_sha256, card.image.to_dict(),
        card.temperature, card.threshold,
    )  # fmt: skip
    found = store.load(key)
    if found is not None and {"embeddings", "guesses"} <= found[0].keys():
        return Heard(found[0]["embeddings"], found[0]["guesses"])
    from core.learning.embedding import embed

    tell = progress or (lambda _: None)
    pictures = pictures_of(recordings, card.image, lambda share: tell(0.4 * share))
    embeddings, logits = embed(saved, pictures.images, lambda share: tell(0.4 + 0.6 * share))
    guesses = guesses_of(logits, card.temperature, card.threshold)
    guesses = np.where(pictures.readable, guesses, NO_ANSWER).astype(np.int8)
    store.save(key, {"embeddings": embeddings, "guesses": guesses})
    return Heard(embeddings, guesses)
