"""Beginning with the weights of a kept model."""

import dataclasses

import numpy as np
import pytest

from core.errors import ModelError
from core.learning.keeping import keep
from core.learning.networks import build_network
from core.learning.specs import RunSpec
from core.learning.starting import begin_with

RESULT = {
    "best_epoch": 1, "val_accuracy": 0.5, "protocol": "p", "parameters": 5, "n_train": 1,
    "n_validation": 1, "scores": {"known": None, "unseen": None},
}  # fmt: skip


@pytest.fixture(scope="module")
def spec(small_image) -> RunSpec:
    return RunSpec(data=("fsdd",), image=small_image, network="strong")


def weights(model):
    return [np.asarray(v.value) for v in model.variables if "seed_generator" not in v.path]


def test_a_network_begins_with_the_numbers_of_the_kept_one(spec, small_image):
    first = build_network("strong", small_image.shape, 10, seed=1)
    key = keep("Begun", spec, RESULT, first).name
    fresh = build_network("strong", small_image.shape, 10, seed=2)
    assert not all(
        np.array_equal(a, b) for a, b in zip(weights(first), weights(fresh), strict=True)
    )
    begin_with(fresh, key)
    assert all(np.array_equal(a, b) for a, b in zip(weights(first), weights(fresh), strict=True))


def test_another_network_is_refused_in_a_sentence(spec, small_image):
    key = keep("Begun", spec, RESULT, build_network("strong", small_image.shape, 10, 1)).name
    with pytest.raises(ModelError, match="same network"):
        begin_with(build_network("strong", small_image.shape, 11, seed=2), key)
    with pytest.raises(ModelError, match="same network"):
        begin_with(build_network("seed", small_image.shape, 10, seed=2), key)


def test_a_model_that_is_not_there_is_said_so(small_image):
    with pytest.raises(ModelError):
        begin_with(build_network("seed", small_image.shape, 10, seed=2), "nowhere")


def test_a_start_that_is_no_name_is_refused():
    with pytest.raises(ValueError, match="start=3"):
        RunSpec(start=3)
    assert RunSpec.from_dict(RunSpec(start="a").to_dict()).start == "a"
    assert dataclasses.asdict(RunSpec())["start"] == ""
