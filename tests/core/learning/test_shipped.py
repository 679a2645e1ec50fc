"""The model that comes with the app: whole, and made as its card says."""

import json

import numpy as np

from benchmarks.remake_shipped import BETWEEN, stages
from core.home import SHIPPED_MODELS
from core.learning.saved_models import SHIPPED, find_model, load_network
from core.learning.specs import RunSpec


def spec(name: str) -> RunSpec:
    return RunSpec.from_dict(json.loads((SHIPPED_MODELS / SHIPPED / name).read_text("utf-8")))


def test_the_shipped_network_is_whole_and_gives_eleven_numbers():
    saved = find_model(SHIPPED)
    network = load_network(saved)
    logits = network(np.zeros((1, *saved.card.image.shape), np.float32))
    assert logits.shape == (1, 11)
    assert np.isfinite(np.asarray(logits)).all()


def test_its_card_was_trained_as_the_committed_spec_asks():
    assert RunSpec.from_dict(find_model(SHIPPED).card.training) == spec("spec.json")


def test_every_training_is_understood_and_begins_with_the_one_before():
    names = [path.name for path in stages(SHIPPED_MODELS / SHIPPED)]
    assert len(names) >= 2
    for number, name in enumerate(names):
        before = SHIPPED if number in BETWEEN else f"deep{number}"
        assert spec(name).start == (before if number else "")
        assert spec(name).network == find_model(SHIPPED).card.network
    assert spec(names[-1]).image == find_model(SHIPPED).card.image


def test_no_test_clip_trains_it():
    assert {spec(path.name).split for path in stages(SHIPPED_MODELS / SHIPPED)} == {"official"}
