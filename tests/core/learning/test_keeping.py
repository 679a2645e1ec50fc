"""Keeping a network: what its card tells, and what there is nothing to keep of."""

import dataclasses
import hashlib
import json

import numpy as np
import pytest
from safetensors.numpy import load

from core.errors import ModelError, RunError
from core.learning.history import Epoch, record_of
from core.learning.keeping import data_in_words, keep, keep_run, release
from core.learning.networks import build_network
from core.learning.runs import create_run
from core.learning.saved_models import find_model, load_network, weights_bytes
from core.learning.specs import RunSpec

RESULT = {
    "best_epoch": 2, "val_accuracy": 0.9, "protocol": "p", "parameters": 5, "n_train": 1,
    "n_validation": 1, "scores": {"known": None, "unseen": None},
}  # fmt: skip


@pytest.fixture(scope="module")
def spec(small_image) -> RunSpec:
    return RunSpec(data=("fsdd", "/home/anna/my secret voices"), image=small_image)


@pytest.fixture(scope="module")
def network(small_image):
    return build_network("seed", small_image.shape, 10, seed=0)


def test_a_kept_network_is_a_model_whose_card_tells_how_it_came_about(spec, network):
    folder = keep("Good one", spec, RESULT, network)
    card = find_model(folder.name).card
    assert (card.name, card.network, card.n_answers) == ("Good one", "seed", 10)
    assert card.image == spec.image
    assert card.result == RESULT
    assert card.training["epochs"] == spec.epochs


def test_the_card_names_the_licence_and_no_folder_of_this_machine(spec, network):
    folder = keep("Good one", spec, RESULT, network)
    card = find_model(folder.name).card
    assert "CC BY-SA 4.0" in card.data
    assert "a folder of the visitor's own" in card.data
    assert card.training["data"] == ["fsdd", "my secret voices"]
    assert "anna" not in (folder / "card.json").read_text()


def test_data_in_words_names_every_set():
    words = data_in_words(RunSpec(data=("synthetic", "fsdd-2019")))
    assert "Synthetic voices (embedded)" in words
    assert "four speakers" in words


def test_a_run_before_its_first_epoch_has_nothing_to_keep(spec):
    run = create_run(spec)
    with pytest.raises(RunError, match="no finished epoch to keep"):
        keep_run(run, "nothing")


def test_a_run_that_ended_unscored_is_kept_with_its_validation_and_no_score(spec, network):
    run = create_run(spec)
    run.best.write_bytes(weights_bytes(network))
    for number, val_loss, accuracy in ((1, 1.0, 0.5), (2, 0.3, 0.8), (3, 0.4, 0.7)):
        run.write(**record_of(Epoch(number, 10, 1.0, 0.5, val_loss, accuracy, 0.1, 1.0)))
    result = find_model(keep_run(run, "rest").name).card.result
    assert (result["best_epoch"], result["val_accuracy"]) == (2, 0.8)
    assert result["scores"] == {"known": None, "unseen": None}
    assert result["protocol"] == "ended before it was scored"


def test_a_run_is_kept_as_often_as_one_likes(spec, network):
    run = create_run(spec)
    run.best.write_bytes(weights_bytes(network))
    assert [keep_run(run, "twice").name for _ in range(2)] == ["twice", "twice-2"]


def test_a_release_is_the_kept_model_at_its_working_point(spec, network, tmp_path, monkeypatch):
    key = keep("Good one", spec, RESULT, network).name
    released = release(key, "The shipped one", 1.5, 0.4, tmp_path / "models")
    assert released == tmp_path / "models" / "shipped"
    assert sorted(p.name for p in released.iterdir()) == ["card.json", "weights.safetensors"]
    monkeypatch.setattr("core.learning.saved_models.SHIPPED_MODELS", tmp_path / "models")
    saved = find_model("shipped")
    assert saved.shipped
    assert (saved.card.name, saved.card.temperature, saved.card.threshold) == (
        "The shipped one",
        1.5,
        0.4,
    )
    load_network(saved)
    assert find_model(key).card.threshold == 0.5, "the kept one stays as it was"


