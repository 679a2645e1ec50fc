"""The recogniser: one word's samples in, one answer out.

In: utterances cut by the endpointer. Out: answers with probabilities, for pages and command lines.
The image is made by the very function and settings that the network was trained with.
"""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.learning.embedding import compiled
from core.learning.evaluation import softmax
from core.learning.saved_models import Card, SavedModel, second_network
from core.sound.audio import SAMPLE_RATE
from core.sound.faint_noise import over_noise
from core.sound.images import to_images


@dataclass(frozen=True)
class Answer:
    """What a recogniser says of one word."""

    digit: int | None
    """The digit, or None for "not a digit"."""
    confidence: float
    """Probability of the digit; of the rejection where there is none."""
    probabilities: tuple[float, ...]
    """Of the digits 0 to 9, and last of "not a digit" where the network has that answer."""
    seconds: float
    """Time that the picture and the network took."""


class Recogniser:
    """A saved model, ready to answer; shared by all visitors of a server.

    A model that comes with the app may have a second network: the first says whether a word is a
    digit, the second which.

    Parameters
    ----------
    saved : SavedModel
        The shipped model or one of the visitor's own.

    Raises
    ------
    ModelError
        If its files are damaged or do not fit.
    """

    def __init__(self, saved: SavedModel) -> None:
        self.saved = saved
        self._first = _Network(saved)
        second = second_network(saved)
        self._second = None if second is None else _Network(second)
        # the first call is slow
        self.recognise(np.zeros(saved.card.image.n_samples, np.float32))

    def logits(self, y: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the raw numbers [shape=(n_answers,)] for one word: the mean of all looks at it.

        Parameters
        ----------
        y : np.ndarray [shape=(n,)], float32
            The word's samples at 8 kHz.
        """
        first = self._first.logits(y)
        return first if self._second is None else both_say(first, self._second.logits(y))

    def embedding(self, y: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the (first) network's last layer is given [shape=(d,)] for one word as it is.

        Parameters
        ----------
        y : np.ndarray [shape=(n,)], float32
            The word's samples at 8 kHz.
        """
        return self._first.embedding(y)

    def recognise(self, y: NDArray[np.float32]) -> Answer:
        """Return the answer for one word.

        Parameters
        ----------
        y : np.ndarray [shape=(n,)], float32
            The word's samples at 8 kHz.
        """
        began = time.perf_counter()
        card = self.saved.card
        return answer_from(self.logits(y), card.temperature, card.threshold, began)


class _Network:
    """One compiled network and how it looks at a word."""

    def __init__(self, saved: SavedModel) -> None:
        self._card = saved.card
        self._both = compiled(saved, len(saved.card.views))

    def logits(self, y: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return its raw numbers [shape=(n_answers,)] for one word: its views' mean."""
        images = to_images(looks(y, self._card), self._card.image)
        logits: NDArray[np.float32] = np.asarray(self._both(images)[1])
        return np.asarray(logits.mean(axis=0))  # (n_views, n_answers) -> (n_answers,)

    def embedding(self, y: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what its last layer is given [shape=(d,)] for one word as it is."""
        same = [y] * len(self._card.views)  # compiled for so many, and one is wanted
        found = np.asarray(self._both(to_images(same, self._card.image))[0], np.float32)
        return np.asarray(found[0].ravel())


def both_say(whether: NDArray[np.float32], which: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return log-probabilities [shape=(11,)]: that it is a digit by one network, which by another.

    Parameters
    ----------
    whether : np.ndarray [shape=(11,)], float32
        The first network's numbers; what it says of "not a digit" counts.
    which : np.ndarray [shape=(10,) or (11,)], float32
        The second one's; what it says of the ten digits counts.
    """
    first = whether - np.logaddexp.reduce(whether)
    digits = which[:10] - np.logaddexp.reduce(which[:10])
    any_digit = np.logaddexp.reduce(first[:10])
    return np.append(any_digit + digits, first[10:]).astype(np.float32)


def looks(y: NDArray[np.float32], card: Card) -> list[NDArray[np.float32]]:
    """Return a word as a network looks at it: at each speed of its card, in its faint noise.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        The word's samples at 8 kHz.
    card : Card
    """
    views = [at_speed(y, speed) for speed in card.views]
    if card.floor_db is not None:
        window = card.image.n_samples if card.image.has_room else 0
        views = [over_noise(view, card.floor_db, i, window) for i, view in enumerate(views)]
    return views


def at_speed(y: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
    """Return a word played faster or slower, as ``core.sound.augmentation`` changes speed.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
    speed : float
        2 is twice as fast, an octave higher; 1 gives ``y`` itself.
    """
    if speed == 1 or len(y) < SAMPLE_RATE // 50:
        return y
    import soxr

    faster = soxr.resample(y, SAMPLE_RATE, round(SAMPLE_RATE / speed), quality="LQ")
    return np.asarray(faster, np.float32)


def answer_from(
    logits: NDArray[np.float32], temperature: float, threshold: float, began: float
) -> Answer:
    """Return the answer that a network's numbers give at a model's working point.

    Parameters
    ----------
    logits : np.ndarray [shape=(10,) or (11,)], float32
    temperature : float
        Logits are divided by it (Guo et al. 2017).
    threshold : float
        A digit less probable than this is no digit.
    began : float
        ``time.perf_counter()`` when the work began.
    """
    probabilities = softmax(logits, temperature)
    digit = decide(probabilities, threshold)
    digit_p = float(probabilities[:10].max())
    return Answer(
        digit,
        digit_p if digit is not None else 1.0 - digit_p,
        tuple(float(p) for p in probabilities),
        time.perf_counter() - began,
    )


def decide(
    probabilities: NDArray[np.float32] | NDArray[np.float64], threshold: float
) -> int | None:
    """Return the digit that probabilities [shape=(10,) or (11,)] mean, or None for no digit."""
    best = int(probabilities[:10].argmax())
    digit_p = float(probabilities[best])
    is_digit = digit_p >= threshold and digit_p >= float(probabilities[10:].sum())
    return best if is_digit else None
