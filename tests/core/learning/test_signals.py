"""What happens inside: dead and saturated units, norms and ratios, against numpy."""

import keras
import numpy as np
import pytest

from core.learning.networks import NETWORKS, build_network
from core.learning.optimizers import build_optimizer
from core.learning.signals import Probe
from core.learning.step import Stepper, layers_of

SHAPE = (6, 5, 1)
IMAGES = np.random.default_rng(0).standard_normal((8, *SHAPE)).astype(np.float32)
ANSWERS = np.arange(8, dtype=np.int32) % 4
ONES = np.ones(8, np.float32)


def dense(activation):
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation=activation, name="hidden"),
            keras.layers.Dense(4, name="answers"),
        ]
    )


def stepper(model, **options):
    steps = Stepper(model, build_optimizer("sgd", 0.1), **options)
    return steps, steps.initial_state()


def hidden(state):
    """Return the hidden layer's input by hand [shape=(8, 10)]."""
    return IMAGES.reshape(8, -1) @ np.array(state.weights[0]) + np.array(state.weights[1])


def test_mean_variance_and_dead_share_are_those_of_the_activations():
    model = dense("relu")
    _, state = stepper(model)
    state.weights[1] = state.weights[1].at[:3].set(-1e6)  # three units that nothing wakes
    (found,) = Probe(model).measure(state, IMAGES)
    values = np.maximum(hidden(state), 0)
    assert found.layer == "hidden"
    assert found.mean == pytest.approx(values.mean(), rel=1e-5)
    assert found.variance == pytest.approx(values.var(), rel=1e-5)
    assert found.dead == pytest.approx((values.max(axis=0) <= 0).mean())
    assert found.dead >= 0.3
    assert found.saturated is None


@pytest.mark.parametrize(
    ("activation", "low", "high"), [("sigmoid", 0.05, 0.95), ("tanh", -0.9, 0.9)]
)
def test_the_saturated_share_is_of_the_flat_ends(activation, low, high):
    model = dense(activation)
    _, state = stepper(model)
    state.weights[0] = state.weights[0] * 20
    (found,) = Probe(model).measure(state, IMAGES)
    x = hidden(state)
    values = np.tanh(x) if activation == "tanh" else 1 / (1 + np.exp(-x))
    assert found.saturated == pytest.approx(((values < low) | (values > high)).mean(), abs=1e-6)
    assert found.saturated > 0.3
    assert found.dead is None


def test_a_network_without_nonlinearity_has_nothing_to_show():
    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(4)])
    _, state = stepper(model)
    assert Probe(model).measure(state, IMAGES) == ()


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_shows_each_of_its_nonlinearities(name):
    model = build_network(name, (40, 48, 1), 10, seed=0)
    _, state = stepper(model)
    images = np.random.default_rng(0).standard_normal((4, 40, 48, 1)).astype(np.float32)
    found = Probe(model).measure(state, images)
    assert len(found) >= 3
    assert all(np.isfinite([a.mean, a.variance]).all() and 0 <= a.dead <= 1 for a in found)


def test_a_look_follows_the_state_and_leaves_the_model_alone():
    model = dense("relu")
    _, state = stepper(model)
    before = [np.array(v.value) for v in model.variables]
    state.weights[0] = state.weights[0] * 3
    state.weights[1] = state.weights[1] * 0
    probe = Probe(model)
    first = probe.measure(state, IMAGES)[0].mean
    state.weights[0] = state.weights[0] * 2
    assert probe.measure(state, IMAGES)[0].mean == pytest.approx(2 * first, rel=1e-5)
    for variable, was in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable.value, was)


def test_the_norms_of_a_step_are_those_of_its_gradient_and_its_update():
    steps, state = stepper(dense("relu"), signals=True)
    assert [name for name, _ in steps.layers] == ["hidden", "answers"]
    before = [np.array(w) for w in state.weights]
    gradients, _ = steps.gradients(state, IMAGES, ANSWERS, ONES)
    by_hand = [np.array(g) / 8 for g in gradients]
    signals = np.array(steps.apply(state, gradients, np.float32(8), 0.05))
    for row, (kernel, bias) in enumerate(((0, 1), (2, 3))):
        norm = np.sqrt((by_hand[kernel] ** 2).sum() + (by_hand[bias] ** 2).sum())
        weight = np.sqrt((before[kernel] ** 2).sum() + (before[bias] ** 2).sum())
        np.testing.assert_allclose(signals[row], [norm, 0.05 * norm / weight], rtol=1e-4)


def test_signals_change_nothing_of_the_training():
    states = []
    for signals in (False, True):
        steps, state = stepper(dense("relu"), signals=signals)
        for _ in range(3):
            gradients, _ = steps.gradients(state, IMAGES, ANSWERS, ONES)
            steps.apply(state, gradients, np.float32(8), 0.1)
        states.append(state)
    for a, b in zip(states[0].weights, states[1].weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-7)


def test_signals_are_empty_where_they_are_off():
    steps, state = stepper(dense("relu"))
    gradients, _ = steps.gradients(state, IMAGES, ANSWERS, ONES)
    assert np.array(steps.apply(state, gradients, np.float32(8), 0.1)).shape == (0, 2)


def test_layers_are_named_from_the_image_to_the_answers():
    model = build_network("strong", (40, 48, 1), 10, seed=0)
    names = [name for name, _ in layers_of(model)]
    assert names[:2] == ["conv_1", "norm_1"]
    assert names[-1] == "answers"
    assert sorted(i for _, places in layers_of(model) for i in places) == list(
        range(len(model.trainable_variables))
    )
