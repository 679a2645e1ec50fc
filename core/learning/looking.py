"""Looking inside: what a network makes of one clip, layer by layer, and what its answer rests on.

In: a saved model, one clip. Out: its first filters, its feature maps, and how much each cell of the
picture speaks for the answer. Keras is imported when a looker is made, never before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.learning.evaluation import softmax
from core.learning.saved_models import SavedModel, load_network
from core.sound.images import to_image

STEPS = 64
"""Images on the way from silence to the clip at which the slope is taken."""
MOST_MAPS = 16
"""Maps of a layer that are looked at: the ones that answer this clip most strongly."""
MOST_FILTERS = 64

GOES_ON = ("BatchNormalization", "ReLU", "Activation", "Dropout")
"""Layers that belong to the one before them."""


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """What one layer makes of a clip."""

    layer: str
    """Its name, as "conv_2"."""
    maps: NDArray[np.float32]
    """The strongest ones, by their mean [shape=(at most MOST_MAPS, rows, columns)]."""
    which: tuple[int, ...]
    """Their numbers among the layer's, from 0."""
    total: int
    """Maps that the layer has."""


@dataclass(frozen=True, eq=False)
class Look:
    """What a network makes of one clip."""

    image: NDArray[np.float32]
    """What it is shown [shape=(rows, columns)], row 0 the lowest."""
    probabilities: tuple[float, ...]
    """Of the answers, at the model's temperature, of this one look."""
    answer: int
    """The answer that is explained: 0 to 9, 10 for "not a digit"."""
    evidence: NDArray[np.float32]
    """How much each cell raises the answer's log odds over silence [shape=(rows, columns)]."""
    gain: float
    """By how much the clip raises the log odds over silence: what the evidence should sum to."""
    layers: tuple[FeatureMaps, ...]

    @property
    def gap(self) -> float:
        """How far the evidence's sum lies from the gain, as a share of it (completeness)."""
        return abs(float(self.evidence.sum()) - self.gain) / max(abs(self.gain), 1e-6)


class Looker:
    """A saved model, ready to be looked into.

    Parameters
    ----------
    saved : SavedModel

    Raises
    ------
    ModelError
        If its files are damaged or do not fit.
    """

    def __init__(self, saved: SavedModel) -> None:
        import jax
        import jax.numpy as jnp
        import keras

        self.saved = saved
        network = load_network(saved)
        layers = [x for x in network.layers if not isinstance(x, keras.layers.InputLayer)]
        stages = _stages(layers)
        self._names = [name for name, _ in stages]
        self.filters = _filters(layers, saved.card.image.shape)
        """First filters [shape=(n, rows, columns)], row 0 the lowest frequency; or what each unit
        of a first dense layer weighs. None where the network has neither."""
        inner = keras.Model(network.inputs, [*(x for _, x in stages), network.outputs[0]])
        weights = [v.value for v in network.trainable_variables]
        other = [v.value for v in network.non_trainable_variables]

        def outputs(images: Any) -> Any:
            found = inner.stateless_call(
                [v.value for v in inner.trainable_variables],
                [v.value for v in inner.non_trainable_variables],
                images,
                training=False,
            )[0]
            return list(found) if stages else [found]  # of one output Keras makes no list

        def log_odds(images: Any, answer: Any) -> Any:
            """Return ln(p / (1 - p)) of the answer for each image [shape=(n,)]."""
            logits = network.stateless_call(weights, other, images, training=False)[0]
            chosen = (logits * answer).sum(axis=-1)
            rest = jnp.where(answer > 0, -jnp.inf, logits)
            return chosen - jax.scipy.special.logsumexp(rest, axis=-1)

        def slopes(images: Any, answer: Any) -> Any:
            return jax.grad(lambda x: log_odds(x, answer).sum())(images)

        self._outputs = jax.jit(outputs)
        self._log_odds = jax.jit(log_odds)
        self._slopes = jax.jit(slopes)
        # traced here, in the thread that built the network: Keras keeps state per thread
        self.look(np.zeros(saved.card.image.n_samples, np.float32))

    def look(self, y: NDArray[np.float32], answer: int | None = None) -> Look:
        """Return what the network makes of one clip.

        Parameters
        ----------
        y : np.ndarray [shape=(n,)], float32
            The clip at 8 kHz.
        answer : int, optional
            The answer to be explained; by default the most probable one.

        Notes
        -----
        The evidence is the integrated gradient of the answer's log odds along the straight line
        from a silent clip's image to this one's.

        References
        ----------
        .. [1] Sundararajan, Taly & Yan 2017, "Axiomatic attribution for deep networks".
        """
        card = self.saved.card
        image = to_image(y, card.image)  # (rows, columns, 1)
        *stages, logits = self._outputs(image[None])
        probabilities = softmax(np.asarray(logits, np.float32)[0], card.temperature)
        chosen = int(probabilities.argmax()) if answer is None else answer
        if not 0 <= chosen < card.n_answers:
            raise ValueError(f"answer={answer}: expected 0 to {card.n_answers - 1}.")
        wanted = np.eye(card.n_answers, dtype=np.float32)[chosen]
        silent = to_image(np.zeros(card.image.n_samples, np.float32), card.image)
        at = ((np.arange(STEPS) + 0.5) / STEPS).astype(np.float32)[:, None, None, None]
        slopes = np.asarray(self._slopes(silent + at * (image - silent), wanted))
        evidence = ((image - silent) * slopes.mean(axis=0))[..., 0]
        ends = np.asarray(self._log_odds(np.stack([silent, image]), wanted))
        return Look(
            image[..., 0],
            tuple(float(p) for p in probabilities),
            chosen,
            np.asarray(evidence, np.float32),
            float(ends[1] - ends[0]),
            tuple(_strongest(n, np.asarray(s)) for n, s in zip(self._names, stages, strict=True)),
        )


