"""The model that comes with the app: whole, and made as its card says."""

import json

import numpy as np

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
    trained = find_model(SHIPPED).card.training
    asked = json.loads((SHIPPED_MODELS / SHIPPED / "spec.json").read_text("utf-8"))
    assert {key: trained[key] for key in asked} == asked


def test_both_specs_are_understood_and_the_second_begins_with_the_first():
    first, second = spec("spec-1.json"), spec("spec.json")
    assert first.start == ""
    assert second.start == "deep1"
    assert first.network == second.network == find_model(SHIPPED).card.network
    assert first.image == second.image == find_model(SHIPPED).card.image


def test_no_test_clip_trains_it():
    assert spec("spec-1.json").split == spec("spec.json").split == "official"
