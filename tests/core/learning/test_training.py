"""The training loop: every example once an epoch, the same twice, and a stop that is heard."""

import itertools
import json
import math
from dataclasses import replace

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.learning.batches as batches
import core.learning.epoch_images as epoch_images
import core.learning.epochs as epochs
from core.learning.batches import epoch_batches, epoch_members, micro_batches
from core.learning.epochs import learning_rate_at
from core.learning.evaluation import cross_entropy
from core.learning.examples import load_examples
from core.learning.networks import build_network
from core.learning.optimizers import OPTIMIZERS, build_optimizer
from core.learning.specs import RunSpec
from core.learning.step import Stepper
from core.learning.stepping import rehearse, take_step
from core.learning.training import Stopped, train

# Batches.


@given(st.integers(1, 300), st.integers(1, 64), st.integers(0, 9), st.integers(1, 9))
def test_the_batches_of_an_epoch_hold_every_example_once(n, batch_size, seed, epoch):
    batches = epoch_batches(n, batch_size, seed, epoch)
    counted = np.concatenate([indices[weights == 1] for indices, weights in batches])
    assert sorted(counted.tolist()) == list(range(n))
    assert {len(indices) for indices, _ in batches} == {batch_size}
    assert {len(weights) for _, weights in batches} == {batch_size}
    assert sum(weights.sum() for _, weights in batches) == n


def test_an_epochs_order_depends_on_seed_and_epoch_alone():
    def order(seed, epoch):
        return np.concatenate([indices for indices, _ in epoch_batches(40, 8, seed, epoch)])

    np.testing.assert_array_equal(order(1, 2), order(1, 2))
    assert (order(1, 2) != order(1, 3)).any()
    assert (order(1, 2) != order(2, 2)).any()


@given(st.integers(1, 500), st.integers(1, 300))
def test_parts_of_a_batch_are_of_one_size_and_hold_every_example_once(n, n_real):
    n_real = min(n, n_real)
    weights = (np.arange(n) < n_real).astype(np.float32)
    parts = list(micro_batches(np.arange(n) + 7, weights))
    assert {len(indices) for indices, _ in parts} == {min(n, batches.MICRO_BATCH)}
    counted = np.concatenate([indices[weight == 1] for indices, weight in parts])
    assert sorted(counted.tolist()) == list(range(7, 7 + n_real))


def test_all_clips_of_the_first_data_set_and_a_share_of_the_others_train_in_an_epoch():
    np.testing.assert_array_equal(epoch_members(5, 5, 1.0, 0, 1), np.arange(5))
    np.testing.assert_array_equal(epoch_members(5, 25, 1.0, 0, 1), np.arange(25))
    drawn = [epoch_members(5, 25, 0.25, 0, epoch) for epoch in (1, 1, 2)]
    for members in drawn:
        np.testing.assert_array_equal(members[:5], np.arange(5))
        assert len(members) == 5 + 5
        assert (np.diff(members) > 0).all()
        assert members.max() < 25
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert set(drawn[0]) != set(drawn[2])


# The learning rate.


def test_a_constant_rate_stays():
    spec = RunSpec(learning_rate=0.3)
    assert {learning_rate_at(step, 100, spec) for step in range(100)} == {0.3}


def test_a_cosine_rises_for_a_twentieth_and_falls_to_zero():
    spec = RunSpec(learning_rate=0.4, schedule="cosine")
    rates = [learning_rate_at(step, 100, spec) for step in range(100)]
    assert rates[:5] == pytest.approx([0.08, 0.16, 0.24, 0.32, 0.4])
    assert rates[5] == pytest.approx(0.4)
    assert learning_rate_at(5 + 95 // 5, 100, spec) == pytest.approx(
        0.2 * (1 + math.cos(math.pi / 5))
    )
    assert rates[-1] < 0.001 * 0.4
    assert rates[5:] == sorted(rates[5:], reverse=True)


