"""Our max-pooling against Keras's own: the same numbers forwards and backwards."""

import jax
import keras
import numpy as np
import pytest

from core.learning import pooling
from core.learning.pooling import SliceMaxPooling2D


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("size", [2, 3, (1, 2), (3, 1), 1])
@pytest.mark.parametrize("image", [(6, 8, 3), (7, 9, 2), (3, 3, 1)])
def test_forward_and_gradient_are_keras_own(image, size):
    images = numbers(2, *image)
    ours, theirs = SliceMaxPooling2D(size), keras.layers.MaxPooling2D(size)
    upstream = numbers(*theirs(images).shape, seed=1)
    for layer in (ours, theirs):
        layer.build(images.shape)
    found, back = jax.vjp(ours, images)
    wanted, their_back = jax.vjp(theirs, images)
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(back(upstream)[0], their_back(upstream)[0])
    assert ours.compute_output_shape(images.shape) == theirs.compute_output_shape(images.shape)


def test_equal_maxima_share_the_gradient():
    _, back = jax.vjp(SliceMaxPooling2D(2), np.ones((1, 2, 2, 1), np.float32))
    gradient = np.asarray(back(np.ones((1, 1, 1, 1), np.float32))[0])
    np.testing.assert_allclose(gradient, 0.25)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"strides": 1}, r"strides=\(1, 1\)"),
        ({"padding": "same"}, "padding='same'"),
        ({"data_format": "channels_first"}, "data_format='channels_first'"),
    ],
)
def test_what_it_does_not_do_is_refused_with_the_layer_that_does(options, named):
    with pytest.raises(ValueError, match=f"SliceMaxPooling2D got .*{named}.*MaxPooling2D"):
        SliceMaxPooling2D(2, **options)


def test_elsewhere_than_on_a_cpu_the_stock_operation_is_taken(monkeypatch):
    asked = []
    monkeypatch.setattr(keras.layers.MaxPooling2D, "call", lambda self, x: asked.append(1) or x)
    layer = SliceMaxPooling2D(2)
    layer(numbers(1, 4, 4, 1))
    assert not asked
    monkeypatch.setattr(pooling.jax, "default_backend", lambda: "gpu")
    layer.call(numbers(1, 4, 4, 1))
    assert asked == [1]


def test_keras_finds_the_layer_by_its_registered_name():
    layer = SliceMaxPooling2D(3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is SliceMaxPooling2D
    assert tuple(again.pool_size) == (3, 3)
