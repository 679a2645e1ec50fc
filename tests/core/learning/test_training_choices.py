"""What a spec may ask of training: stops, strangers watched, blends, blocks of one's own."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.learning.epochs import learning_rate_at
from core.learning.examples import load_examples
from core.learning.network_config import Convolution, GlobalPooling, NetworkConfig
from core.learning.networks import build_network
from core.learning.optimizers import build_optimizer
from core.learning.scoring import MAX_STRANGERS, Strangers
from core.learning.step import Stepper
from core.learning.training import train


@pytest.fixture(scope="module")
def stranger(small_spec, diary):
    """Return a run of three epochs without one speaker: its spec, its listener, what came of it."""
    spec, listener = replace(small_spec, split="speaker:judy-us"), diary()
    return spec, listener, train(spec, listener)


def test_a_speaker_left_out_is_watched_at_every_epoch(stranger):
    _, diary, trained = stranger
    assert all(0 <= e.unseen_accuracy <= 1 and e.unseen_loss > 0 for e in diary.epochs)
    best = min(diary.epochs, key=lambda e: e.val_loss)
    # the last look at the kept epoch is the score of the run
    assert best.unseen_accuracy == pytest.approx(trained.result["scores"]["unseen"]["share"])
    assert best.unseen_loss == pytest.approx(trained.result["scores"]["unseen"]["loss"], rel=1e-4)


def test_nobody_left_out_is_not_measured(small_spec, diary):
    listener = diary()
    trained = train(replace(small_spec, epochs=1), listener)
    assert listener.epochs[0].unseen_loss is None
    assert listener.epochs[0].unseen_accuracy is None
    assert trained.result["scores"]["unseen"] is None


def test_strangers_are_never_used_for_choosing(stranger, diary, monkeypatch):
    spec, first, trained = stranger
    monkeypatch.setattr(Strangers, "look", lambda self, logits: (0.0, 1.0))
    listener = diary()
    again = train(spec, listener)
    assert listener.best == first.best
    for a, b in zip(listener.weights, first.weights, strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_array_equal(x, y)
    assert again.result["best_epoch"] == trained.result["best_epoch"]


def test_of_many_strangers_a_spread_of_them_is_watched(small_spec, monkeypatch):
    monkeypatch.setattr("core.learning.scoring.MAX_STRANGERS", 10)
    spec = replace(small_spec, split="speaker:judy-us")
    examples = load_examples(spec)
    seen = []
    Strangers(examples, spec).look(lambda images: seen.append(images) or np.eye(10)[[0] * 10])
    assert len(seen[0]) == 10 < len(examples.split.unseen)
    assert MAX_STRANGERS >= 500  # FSDD's 500 of one speaker are all watched


def test_a_result_says_everything_about_its_scores(stranger):
    _, _, trained = stranger
    result = trained.result
    for name in ("known", "unseen"):
        score = result["scores"][name]
        assert sum(s["total"] for s in score["by_answer"].values()) == score["total"]
        assert sum(s["right"] for s in score["by_speaker"].values()) == score["right"]
        assert score["calibration"]["temperature"] == result["temperature"]
    assert [*result["scores"]["unseen"]["by_speaker"]] == ["judy-us"]
    assert 0.05 <= result["temperature"] <= 20
    assert result["ended"] is None
    assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize(
    ("changes", "n_epochs", "words"),
    [
        ({"stop_score": 0.01}, 1, "reached 1.0%"),
        ({"stop_seconds": 1e-6}, 1, "s of training"),
        ({"patience": 2, "learning_rate": 1e-20}, 3, "no better validation loss for 2 epochs"),
    ],
)
def test_a_run_ends_when_its_stop_condition_holds_and_says_why(
    small_spec, diary, changes, n_epochs, words
):
    listener = diary()
    trained = train(replace(small_spec, epochs=5, **changes), listener)
    assert len(listener.epochs) == n_epochs
    assert words in trained.result["ended"]


def test_a_run_killed_after_it_had_reached_its_goal_only_scores_when_resumed(small_spec, diary):
    spec = replace(small_spec, epochs=5, stop_score=0.01)
    first = diary()
    first.kept = []
    whole = train(spec, first)
    second = diary()
    second.go_on_from = first.kept[-1]
    again = train(spec, second)
    assert second.epochs == []
    assert again.result["ended"] == whole.result["ended"]
    assert again.result["scores"] == whole.result["scores"]


def test_blended_examples_are_learned_with_shares_of_their_answers(small_spec, diary):
    spec = replace(small_spec, augment=True, augmentations=("mixup",), learning_rate=0.01, epochs=6)
    listener = diary()
    trained = train(spec, listener)
    assert listener.epochs[-1].loss < listener.epochs[0].loss
    assert trained.result["val_accuracy"] > 0.4
    plain = diary()
    train(replace(spec, augment=False), plain)
    assert listener.epochs[-1].loss > plain.epochs[-1].loss  # a blend has no sure answer


def test_shares_of_one_answer_give_the_gradients_of_that_answer():
    model = build_network("seed", (12, 14, 1), 10, 0)
    stepper = Stepper(model, build_optimizer("sgd", 0.1))
    state = stepper.initial_state()
    rng = np.random.default_rng(0)
    images = rng.standard_normal((4, 12, 14, 1)).astype(np.float32)
    answers = np.array([3, 1, 4, 1], np.int32)
    weight = np.array([1, 1, 1, 0], np.float32)
    other = list(state.other)  # dropout's chances: the same for both
    found, sums = stepper.gradients(state, images, answers, weight)
    state.other = other
    shares = np.eye(10, dtype=np.float32)[answers]
    same, same_sums = stepper.gradients(state, images, shares, weight)
    np.testing.assert_allclose(sums, same_sums, rtol=1e-6)
    for a, b in zip(found, same, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_blocks_of_ones_own_can_be_trained_with_every_schedule(small_spec, diary):
    blocks = (Convolution(4, 3, stride=2, activation="elu", batch_norm=True), GlobalPooling())
    spec = replace(small_spec, network=NetworkConfig(blocks, "he", 0.01), schedule="step", epochs=4)
    listener = diary()
    trained = train(spec, listener)
    rates = [e.learning_rate for e in listener.epochs]
    assert rates == pytest.approx([spec.rate, spec.rate, spec.rate / 10, spec.rate / 100])
    assert trained.result["parameters"] == 9 * 4 + 4 * 4 + 5 * 10


def test_weight_decay_shrinks_kernels_and_leaves_biases_alone():
    model = build_network("strong", (16, 18, 1), 10, 0)
    stepper = Stepper(model, build_optimizer("sgd", 0.1, weight_decay=0.5))
    state = stepper.initial_state()
    before = [np.array(w) for w in state.weights]
    nothing = [np.zeros_like(w) for w in before]
    stepper.apply(state, nothing, np.float32(1), 0.1)
    for old, new, variable in zip(before, state.weights, model.trainable_variables, strict=True):
        factor = 1 - 0.1 * 0.5 if variable.path.endswith("kernel") else 1.0
        np.testing.assert_allclose(new, factor * old, rtol=1e-5)


def test_training_listens_to_the_table_of_schedules(small_spec):
    spec = replace(small_spec, schedule="step", learning_rate=0.4)
    rates = [learning_rate_at(step, 8, spec) for step in range(8)]
    assert rates == pytest.approx([0.4] * 4 + [0.04] * 2 + [0.004] * 2)
