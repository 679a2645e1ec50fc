"""The training step: the gradients, averages and losses that a hand computes as well."""

import keras
import numpy as np
import pytest
import scipy.special

from core.learning.optimizers import build_optimizer
from core.learning.step import Stepper

SHAPE = (3, 2, 1)


def line(seed=0):
    """Return a network without chance: logits are images times W plus b."""
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(4, name="answers")]
    )


def restless():
    """Return a network with dropout and batch norm: it changes more than its weights."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dropout(0.5, seed=1),
            keras.layers.Dense(4, name="answers"),
        ]
    )


def batch(n, seed=0):
    rng = np.random.default_rng(seed)
    images = rng.standard_normal((n, *SHAPE)).astype(np.float32)
    return images, rng.integers(0, 4, n).astype(np.int32), np.ones(n, np.float32)


def stepper(model=None, optimizer="sgd", rate=0.1, **options):
    return Stepper(model or line(), build_optimizer(optimizer, rate), **options)


def arrays(values):
    return [np.array(v) for v in values]


def by_hand(W, b, images, answers, smoothing=0.0):
    """Return the summed loss and its gradients for W and b."""
    x = images.reshape(len(images), -1).astype(float)
    logits = x @ W + b
    target = np.eye(4)[answers] * (1 - smoothing) + smoothing / 4
    loss = -(target * scipy.special.log_softmax(logits, axis=1)).sum()
    slope = scipy.special.softmax(logits, axis=1) - target
    return loss, x.T @ slope, slope.sum(axis=0)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_and_gradients_are_those_computed_by_hand(smoothing):
    steps = stepper(label_smoothing=smoothing)
    state = steps.initial_state()
    W, b = arrays(state.weights)
    images, answers, weight = batch(6)
    gradients, sums = steps.gradients(state, images, answers, weight)
    loss, dW, db = by_hand(W, b, images, answers, smoothing)
    np.testing.assert_allclose(gradients[0], dW, atol=1e-5)
    np.testing.assert_allclose(gradients[1], db, atol=1e-5)
    right = (images.reshape(6, -1) @ W + b).argmax(axis=1) == answers
    np.testing.assert_allclose(sums, [loss, right.sum(), 6], rtol=1e-5)


def test_examples_that_fill_up_a_batch_count_for_nothing():
    steps = stepper()
    state = steps.initial_state()
    images, answers, _ = batch(8)
    filled, sums = steps.gradients(state, images, answers, np.array([1] * 5 + [0] * 3, np.float32))
    alone, true_sums = steps.gradients(state, images[:5], answers[:5], np.ones(5, np.float32))
    for a, b in zip(filled, alone, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    np.testing.assert_allclose(sums, true_sums, rtol=1e-5)


def test_the_gradients_of_parts_add_up_to_the_gradient_of_the_whole():
    steps = stepper()
    state = steps.initial_state()
    images, answers, weight = batch(12)
    whole, sums = steps.gradients(state, images, answers, weight)
    parts = [
        steps.gradients(state, images[i : i + 4], answers[i : i + 4], weight[:4]) for i in (0, 4, 8)
    ]
    for k, gradient in enumerate(whole):
        np.testing.assert_allclose(sum(np.array(g[k]) for g, _ in parts), gradient, atol=1e-5)
    np.testing.assert_allclose(sum(np.array(s) for _, s in parts), sums, rtol=1e-5)


def test_a_step_goes_down_the_mean_gradient_at_the_rate_it_is_given():
    steps = stepper(rate=0.1)
    state = steps.initial_state()
    before = arrays(state.weights)
    gradients, _ = steps.gradients(state, *batch(5))
    expected = [w - 0.03 * np.array(g) / 5 for w, g in zip(before, gradients, strict=True)]
    steps.apply(state, gradients, np.float32(5), 0.03)
    for found, wanted in zip(state.weights, expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_a_step_leaves_the_model_and_the_first_state_usable():
    """A step takes its inputs over; the model must still hold its own first weights."""
    model = line()
    first = [np.array(v.value) for v in model.trainable_variables]
    steps = stepper(model)
    state = steps.initial_state()
    gradients, _ = steps.gradients(state, *batch(5))
    steps.apply(state, gradients, np.float32(5), 0.1)
    for variable, was in zip(model.trainable_variables, first, strict=True):
        np.testing.assert_array_equal(variable.value, was)
    again = steps.initial_state()
    for found, was in zip(again.weights, first, strict=True):
        np.testing.assert_array_equal(found, was)


def test_adam_counts_its_steps():
    """Its first steps are corrected for the zeros it began with: they need the right count."""
    steps = stepper(optimizer="adam", rate=0.1)
    state = steps.initial_state()
    start = arrays(state.weights)[0]
    for _ in range(3):
        gradient = [np.full(w.shape, 2.0, np.float32) for w in state.weights]
        steps.apply(state, gradient, np.float32(1), 0.1)
    # a constant gradient moves Adam by its learning rate each step
    np.testing.assert_allclose(state.weights[0], start - 0.3, atol=1e-4)


def test_the_average_follows_the_weights_by_its_decay():
    steps = stepper(average=0.9)
    state = steps.initial_state()
    average = arrays(state.weights)
    for t in range(1, 31):
        gradients, _ = steps.gradients(state, *batch(5, seed=t))
        steps.apply(state, gradients, np.float32(5), 0.1)
        decay = min(0.9, (1 + t) / (10 + t))  # a young average follows quickly
        average = [
            decay * a + (1 - decay) * np.array(w)
            for a, w in zip(average, state.weights, strict=True)
        ]
        for found, wanted in zip(state.averaged, average, strict=True):
            np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert np.abs(np.array(state.averaged[0]) - np.array(state.weights[0])).max() > 1e-3


def test_without_an_average_the_weights_themselves_are_scored():
    steps = stepper()
    state = steps.initial_state()
    gradients, _ = steps.gradients(state, *batch(5))
    steps.apply(state, gradients, np.float32(5), 0.1)
    for averaged, weight in zip(state.averaged, state.weights, strict=True):
        np.testing.assert_array_equal(averaged, weight)


def test_logits_and_the_finished_model_are_those_of_the_averaged_weights():
    model = line()
    steps = stepper(model, average=0.9)
    state = steps.initial_state()
    for seed in range(4):
        gradients, _ = steps.gradients(state, *batch(5, seed))
        steps.apply(state, gradients, np.float32(5), 0.5)
    images = batch(7)[0]
    W, b = arrays(state.averaged)
    expected = images.reshape(7, -1) @ W + b
    np.testing.assert_allclose(steps.logits(state, images), expected, atol=1e-5)
    finished = steps.model_with(state)
    np.testing.assert_allclose(finished(images), expected, atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 3, 7, 256])
def test_how_many_images_are_answered_at_once_does_not_change_logits(batch_size):
    steps = stepper(restless())
    state = steps.initial_state()
    images = batch(7)[0]
    np.testing.assert_allclose(
        steps.logits(state, images, batch_size), steps.logits(state, images), atol=1e-5
    )


def test_dropout_falls_differently_in_every_step_and_not_at_all_in_scoring():
    steps = stepper(restless())
    state = steps.initial_state()
    images, answers, weight = batch(32)
    first = arrays(steps.gradients(state, images, answers, weight)[0])
    second = arrays(steps.gradients(state, images, answers, weight)[0])
    assert any(np.abs(a - b).max() > 1e-3 for a, b in zip(first, second, strict=True))
    np.testing.assert_array_equal(steps.logits(state, images), steps.logits(state, images))


def test_batch_norm_remembers_what_it_has_seen():
    model = restless()
    steps = stepper(model)
    state = steps.initial_state()
    images, answers, weight = batch(64)
    for _ in range(400):
        steps.gradients(state, 3 * images + 5, answers, weight)
    norm = steps.model_with(state).get_layer("norm")
    flat = (3 * images + 5).reshape(64, -1)
    np.testing.assert_allclose(np.array(norm.moving_mean.value), flat.mean(axis=0), rtol=0.05)
    np.testing.assert_allclose(np.array(norm.moving_variance.value), flat.var(axis=0), rtol=0.1)