def _stages(layers: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return each convolution's name and what comes out of it, batch norm and activation done."""
    found: list[tuple[str, Any]] = []
    for i, layer in enumerate(layers):
        if not layer.name.startswith("conv_"):
            continue
        last = layer
        for follower in layers[i + 1 :]:
            if type(follower).__name__ not in GOES_ON:
                break
            last = follower
        found.append((layer.name, last.output))
    return found


def _strongest(layer: str, values: NDArray[np.float32]) -> FeatureMaps:
    """Return the maps [shape=(1, rows, columns, n)] of a layer that answer most strongly."""
    maps = np.moveaxis(values[0], -1, 0)  # (n, rows, columns)
    order = np.argsort(-np.abs(maps).mean(axis=(1, 2)), kind="stable")[:MOST_MAPS]
    return FeatureMaps(layer, maps[order], tuple(int(i) for i in order), len(maps))


def _filters(layers: Sequence[Any], shape: tuple[int, int, int]) -> NDArray[np.float32] | None:
    """Return the first layer's weights as small pictures [shape=(n, rows, columns)]."""
    first = next((x for x in layers if x.trainable_variables), None)
    if first is None:
        return None
    kernel = np.asarray(first.trainable_variables[0].value, np.float32)
    if kernel.ndim == 4:  # (rows, columns, channels, n)
        pictures = np.moveaxis(kernel[:, :, 0], -1, 0)
    elif kernel.ndim == 2 and kernel.shape[0] == shape[0] * shape[1]:
        pictures = kernel.T.reshape(-1, *shape[:2])
    else:
        return None
    return np.asarray(pictures[:MOST_FILTERS])


def kept(evidence: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Return the fewest cells that hold a share of all that speaks for an answer, as a mask.

    Parameters
    ----------
    evidence : np.ndarray [shape=(rows, columns)], float32
        ``Look.evidence``.
    share : float
        Of the evidence for the answer, in (0, 1].

    Returns
    -------
    mask : np.ndarray [shape=(rows, columns)], float32, 0 or 1
        Evidence is spread over its neighbours first: a single cell is nothing that can be heard.
        No cell where nothing speaks for the answer.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share={share}: expected above 0, at most 1.")
    from scipy.ndimage import gaussian_filter

    speaking = np.maximum(gaussian_filter(evidence.astype(np.float64), 1.0), 0)
    total = speaking.sum()
    if total <= 0:
        return np.zeros(evidence.shape, np.float32)
    order = np.argsort(-speaking, axis=None, kind="stable")
    n = int(np.searchsorted(np.cumsum(speaking.ravel()[order]), share * total * (1 - 1e-12))) + 1
    mask = np.zeros(evidence.size, np.float32)
    mask[order[:n]] = 1
    return np.asarray(mask.reshape(evidence.shape) * (speaking > 0), np.float32)
