"""What a saved model hears in many recordings: for the map, and beside people's answers.

In: recordings and a saved model. Out: for the map a vector for each and what one look at it says,
kept in the cache; beside people's answers what Live would have answered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.browsing import store
from core.browsing.pictures import pictures_of
from core.browsing.reading import in_chunks
from core.learning.saved_models import SavedModel, second_network
from core.listening import pool
from core.sound.recordings import Recording

NO_ANSWER = 10
"""Stands for "not a digit", and for a recording that cannot be read."""


@dataclass(frozen=True, eq=False)
class Heard:
    """What a model's (first) network makes of one look at each of some recordings."""

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
    """Return what one look at recordings says, from the cache where nothing has changed.

    It need not be what Live would answer: see ``is_whole`` and ``answers``.

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


def is_whole(saved: SavedModel) -> bool:
    """Return whether one look of its (first) network is all that a model's answer stands on.

    Raises
    ------
    ModelError
        If its second network is incomplete.
    """
    card = saved.card
    return second_network(saved) is None and card.views == (1.0,) and card.floor_db is None


def answers(
    saved: SavedModel,
    recordings: Sequence[Recording],
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.int8]:
    """Return what Live would answer to recordings, with all of a model's networks and looks.

    Parameters
    ----------
    saved : SavedModel
    recordings : sequence of Recording
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    guesses : np.ndarray [shape=(n,)], int8
        The digits heard, 0 to 9, or ``NO_ANSWER``.

    Raises
    ------
    ModelError
        If the model's files are damaged.
    """
    recogniser = pool.POOL.get(saved)
    guesses = np.full(len(recordings), NO_ANSWER, np.int8)
    for place, clips in in_chunks(recordings):
        for i, y in enumerate(clips.waveforms, place.start):
            digit = recogniser.recognise(y).digit if len(y) else None
            guesses[i] = NO_ANSWER if digit is None else digit
            if progress is not None:
                progress((i + 1) / len(recordings))
    return guesses
