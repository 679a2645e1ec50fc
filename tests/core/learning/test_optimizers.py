"""Optimizers: every one walks downhill, and by the rule that it states."""

import keras
import numpy as np
import pytest

from core.learning.optimizers import OPTIMIZERS, build_optimizer

RATE = 0.1


def steps(name, gradients, start, rate=RATE):
    """Return the weight after each gradient, from Keras's optimizer."""
    optimizer = build_optimizer(name, rate)
    w = keras.Variable(np.array(start, np.float32))
    optimizer.build([w])
    found = []
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(np.array(g, np.float32))], [w])
        found.append(np.array(w.value))
    return np.array(found)


def sgd(w, gradients):
    for g in gradients:
        w = w - RATE * g
        yield w


def momentum(w, gradients):
    v = 0 * w
    for g in gradients:
        v = 0.9 * v - RATE * g
        w = w + v
        yield w


def nesterov(w, gradients):
    v = 0 * w
    for g in gradients:
        v = 0.9 * v - RATE * g
        w = w + 0.9 * v - RATE * g
        yield w


def adagrad(w, gradients):
    G = 0.1 + 0 * w  # Keras's initial accumulator
    for g in gradients:
        G = G + g**2
        w = w - RATE * g / np.sqrt(G + 1e-7)
        yield w


def rmsprop(w, gradients):
    s = 0 * w
    for g in gradients:
        s = 0.9 * s + 0.1 * g**2
        w = w - RATE * g / np.sqrt(s + 1e-7)
        yield w


def adam(w, gradients, decay=0.0):
    m, v = 0 * w, 0 * w
    for t, g in enumerate(gradients, start=1):
        w = w - RATE * decay * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w = w - RATE * m_hat / (np.sqrt(v_hat) + 1e-7)
        yield w


def adamw(w, gradients):
    return adam(w, gradients, decay=0.01)


BY_HAND = {
    "gradient_descent": sgd,
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adamw,
}

GRADIENTS = np.array([[0.5, -1.0, 2.0], [0.4, -1.0, -2.0], [-0.3, 0.2, 0.1]])
START = np.array([1.0, -2.0, 3.0])


@pytest.mark.parametrize("name", BY_HAND)
def test_three_steps_are_those_of_the_rule_written_by_hand(name):
    expected = np.array(list(BY_HAND[name](START, GRADIENTS)))
    np.testing.assert_allclose(steps(name, GRADIENTS, START), expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_walks_down_a_bowl(name):
    w, bowl = START, []
    optimizer = build_optimizer(name, RATE)
    variable = keras.Variable(w.astype(np.float32))
    optimizer.build([variable])
    for _ in range(30):
        w = np.array(variable.value)
        bowl.append((w**2).sum())
        optimizer.apply([keras.ops.convert_to_tensor(2 * w)], [variable])
    assert bowl[-1] < 0.6 * bowl[0]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_entry_says_what_it_does_and_whose_it_is(name):
    entry = OPTIMIZERS[name]
    assert entry.label and entry.source
    assert entry.summary.endswith(".")
    assert r"\eta" in entry.update
    assert 0 < entry.learning_rate < 1


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_learning_rate_asked_for_is_the_one_in_force(name):
    assert float(build_optimizer(name, 0.0123).learning_rate) == pytest.approx(0.0123)


def test_only_gradient_descent_looks_at_all_examples_before_a_step():
    assert [name for name, entry in OPTIMIZERS.items() if entry.full_batch] == ["gradient_descent"]


def test_the_optimizers_of_the_experiment_are_all_there():
    assert {"gradient_descent", "sgd", "momentum", "nesterov"} < set(OPTIMIZERS)
    assert {"adagrad", "rmsprop", "adam", "adamw"} < set(OPTIMIZERS)


def test_an_unknown_optimizer_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match=r"optimizer='lion' is not known.*'adam'"):
        build_optimizer("lion", RATE)


@pytest.mark.parametrize("rate", [0.0, -0.1, float("nan")])
def test_a_learning_rate_that_leads_nowhere_is_refused(rate):
    with pytest.raises(ValueError, match=f"learning_rate={rate} must be above 0"):
        build_optimizer("adam", rate)
