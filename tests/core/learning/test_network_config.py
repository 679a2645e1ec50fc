"""A network as blocks: the plan equals what Keras builds, and the impossible is refused by name."""

import json

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.learning.activations import ACTIVATIONS
from core.learning.convolution import TapConv2D
from core.learning.initialisers import INITIALISERS
from core.learning.network_building import build_config
from core.learning.network_config import (
    BLOCKS,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling,
    NetworkConfig,
    Pooling,
)
from core.learning.network_shapes import MAX_PARAMETERS, count_parameters, network_layers
from core.learning.networks import NETWORKS, build_network

IMAGE = (12, 14, 1)

convolutions = st.builds(
    Convolution,
    st.integers(1, 4),
    st.sampled_from([1, 2, 3, 5]),
    st.just(1),
    st.sampled_from(["same", "valid"]),
    st.sampled_from([*ACTIVATIONS]),
    st.booleans(),
)
poolings = st.builds(Pooling, st.integers(2, 3), st.sampled_from(["max", "average"]))
images = st.one_of(convolutions, poolings, st.builds(Dropout, st.sampled_from([0.0, 0.5])))
rows = st.one_of(st.builds(Dense, st.integers(1, 5)), st.builds(Dropout, st.just(0.2)))
ends = st.one_of(st.builds(Flatten), st.builds(GlobalPooling, st.sampled_from(["max", "average"])))


@st.composite
def configs(draw):
    """Draw blocks that may or may not fit onto an image."""
    blocks = [*draw(st.lists(images, max_size=4)), draw(ends), *draw(st.lists(rows, max_size=2))]
    return NetworkConfig(tuple(blocks), draw(st.sampled_from([*INITIALISERS])))


def keras_layers(model):
    """Return name, shape and numbers of each block's last layer in a built model."""
    return {layer.name: layer for layer in model.layers}


@settings(max_examples=40, deadline=None)
@given(configs(), st.integers(4, 20), st.integers(4, 20), st.sampled_from([10, 11]))
def test_shapes_and_numbers_are_those_that_keras_builds(config, n_rows, n_columns, n_answers):
    shape = (n_rows, n_columns, 1)
    try:
        planned = network_layers(config, shape, n_answers)
    except ValueError as error:
        assert "Layer " in str(error)
        with pytest.raises(ValueError, match="Layer "):
            build_config(config, shape, n_answers)
        return
    model = build_config(config, shape, n_answers)
    built = {layer.name: layer for layer in model.layers}
    assert count_parameters(planned) == model.count_params()
    for plan in planned:
        assert plan.shape == tuple(built[plan.name].output.shape[1:])


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_strides_shrink_the_image_as_keras_does(stride, kernel, padding):
    config = NetworkConfig((Convolution(2, kernel, stride, padding), GlobalPooling()))
    planned = network_layers(config, (11, 8, 1))
    stock = keras.layers.Conv2D(2, kernel, strides=stride, padding=padding)
    assert planned[0].shape == stock.compute_output_shape((None, 11, 8, 1))[1:]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_plan_of_every_network_is_what_is_built(name):
    planned = NETWORKS[name].layers((40, 51, 1))
    model = build_network(name, (40, 51, 1), 10, 0)
    assert count_parameters(planned) == model.count_params()
    names = [layer.name for layer in model.layers]
    assert [plan.name for plan in planned] == [n for n in names if n in {p.name for p in planned}]


def test_products_count_every_tap_of_every_filter_at_every_place():
    config = NetworkConfig((Convolution(4, 3, padding="valid"), Flatten(), Dense(5)))
    conv, _, dense, answers = network_layers(config, (10, 12, 1))
    assert conv.products == 8 * 10 * 9 * 4
    assert dense.products == 8 * 10 * 4 * 5
    assert answers.products == 5 * 10


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        ((Flatten(), Convolution()), r"Layer 2 \(conv_1\): it needs an image"),
        ((Flatten(), Pooling()), r"Layer 2 \(pool\): it needs an image"),
        ((Flatten(), GlobalPooling()), r"Layer 2 \(average\): it needs an image"),
        ((Convolution(), Dense()), r"Layer 2 \(dense_1\): .* gets an image of 12 x 14 x 16"),
        ((Convolution(),), r"Layer 2 \(answers\): .*End with a flattening"),
        ((Pooling(8), Pooling(4), Flatten()), r"Layer 2 \(pool_2\): .*4 x 4, .* only 1 x 1"),
        (
            (Pooling(6), Convolution(1, 3, padding="valid"), Flatten()),
            r"Layer 2 \(conv_1\): .*3 x 3, .* only 2 x 2.*Remove a pooling",
        ),
        ((Flatten(), *[Dense(4096)] * 3), r"Layer 4 \(dense_3\): .* at most 20,000,000"),
    ],
)
def test_an_impossible_network_is_refused_with_its_layer_named(blocks, sentence):
    with pytest.raises(ValueError, match=sentence):
        network_layers(NetworkConfig(blocks), IMAGE)