def test_a_release_replaces_the_one_before(spec, network, tmp_path):
    key = keep("Good one", spec, RESULT, network).name
    for name in ("first", "second"):
        release(key, name, 1.0, 0.5, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["shipped"]
    assert '"second"' in (tmp_path / "shipped" / "card.json").read_text()


def test_a_working_point_that_makes_no_sense_releases_nothing(spec, network, tmp_path):
    key = keep("Good one", spec, RESULT, network).name
    with pytest.raises(ModelError, match="temperature 0"):
        release(key, "x", 0, 0.5, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_released_with_its_views(spec, network, tmp_path):
    folder = keep("Good one", spec, RESULT, network)
    release(folder.name, "Out", 0.8, 0.6, tmp_path, views=(0.9, 1.0))
    written = json.loads((tmp_path / "shipped" / "card.json").read_text("utf-8"))
    assert written["views"] == [0.9, 1.0]
    assert written["format"] == 2  # the first version does not know of views
    release(folder.name, "Out", 0.8, 0.6, tmp_path)
    written = json.loads((tmp_path / "shipped" / "card.json").read_text("utf-8"))
    assert "views" not in written
    assert written["format"] == 1


def test_a_model_is_released_with_its_faint_noise(spec, network, tmp_path):
    folder = keep("Good one", spec, RESULT, network)
    release(folder.name, "Out", 0.8, 0.6, tmp_path, floor_db=40.0)
    written = json.loads((tmp_path / "shipped" / "card.json").read_text("utf-8"))
    assert written["floor_db"] == 40.0
    assert written["format"] == 3  # the earlier versions do not know of it


@pytest.mark.parametrize("floor_db", [-1, 121, "loud", float("nan")])
def test_a_faint_noise_that_makes_no_sense_is_refused(spec, network, floor_db):
    card = find_model(keep("Good one", spec, RESULT, network).name).card
    with pytest.raises(ModelError, match="floor_db"):
        dataclasses.replace(card, floor_db=floor_db)


@pytest.mark.parametrize("views", [(), (0.1,), (1.0,) * 6, ("fast",), 3])
def test_views_that_make_no_sense_are_refused(spec, network, views):
    card = find_model(keep("Good one", spec, RESULT, network).name).card
    with pytest.raises(ModelError, match="views"):
        dataclasses.replace(card, views=views)


def test_a_released_prior_is_taken_from_not_a_digit_alone(spec, small_image, tmp_path):
    eleven = dataclasses.replace(spec, non_digits=True)
    network = build_network("seed", small_image.shape, 11, seed=0)
    key = keep("Eleven", eleven, RESULT, network).name
    release(key, "Out", 1.0, 0.5, tmp_path, prior=2.0)
    card = json.loads((tmp_path / "shipped" / "card.json").read_text("utf-8"))
    weights = (tmp_path / "shipped" / "weights.safetensors").read_bytes()
    assert card["weights_sha256"] == hashlib.sha256(weights).hexdigest()
    assert card["result"]["prior"] == 2.0
    before, after = (load(data) for data in (weights_bytes(network), weights))
    bias = next(name for name in after if name.endswith("answers/bias"))
    np.testing.assert_allclose(before[bias] - after[bias], [0] * 10 + [2.0], atol=1e-6)
    assert all(np.array_equal(before[n], after[n]) for n in after if n != bias)


def test_a_prior_for_a_network_that_never_rejects_is_refused(spec, network, tmp_path):
    key = keep("Ten", spec, RESULT, network).name
    with pytest.raises(ModelError, match="not a digit"):
        release(key, "Out", 1.0, 0.5, tmp_path, prior=1.0)
    assert not (tmp_path / "shipped").exists()


def test_a_released_average_is_the_mean_of_two_models(spec, small_image, tmp_path):
    one, other = (build_network("seed", small_image.shape, 10, seed=n) for n in (1, 2))
    keys = [keep("Half", spec, RESULT, network).name for network in (one, other)]
    release(keys[0], "Out", 1.0, 0.5, tmp_path, averaged_with=keys[1])
    mean = load((tmp_path / "shipped" / "weights.safetensors").read_bytes())
    a, b = (load(weights_bytes(network)) for network in (one, other))
    for name in mean:
        np.testing.assert_allclose(mean[name], (a[name] + b[name]) / 2, atol=1e-6)