@pytest.mark.parametrize("n_steps", [1, 2, 3])
def test_the_shortest_run_has_a_rate_above_zero(n_steps):
    spec = RunSpec(schedule="cosine")
    assert learning_rate_at(0, n_steps, spec) == spec.rate


# A full batch in parts.


def test_a_full_batch_in_parts_takes_the_step_of_the_whole(monkeypatch, diary):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((3, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(4)]
    )
    rng = np.random.default_rng(0)
    images = rng.standard_normal((50, 3, 2, 1)).astype(np.float32)
    answers = rng.integers(0, 4, 50).astype(np.int32)
    ((indices, weights),) = epoch_batches(50, 50, seed=0, epoch=1)
    found = []
    for size in (1000, 16):
        monkeypatch.setattr(batches, "MICRO_BATCH", size)
        stepper = Stepper(model, build_optimizer("sgd", 0.5))
        state = stepper.initial_state()
        sums, _ = take_step(
            stepper, state, images, answers, indices, weights, 0.5, diary().stop_asked
        )
        assert sums[2] == 50
        found.append([np.array(w) for w in state.weights])
    for whole, parts in zip(*found, strict=True):
        np.testing.assert_allclose(parts, whole, atol=1e-5)


# Whole runs.


@pytest.fixture(scope="module")
def ten_epochs(small_spec, diary):
    """Return a run of ten epochs, trained once: its spec, its listener and what came of it."""
    spec, listener = replace(small_spec, epochs=10, learning_rate=0.01), diary()
    return spec, listener, train(spec, listener)


def test_a_small_network_learns_a_handful_of_recordings(ten_epochs):
    _, diary, trained = ten_epochs
    assert diary.epochs[-1].loss < 0.4 * diary.start[0]
    assert diary.epochs[-1].accuracy > 0.7
    assert trained.result["val_accuracy"] > 0.7
    assert trained.result["scores"]["known"]["share"] > 0.7


