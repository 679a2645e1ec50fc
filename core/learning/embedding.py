"""What a saved model makes of many images: its last layer's input, and its answers.

In: a saved model and images of its own kind. Out: one vector and the logits of each. Keras is
imported when this is called, never before.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.learning.saved_models import SavedModel, load_network
from core.sound.images import Images

BATCH = 100
"""Images at once; the last batch is filled up, so that one compilation serves all."""


def compiled(saved: SavedModel, n: int) -> Callable[[Images], list[NDArray[np.float32]]]:
    """Return a model's network, compiled: of n images its last layer's input, and its answers.

    Raises
    ------
    ModelError
        If the model's files are damaged.
    """
    import jax
    import keras

    network = load_network(saved)
    inner = keras.Model(network.inputs, [network.layers[-1].input, network.outputs[0]])
    weights = [v.value for v in inner.trainable_variables]
    other = [v.value for v in inner.non_trainable_variables]

    def both(images: Images) -> list[NDArray[np.float32]]:
        found, _ = inner.stateless_call(weights, other, images, training=False)
        return list(found)

    # Traced here, once, in the thread that built the network: Keras keeps state per thread.
    empty = np.zeros((n, *saved.card.image.shape), np.float32)
    look: Callable[[Images], list[NDArray[np.float32]]] = jax.jit(both).lower(empty).compile()
    return look


def embed(
    saved: SavedModel, images: Images, progress: Callable[[float], None] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what a model's last layer is given, and what it answers.

    Parameters
    ----------
    saved : SavedModel
    images : np.ndarray [shape=(n, *saved.card.image.shape)], float32
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    embeddings : np.ndarray [shape=(n, d)], float32
        The vector from which the last layer weighs the answers.
    logits : np.ndarray [shape=(n, n_answers)], float32

    Raises
    ------
    ModelError
        If the model's files are damaged.
    """
    look = compiled(saved, BATCH)
    parts: tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]] = ([], [])
    for start in range(0, max(1, len(images)), BATCH):
        batch = np.zeros((BATCH, *saved.card.image.shape), np.float32)
        real = images[start : start + BATCH]
        batch[: len(real)] = real
        for part, values in zip(parts, look(batch), strict=True):
            part.append(np.asarray(values, np.float32)[: len(real)].reshape(len(real), -1))
        if progress is not None:
            progress(min(1.0, (start + BATCH) / max(1, len(images))))
    embeddings, logits = (np.concatenate(part) for part in parts)
    return embeddings, logits
