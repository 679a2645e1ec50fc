"""The model that comes with the app: whole, and made as its cards say."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.remake_shipped import stages
from core.learning.saved_models import SHIPPED, SavedModel, find_model, load_network, second_network
from core.learning.specs import RunSpec


def first() -> SavedModel:
    return find_model(SHIPPED)


def second() -> SavedModel:
    found = second_network(first())
    assert found is not None
    return found


def spec(path: Path) -> RunSpec:
    return RunSpec.from_dict(json.loads(path.read_text("utf-8")))


BOTH = pytest.mark.parametrize("network", [first, second])


@BOTH
def test_a_network_is_whole_and_gives_eleven_numbers(network):
    saved = network()
    logits = load_network(saved)(np.zeros((1, *saved.card.image.shape), np.float32))
    assert logits.shape == (1, 11)
    assert np.isfinite(np.asarray(logits)).all()


@BOTH
def test_a_card_was_trained_as_the_committed_spec_asks(network):
    saved = network()
    assert RunSpec.from_dict(saved.card.training) == spec(saved.folder / "spec.json")


@pytest.mark.parametrize(
    ("network", "name", "begins"), [(first, "deep", ""), (second, "which", SHIPPED)]
)
def test_every_training_is_understood_and_begins_with_the_one_before(network, name, begins):
    saved = network()
    trainings = [spec(path) for path in stages(saved.folder)]
    assert len(trainings) >= 2
    for number, training in enumerate(trainings):
        assert training.start == (f"{name}{number}" if number else begins)
        assert training.network == saved.card.network
        assert training.image == saved.card.image


@BOTH
def test_no_test_clip_trains_it(network):
    assert {spec(path).split for path in stages(network().folder)} == {"official"}


def test_only_what_comes_with_the_app_has_a_second_network():
    assert second_network(SavedModel(first().folder, first().card, shipped=False)) is None