def test_too_much_work_is_refused_before_anything_is_built():
    config = NetworkConfig((Convolution(512, 15), Convolution(512, 15), GlobalPooling()))
    with pytest.raises(ValueError, match=r"Layer 2 \(conv_2\): .*(multiplications|numbers)"):
        network_layers(config, (65, 51, 1))
    assert MAX_PARAMETERS * 4 < 256 * 2**20  # what can be trained can be kept


@pytest.mark.parametrize("kind", BLOCKS)
def test_every_block_survives_json(kind):
    config = NetworkConfig((BLOCKS[kind](),), "huge", 0.01)
    assert NetworkConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_survives_json(name):
    config = NETWORKS[name].config
    assert NetworkConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Convolution(0), "filters=0: expected a whole number from 1"),
        (lambda: Convolution(True), "filters=True: expected a whole number"),
        (lambda: Convolution(8.0), "filters=8.0: expected a whole number"),
        (lambda: Convolution(kernel=99), "kernel=99"),
        (lambda: Convolution(stride=0), "stride=0"),
        (lambda: Convolution(padding="full"), "padding='full': expected one of"),
        (lambda: Convolution(activation="swish"), "activation='swish': expected one of .*'relu'"),
        (lambda: Convolution(batch_norm="yes"), "batch_norm='yes'"),
        (lambda: Pooling(1), "size=1"),
        (lambda: Pooling(keeps="min"), "keeps='min'"),
        (lambda: Dropout(1.0), "rate=1.0: expected 0 to below 1"),
        (lambda: Dropout("half"), "rate='half'"),
        (lambda: Dropout(float("nan")), "rate=nan"),
        (lambda: GlobalPooling("median"), "keeps='median'"),
        (lambda: Dense(5000), "units=5000"),
        (lambda: NetworkConfig(()), "0 blocks: expected 1 to"),
        (lambda: NetworkConfig((Flatten(),) * 31), "31 blocks"),
        (lambda: NetworkConfig([Flatten()]), "expected a tuple of blocks"),
        (lambda: NetworkConfig(("flatten",)), "expected a tuple of blocks"),
        (lambda: NetworkConfig((Flatten(),), "random"), "initialiser='random'"),
        (lambda: NetworkConfig((Flatten(),), weight_decay=-1), "weight_decay=-1"),
        (lambda: NetworkConfig.from_dict({}), "not understood"),
        (lambda: NetworkConfig.from_dict({"blocks": [{}]}), "kind=None is no block"),
        (lambda: NetworkConfig.from_dict({"blocks": [3]}), "not understood"),
        (lambda: NetworkConfig.from_dict({"blocks": [], "colour": 1}), "not understood"),
        (
            lambda: NetworkConfig.from_dict({"blocks": [{"kind": "dense", "n": 3}]}),
            "not understood",
        ),
    ],
)
def test_every_bad_setting_says_what_came_and_what_was_expected(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("batch_norm", [False, True])
def test_every_activation_is_the_one_of_keras(name, batch_norm):
    config = NetworkConfig((Convolution(1, 1, activation=name, batch_norm=batch_norm), Flatten()))
    model = build_config(config, (1, 5, 1), 10)
    layers = keras_layers(model)
    image = np.linspace(-3, 3, 5, dtype=np.float32).reshape(1, 1, 5, 1)
    layers["conv_1"].kernel.assign(np.ones((1, 1, 1, 1)))
    found = keras.Model(model.input, layers["flatten"].output)(image)
    expected = getattr(keras.activations, ACTIVATIONS[name].keras_name)(image.ravel())
    np.testing.assert_allclose(np.ravel(found), expected, atol=5e-3)  # batch norm's epsilon


@pytest.mark.parametrize("name", INITIALISERS)
def test_every_initialiser_begins_as_wide_as_it_says(name):
    keras.utils.set_random_seed(0)
    config = NetworkConfig((Flatten(), Dense(300)), name)
    layers = keras_layers(build_config(config, (20, 20, 1), 10))
    width = float(np.std(layers["dense_1"].kernel))
    sensible = {"glorot": np.sqrt(2 / 700), "he": np.sqrt(2 / 400), "lecun": np.sqrt(1 / 400)}
    expected = {**sensible, "zeros": 0.0, "tiny": 1e-4, "huge": 1.0}[name]
    assert width == pytest.approx(expected, rel=0.05)
    last = float(np.std(layers["answers"].kernel))
    if INITIALISERS[name].bad:
        assert last == pytest.approx(expected, rel=0.1)
    else:
        assert last == pytest.approx(np.sqrt(2 / 310), rel=0.1)


def test_a_network_for_export_holds_stock_layers_with_the_same_names():
    ours = build_config(NETWORKS["strong"].config, (40, 51, 1), 10)
    stock = build_config(NETWORKS["strong"].config, (40, 51, 1), 10, stock=True)
    assert {type(layer) for layer in ours.layers} >= {TapConv2D}
    assert TapConv2D not in {type(layer) for layer in stock.layers}
    assert [v.path for v in ours.trainable_variables] == [v.path for v in stock.trainable_variables]
