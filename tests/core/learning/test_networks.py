"""Networks: every one can be built, learns, and depends on its seed alone."""

import jax.numpy as jnp
import numpy as np
import pytest

from core.learning.evaluation import cross_entropy
from core.learning.networks import NETWORKS, build_network
from core.learning.optimizers import build_optimizer
from core.learning.step import Stepper
from core.sound.images import PRESETS

TINY = (16, 21, 1)


def weights_of(model):
    return [np.array(v.value) for v in model.trainable_variables]


@pytest.fixture(scope="module", params=NETWORKS, ids=str)
def learned(request):
    """Return a network's losses on one batch of eight, before each of some steps, and after."""
    model = build_network(request.param, TINY, 10, seed=0)
    stepper = Stepper(model, build_optimizer("sgd", 0.05))
    state = stepper.initial_state()
    rng = np.random.default_rng(0)
    images = rng.standard_normal((8, *TINY)).astype(np.float32)
    answers = np.arange(8, dtype=np.int32)
    losses, right = [], []
    for _ in range(25):
        gradients, sums = stepper.gradients(state, images, answers, jnp.ones(8))
        losses.append(float(sums[0]) / 8)
        right.append(float(sums[1]) / 8)
        stepper.apply(state, gradients, np.float32(8), 0.05)
    return losses, right


def test_every_network_begins_near_a_guess_among_ten(learned):
    losses, _ = learned
    assert 1.5 < losses[0] < 4.0  # ln 10 = 2.3


def test_one_step_lowers_the_loss_and_more_steps_learn_the_batch_by_heart(learned):
    losses, right = learned
    assert min(losses[1:4]) < losses[0]  # dropout makes a single step uncertain
    assert np.mean(losses[-5:]) < 0.5 * losses[0]
    assert np.mean(right[-5:]) > 0.8


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_takes_the_images_of_every_preset(name, preset):
    shape = PRESETS[preset].shape
    model = build_network(name, shape, 10, seed=0)
    assert model.input_shape == (None, *shape)
    assert model.output_shape == (None, 10)


@pytest.mark.parametrize("name", NETWORKS)
def test_not_a_digit_is_an_eleventh_answer(name):
    assert build_network(name, TINY, 11, seed=0).output_shape == (None, 11)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_first_weights_depend_on_the_seed_alone(name):
    first, again, other = (weights_of(build_network(name, TINY, 10, s)) for s in (3, 3, 4))
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert any(np.abs(a - b).max() > 0.01 for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_numbers_of_a_network_are_named_by_their_layer(name):
    """A saved model finds its numbers again by these names; a change breaks every saved model."""

    def named(model):
        # the random state of dropout is numbered through a process, and is not saved
        return [v.path for v in model.variables if "seed_generator" not in v.path]

    paths = named(build_network(name, TINY, 10, seed=0))
    assert paths == named(build_network(name, (20, 30, 1), 11, seed=1))
    assert len(set(paths)) == len(paths)
    for ending in ("conv_1/kernel", "conv_2/kernel", "answers/kernel", "answers/bias"):
        assert any(path.endswith(ending) for path in paths)


def test_the_first_experiments_network_has_the_layers_it_is_said_to_have():
    model = build_network("seed", (65, 51, 1), 10, seed=0)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == [
        "TapConv2D", "TapConv2D", "SliceMaxPooling2D", "Dropout",
        "Flatten", "Dense", "Dropout", "Dense",
    ]  # fmt: skip
    assert len(NETWORKS["seed"].layers((65, 51, 1))) == len(kinds)
    # 9 + 1 numbers a filter; 16 * 9 + 1; 30 * 23 * 32 features of 128 + 1; 128 + 1 of 10
    assert model.count_params() == 16 * 10 + 32 * 145 + 128 * (30 * 23 * 32 + 1) + 10 * 129


@pytest.mark.parametrize(
    ("name", "filters"), [("strong", "16 24 32 48 64"), ("wide", "24 48 64 96 128")]
)
def test_the_words_about_a_network_name_its_filters(name, filters):
    model = build_network(name, (40, 51, 1), 10, seed=0)
    widths = [v.shape[-1] for v in model.variables if v.path.startswith("conv_")]
    assert " ".join(map(str, widths)) == filters
    convolutions = [x for x in NETWORKS[name].layers((40, 51, 1)) if x.name.startswith("conv")]
    for width, layer in zip(widths, convolutions, strict=True):
        assert f"{width} filters" in layer.words


@pytest.mark.parametrize("name", NETWORKS)
def test_every_entry_says_what_it_is_and_whose(name):
    entry = NETWORKS[name]
    assert entry.label and entry.source
    assert all(layer.words for layer in entry.layers(TINY))
    assert entry.summary.endswith(".")


def test_an_unknown_network_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match=r"network='resnet' is not known.*'seed'"):
        build_network("resnet", TINY, 10, 0)


def test_outputs_are_logits_and_no_probabilities():
    model = build_network("seed", TINY, 10, seed=0)
    images = 10 * np.random.default_rng(0).standard_normal((4, *TINY)).astype(np.float32)
    logits = Stepper(model, build_optimizer("sgd", 0.1))
    found = logits.logits(logits.initial_state(), images)
    assert found.min() < 0
    assert np.abs(found.sum(axis=1) - 1).max() > 0.01
    assert cross_entropy(found, np.zeros(4, np.int32)) > 0
