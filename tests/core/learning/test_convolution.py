"""Our convolution against Keras's own: the same numbers forwards and backwards."""

import jax
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.learning import convolution
from core.learning.convolution import TapConv2D, convolve

SHAPES = [
    # image (height, width, channels), kernel (rows, columns), filters
    ((7, 9, 1), (3, 3), 4),
    ((8, 6, 3), (3, 3), 2),
    ((6, 7, 2), (2, 2), 3),
    ((9, 9, 2), (5, 4), 3),
    ((6, 8, 4), (1, 1), 5),
    ((5, 6, 1), (1, 3), 2),
    ((3, 4, 2), (3, 4), 2),
]


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def stock(images, kernel, strides, padding):
    """Return what Keras's own operation gives."""
    return keras.ops.conv(
        images, kernel, strides=strides, padding=padding, data_format="channels_last"
    )


def by_hand(images, kernel):
    """Return the 'valid' convolution as four nested sums."""
    n, height, width, _ = images.shape
    rows, columns, _, filters = kernel.shape
    out = np.zeros((n, height - rows + 1, width - columns + 1, filters))
    for y in range(out.shape[1]):
        for x in range(out.shape[2]):
            part = images[:, y : y + rows, x : x + columns]
            out[:, y, x] = np.einsum("nrkc,rkcf->nf", part, kernel)
    return out


def test_the_definition_is_the_fields_own():
    images, kernel = numbers(2, 5, 6, 3), numbers(3, 2, 3, 4, seed=1)
    np.testing.assert_allclose(
        convolve(images, kernel, (1, 1), "valid"), by_hand(images, kernel), atol=1e-5
    )


def same_numbers(image, window, filters, strides, padding):
    """Assert that forward and both gradients are Keras's own."""
    images = numbers(3, *image)
    kernel = numbers(*window, image[-1], filters, seed=1)
    shape = stock(images, kernel, strides, padding).shape
    upstream = numbers(*shape, seed=2)

    @jax.jit
    def both():
        ours, back = jax.vjp(lambda x, w: convolve(x, w, strides, padding), images, kernel)
        theirs, their_back = jax.vjp(lambda x, w: stock(x, w, strides, padding), images, kernel)
        return (ours, *back(upstream)), (theirs, *their_back(upstream))

    for mine, yours in zip(*both(), strict=True):
        assert mine.shape == yours.shape
        np.testing.assert_allclose(mine, yours, atol=2e-4)


@pytest.mark.parametrize("strides", [(1, 1), (2, 2), (1, 3)])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("image", "window", "filters"), SHAPES)
def test_forward_and_both_gradients_are_keras_own(image, window, filters, padding, strides):
    same_numbers(image, window, filters, strides, padding)


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(st.integers(4, 9), st.integers(4, 9), st.integers(1, 3)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.integers(1, 4),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(["valid", "same"]),
)
def test_whatever_the_sizes_the_numbers_are_keras_own(image, window, filters, strides, padding):
    same_numbers(image, window, filters, strides, padding)


def test_a_layer_gives_what_keras_own_layer_gives_with_the_same_numbers():
    options = {"filters": 4, "kernel_size": 3, "activation": "relu", "padding": "same"}
    ours, theirs = TapConv2D(**options), keras.layers.Conv2D(**options)
    images = numbers(2, 6, 7, 3)
    ours.build(images.shape)
    theirs.build(images.shape)
    kernel, bias = numbers(3, 3, 3, 4), numbers(4)
    for layer in (ours, theirs):
        layer.set_weights([kernel, bias])
    np.testing.assert_allclose(ours(images), theirs(images), atol=1e-5)
    assert ours.compute_output_shape(images.shape) == theirs.compute_output_shape(images.shape)


def test_the_layer_computes_in_its_own_way_on_a_cpu(monkeypatch):
    """Without it, training is several times slower and nothing else would show it."""
    asked = []

    def seen(images, kernel, strides, padding):
        asked.append(padding)
        return stock(images, kernel, strides, padding)

    monkeypatch.setattr(convolution, "convolve", seen)
    monkeypatch.setattr(convolution.jax, "default_backend", lambda: "cpu")
    layer = TapConv2D(2, 3)
    layer(numbers(1, 5, 5, 1))
    assert asked == ["valid"]
    monkeypatch.setattr(convolution.jax, "default_backend", lambda: "gpu")
    layer(numbers(1, 5, 5, 1))
    assert asked == ["valid"], "elsewhere the stock gradient is quicker"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"dilation_rate": 2}, r"dilation_rate=\(2, 2\)"),
        ({"groups": 2}, "groups=2"),
        ({"padding": "causal"}, "padding|causal"),
        ({"data_format": "channels_first"}, "data_format='channels_first'"),
    ],
)
def test_what_it_does_not_do_is_refused_with_the_layer_that_does(options, named):
    with pytest.raises(ValueError, match=named):
        TapConv2D(4, 3, **options)


def test_the_refusal_names_the_layer_to_use():
    with pytest.raises(
        ValueError, match=r"TapConv2D got dilation_rate=\(2, 2\).*use keras.layers.Conv2D"
    ):
        TapConv2D(4, 3, dilation_rate=2)


def test_a_layer_comes_back_from_its_config():
    layer = TapConv2D(4, (3, 2), padding="same", use_bias=False, name="conv_1")
    again = TapConv2D.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert type(again) is TapConv2D


def test_keras_finds_the_layer_by_its_registered_name():
    layer = TapConv2D(4, 3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is TapConv2D
    assert again.filters == 4