def test_the_listener_hears_of_the_start_every_epoch_and_the_steps_between(ten_epochs):
    spec, diary, _ = ten_epochs
    examples = load_examples(spec)
    loss, val_loss, n_train, n_validation = diary.start
    assert loss == pytest.approx(math.log(10))
    assert val_loss == pytest.approx(math.log(10))
    assert (n_train, n_validation) == (len(examples.split.train), len(examples.split.validation))
    assert [e.epoch for e in diary.epochs] == list(range(1, 11))
    n_batches = -(-n_train // spec.batch_size)
    assert [e.step for e in diary.epochs] == [n_batches * k for k in range(1, 11)]
    assert diary.moments[0].step == 1
    assert all(0 <= m.accuracy <= 1 for m in diary.moments)
    seconds = [e.seconds for e in diary.epochs]
    assert seconds == sorted(seconds)
    assert diary.phases[0] == "loading recordings and making images"
    assert diary.phases[-3:] == ["training", "validating", "scoring"]


def test_a_rehearsed_step_compiles_all_that_a_step_calls_and_changes_nothing(small_spec):
    model = build_network("linear", small_spec.image.shape, 10, 0)
    stepper = Stepper(model, build_optimizer("sgd", 0.5))
    state = stepper.initial_state()
    shape = (300, *small_spec.image.shape)
    images = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    before = [np.array(a) for a in (*state.weights, *state.other, *state.slots)]
    batch = (np.arange(300), np.ones(300, np.float32))
    answers = np.zeros(300, np.int32)
    rehearse(stepper, state, images, answers, *batch, 0.5)
    for was, value in zip(before, (*state.weights, *state.other, *state.slots), strict=True):
        np.testing.assert_array_equal(value, was)
    compiled = [f._cache_size() for f in (stepper._gradients, stepper._apply)]
    take_step(stepper, state, images, answers, *batch, 0.5, lambda: False)
    assert [f._cache_size() for f in (stepper._gradients, stepper._apply)] == compiled == [1, 1]


@pytest.mark.parametrize("optimizer", ["sgd", "gradient_descent"])
def test_the_seconds_of_the_first_epoch_are_its_steps_and_not_what_they_compile(
    small_spec, diary, monkeypatch, optimizer
):
    """By a clock that moves only in steps, a second in each, and in the rehearsal, an hour."""
    now = [0.0]

    def lasting(seconds, what):
        def timed(*arguments):
            now[0] += seconds
            return what(*arguments)

        return timed

    monkeypatch.setattr(epochs, "rehearse", lasting(3600.0, rehearse))
    monkeypatch.setattr(epochs, "take_step", lasting(1.0, take_step))
    monkeypatch.setattr(epochs.time, "perf_counter", lambda: now[0])
    listener = diary()
    train(replace(small_spec, optimizer=optimizer), listener)
    assert now[0] == 3600.0 + listener.epochs[-1].step
    assert [e.seconds for e in listener.epochs] == [float(e.step) for e in listener.epochs]


def test_the_best_epoch_is_kept_and_is_the_one_that_the_history_calls_best(ten_epochs):
    _, diary, trained = ten_epochs
    best = diary.history().best
    assert trained.result["best_epoch"] == best.epoch
    assert trained.result["val_accuracy"] == best.val_accuracy
    assert diary.best[best.epoch - 1]
    assert not any(diary.best[best.epoch :])
    for kept, was in zip(
        trained.model.trainable_variables, diary.weights[best.epoch - 1], strict=True
    ):
        np.testing.assert_array_equal(kept.value, was)


def test_the_scores_are_those_of_the_network_that_is_returned(ten_epochs):
    spec, _, trained = ten_epochs
    examples = load_examples(spec)
    for name, expected in (
        ("validation", trained.result["val_accuracy"]),
        ("known", trained.result["scores"]["known"]["share"]),
    ):
        indices = getattr(examples.split, name)
        logits = np.array(trained.model(examples.images(indices, spec)))
        answers = examples.answers[indices]
        assert (logits.argmax(axis=1) == answers).mean() == pytest.approx(expected)
        if name == "validation":
            assert cross_entropy(logits, answers) == pytest.approx(
                trained.result["val_loss"], rel=1e-3
            )


def test_a_result_is_plain_values_with_sample_interval_and_protocol(ten_epochs):
    _, _, trained = ten_epochs
    result = json.loads(json.dumps(trained.result, allow_nan=False))
    known = result["scores"]["known"]
    assert known["total"] == 40
    assert known["right"] == sum(known["confusion"][i][i] for i in range(10))
    assert sum(map(sum, known["confusion"])) == 40
    assert known["low"] < known["share"] < known["high"]
    assert result["scores"]["unseen"] is None
    assert "first tenth of the takes" in result["protocol"]
    assert result["parameters"] == trained.model.count_params()
    assert result["n_train"] + result["n_validation"] + known["total"] == 280
    assert result["speakers"] == ["carl-us", "fiona-gb", "henry-gb", "judy-us"]


def told(diary):
    return [replace(e, seconds=0) for e in diary.epochs]


@pytest.mark.parametrize("changes", [{}, {"augment": True}], ids=["plain", "augmented"])
def test_the_same_spec_gives_the_same_numbers_twice(small_spec, diary, changes):
    spec = replace(small_spec, epochs=2, **changes)
    first, again = diary(), diary()
    train(spec, first)
    train(spec, again)
    assert told(first) == told(again)
    for a, b in zip(first.weights[-1], again.weights[-1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_another_seed_gives_other_numbers(small_spec, diary):
    first, other = diary(), diary()
    train(replace(small_spec, epochs=1), first)
    train(replace(small_spec, epochs=1, seed=1), other)
    assert told(first) != told(other)


def test_gradient_descent_takes_one_step_an_epoch(small_spec, diary):
    listener = diary()
    train(replace(small_spec, optimizer="gradient_descent"), listener)
    assert OPTIMIZERS["gradient_descent"].full_batch
    assert [e.step for e in listener.epochs] == [1, 2, 3]
    assert listener.epochs[-1].loss < listener.epochs[0].loss


def test_a_run_asked_to_stop_before_its_first_epoch_has_nothing_to_keep(small_spec, diary):
    listener = diary(stop_after_steps=2)
    with pytest.raises(Stopped):
        train(small_spec, listener)
    assert listener.epochs == []


def test_a_stop_is_honoured_at_the_next_step_and_keeps_the_best_epoch(small_spec, diary):
    whole = diary()
    train(replace(small_spec, epochs=1), whole)
    n_batches = whole.epochs[0].step
    listener = diary(stop_after_steps=n_batches + 2)
    trained = train(small_spec, listener)
    assert listener.steps_begun == n_batches + 2, "not one step more"
    assert [e.epoch for e in listener.epochs] == [1]
    assert trained.result["best_epoch"] == 1
    for kept, was in zip(trained.model.trainable_variables, whole.weights[0], strict=True):
        np.testing.assert_array_equal(kept.value, was)


def test_a_speaker_left_out_is_scored_and_never_trained_on(small_spec, diary):
    trained = train(replace(small_spec, epochs=1, split="speaker:fiona-gb"), diary())
    assert trained.result["speakers"] == ["carl-us", "henry-gb", "judy-us"]
    assert trained.result["scores"]["unseen"]["total"] == 70
    assert trained.result["scores"]["known"]["total"] == 30
    assert "trained without fiona-gb" in trained.result["protocol"]


def test_nothing_held_out_is_nothing_scored(small_spec, diary):
    trained = train(replace(small_spec, epochs=1, split="all"), diary())
    assert trained.result["scores"] == {"known": None, "unseen": None}
    assert trained.result["protocol"] == "nothing held out"


def test_each_augmented_epoch_is_made_once_and_sees_other_images(small_spec, diary, monkeypatch):
    made = []
    real = epoch_images.augmented_images

    def seen(clips, indices, config, seed, epoch, *more):
        images = real(clips, indices, config, seed, epoch, *more)
        made.append((epoch, float(images.sum())))
        return images

    monkeypatch.setattr(epoch_images, "augmented_images", seen)
    train(replace(small_spec, augment=True), diary())
    assert sorted(epoch for epoch, _ in made) == [1, 2, 3]
    assert len({total for _, total in made}) == 3


@pytest.mark.parametrize(("keep_last", "kept"), [(False, 1), (True, 3)])
def test_the_last_epoch_is_kept_where_that_is_asked_though_another_was_better(
    small_spec, diary, monkeypatch, keep_last, kept
):
    rising = itertools.count(1.0)
    monkeypatch.setattr(epochs, "cross_entropy", lambda logits, answers: next(rising))
    trained = train(replace(small_spec, epochs=3, keep_last=keep_last), diary())
    assert trained.result["best_epoch"] == kept


def test_a_share_of_the_added_voices_trains_in_each_epoch(small_spec, diary):
    spec = replace(small_spec, data=(*small_spec.data, "synthetic"), epochs=2, added_share=0.1)
    listener = diary()
    train(spec, listener)
    examples = load_examples(spec)
    n_added = len(examples.split.train) - examples.n_own
    n = examples.n_own + round(0.1 * n_added)
    assert [e.step for e in listener.epochs] == [-(-n // 32), 2 * -(-n // 32)]


def test_a_run_that_diverges_still_ends_with_a_result_that_can_be_written(
    small_spec, diary, monkeypatch
):
    """Its validation loss is then no number, and JSON has no word for that."""
    monkeypatch.setattr(epochs, "cross_entropy", lambda *arguments: float("nan"))
    trained = train(replace(small_spec, epochs=2), diary())
    result = json.loads(json.dumps(trained.result, allow_nan=False))
    assert result["val_loss"] is None
