"""Saved models: the same network again, or one sentence, and never anything else's bytes."""

import errno
import hashlib
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

import core.learning.saved_models as saved_models
from core.errors import LabError, ModelError
from core.learning.networks import build_network
from core.learning.saved_models import (
    FORMAT,
    Card,
    find_model,
    folder_name,
    list_models,
    load_network,
    save_model,
    weights_bytes,
)


@pytest.fixture(scope="module")
def network(small_image):
    """Return a network whose numbers are no longer those it was built with."""
    model = build_network("seed", small_image.shape, 10, seed=1)
    rng = np.random.default_rng(0)
    for variable in model.trainable_variables:
        variable.assign(rng.normal(0, 0.1, variable.shape).astype(np.float32))
    return model


@pytest.fixture(scope="module")
def weights(network) -> bytes:
    return weights_bytes(network)


@pytest.fixture(scope="module")
def card(small_image) -> dict:
    """Return the fields of a card that a caller gives."""
    return {
        "name": "Mine",
        "network": "seed",
        "image": small_image,
        "n_answers": 10,
        "training": {"epochs": 3},
        "result": {"scores": {"known": None}},
        "data": "voices of mine",
    }


@pytest.fixture
def folder(card, weights) -> Path:
    """Return the folder of a model saved in this test's data folder."""
    return save_model(card, weights)


def images(shape, n=5):
    return np.random.default_rng(1).standard_normal((n, *shape)).astype(np.float32)


# There and back.


def test_a_saved_model_gives_equal_logits(network, folder, small_image):
    some = images(small_image.shape)
    again = load_network(find_model("mine"))
    np.testing.assert_array_equal(np.array(again(some)), np.array(network(some)))


@pytest.mark.parametrize("name", ["strong"])
def test_what_batch_norm_has_seen_is_saved_too(name, card, small_image):
    model = build_network(name, small_image.shape, 11, seed=1)
    rng = np.random.default_rng(0)
    for variable in model.variables:
        if "moving" in variable.path:
            variable.assign(rng.uniform(0.5, 2, variable.shape).astype(np.float32))
    save_model({**card, "network": name, "n_answers": 11}, weights_bytes(model))
    some = images(small_image.shape)
    again = load_network(find_model("mine"))
    np.testing.assert_array_equal(np.array(again(some)), np.array(model(some)))


def test_the_card_says_what_was_given_and_which_weights_belong_to_it(folder, card, weights):
    found = find_model("mine").card
    for name, value in card.items():
        assert getattr(found, name) == value
    assert found.weights_sha256 == hashlib.sha256(weights).hexdigest()
    assert found.created.endswith("Z")
    assert not find_model("mine").shipped


def test_nothing_but_card_and_weights_is_written(folder):
    assert sorted(p.name for p in folder.iterdir()) == ["card.json", "weights.safetensors"]
    assert [p.name for p in folder.parent.iterdir()] == ["mine"]


def test_nothing_but_card_and_weights_is_read(folder):
    """Whatever else lies in a model's folder may hold code, and is never opened."""
    for name in ("model.keras", "model.h5", "weights.pkl", "__init__.py", "config.json"):
        (folder / name).write_bytes(b"import os; raise SystemExit('executed')")
    opened = []
    watching = True

    def watch(event, arguments):
        if watching and event == "open" and str(folder) in str(arguments[0]):
            opened.append(Path(str(arguments[0])).name)

    sys.addaudithook(watch)  # cannot be taken away again, only silenced
    try:
        load_network(find_model("mine"))
        list_models()
    finally:
        watching = False
    assert set(opened) == {"card.json", "weights.safetensors"}


def test_the_random_state_of_dropout_is_no_part_of_a_model(weights):
    assert not any("seed_generator" in name for name in safetensors.numpy.load(weights))


def test_numbers_are_saved_under_the_names_of_their_layers(weights):
    names = safetensors.numpy.load(weights)
    assert len(names) == 8
    assert any(name.endswith("conv_1/kernel") for name in names)


# Names and places.


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("My model", "my-model"),
        ("  Größe 7/2 – Zwölf! ", "groe-7-2-zwolf"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "model"),
        ("六", "model"),
        ("", "model"),
        ("x" * 59 + " yz", "x" * 59),
        ("CON\x00.txt", "con-txt"),
    ],
)
def test_a_folder_is_named_with_plain_letters_digits_and_hyphens(name, folder):
    assert folder_name(name) == folder


@pytest.mark.parametrize("name", ["Mine", "x" * 59 + " yz", "y" * 200, "../x", "six 六", "-a-"])
def test_every_saved_model_is_found_again_however_often_its_name_was_used(name, card, weights):
    keys = [save_model({**card, "name": name}, weights).name for _ in range(3)]
    assert len(set(keys)) == 3
    for key in keys:
        assert find_model(key).card.name == name
        assert folder_name(key) == key


def test_saving_never_overwrites(folder, card, weights):
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    second = save_model({**card, "data": "other voices"}, weights)
    assert second != folder
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_nobodys_model_takes_the_name_of_the_shipped_one(card, weights):
    assert save_model({**card, "name": "Shipped"}, weights).name == "shipped-2"


@pytest.mark.parametrize("key", ["", ".", "..", "../mine", "a/b", "/etc", "Mine", "mine ", "a\\b"])
def test_a_name_that_is_a_path_is_a_sentence_and_is_never_looked_for(key, folder):
    with pytest.raises(ModelError, match="is no model's name"):
        find_model(key)


def test_a_model_that_is_not_here_is_named_with_those_that_are(folder):
    with pytest.raises(ModelError, match=r"no model named 'yours'.*mine"):
        find_model("yours")


def test_the_shipped_models_come_first_and_then_the_newest(card, weights, tmp_path, monkeypatch):
    monkeypatch.setattr(saved_models, "SHIPPED_MODELS", tmp_path)
    save_model({**card, "name": "shipped"}, weights, store=tmp_path)
    for name, created in (("old", "2020-01-01T00:00:00Z"), ("new", "2030-01-01T00:00:00Z")):
        path = save_model({**card, "name": name}, weights) / "card.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "created": created}))
    models, problems = list_models()
    assert [(m.key, m.shipped) for m in models] == [
        ("shipped", True),
        ("new", False),
        ("old", False),
    ]
    assert problems == ()


def test_a_damaged_model_is_a_problem_in_the_list_and_the_others_are_listed(card, weights):
    for name in ("good", "bad", "worse"):
        save_model({**card, "name": name}, weights)
    store = find_model("good").folder.parent
    (store / "bad" / "weights.safetensors").unlink()
    (store / "worse" / "card.json").write_text('{"created": 5}')
    (store / ".good-2.unfinished").mkdir()
    (store / "a file").touch()
    models, problems = list_models()
    assert [m.key for m in models if not m.shipped] == ["good"]
    assert len(problems) == 2
    assert "bad has no weights.safetensors" in problems[0]
    assert "worse is damaged" in problems[1]


# Damage, of every kind.


def change_card(folder: Path, **changes) -> None:
    values = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**values, **changes}))


def put_weights(folder: Path, tensors: dict) -> None:
    """Write other weights, with the checksum that the card then needs."""
    data = safetensors.numpy.save(tensors)
    (folder / "weights.safetensors").write_bytes(data)
    change_card(folder, weights_sha256=hashlib.sha256(data).hexdigest())


def tensors_of(folder: Path) -> dict:
    return safetensors.numpy.load((folder / "weights.safetensors").read_bytes())


def drop(name):
    return lambda folder: (folder / name).unlink()


def write(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def say(**changes):
    return lambda folder: change_card(folder, **changes)


def score(**changes):
    known = {"right": 3, "total": 4, "low": 0.3, "high": 0.95, **changes}
    return say(result={"scores": {"known": known, "unseen": None}})


def without(field):
    def damage(folder):
        values = json.loads((folder / "card.json").read_text())
        del values[field]
        (folder / "card.json").write_text(json.dumps(values))

    return damage


def link(name):
    """Let a file of a model be a link to the same content elsewhere."""

    def damage(folder):
        outside = folder.parent.parent / f"outside-{name}"
        (folder / name).rename(outside)
        (folder / name).symlink_to(outside)

    return damage


CARD_DAMAGE = {
    "a card that is a link": (link("card.json"), r"card\.json of the model mine is a link"),
    "weights that are a link": (link("weights.safetensors"), "is a link to another place"),
    "a card without end": (write("card.json", b" " * 4_000_001), "at most 4 MB are read"),
    "no card": (drop("card.json"), "has no card.json"),
    "no weights": (drop("weights.safetensors"), "has no weights.safetensors"),
    "an empty card": (write("card.json", b""), "is damaged"),
    "half a card": (write("card.json", b'{"name": "Mi'), "is damaged"),
    "a card that is a list": (write("card.json", b"[1, 2]"), "is damaged"),
    "a card that is a number": (write("card.json", b"5"), "is damaged"),
    "a card of bytes": (write("card.json", b"\xff\xfe\x00"), "is damaged"),
    "a card a thousand deep": (write("card.json", b"[" * 100_000), "is damaged"),
    "a card without an image": (without("image"), "is damaged"),
    "a card without a name": (without("name"), "is damaged"),
    "a field too many": (say(execute="rm"), "is damaged"),
    "an image of a future kind": (say(image={"kind": "cqt"}), "is damaged"),
    "an image that is a word": (say(image="log_mel"), "is damaged"),
    "a date that is a number": (say(created=5), "is damaged"),
    "a name that is a list": (say(name=["a"]), "is damaged"),
    "a network that is a list": (say(network=["seed"]), "is damaged"),
    "a result that is a word": (say(result="good"), "is damaged"),
    "data that are a number": (say(training={"data": 5}), "training.data=5 is no list of names"),
    "speakers that are lists": (say(result={"speakers": [["a"]]}), "is no list of names"),
    "no list of speakers": (say(result={"speakers": None}), "is no list of names"),
    "a name of half a letter": (say(name="Mine \ud800"), "is damaged"),
    "a loss that is no number": (say(result={"val_loss": float("nan")}), "is damaged"),
    "a frame as long as memory": (
        say(image={"analysis": {"n_fft": 2_000_000_000}}),
        "expected at most 8192 samples",
    ),
    "sound of another rate": (
        say(image={"analysis": {"sr": 16000}}),
        "hears 16000 samples a second; this app gives it 8000",
    ),
    "scores that are a list": (say(result={"scores": [1]}), "result.scores=.* is no table"),
    "a score of a word": (score(right="all"), "'known' is 'all' right of 4"),
    "a score of nothing": (score(right=0, total=0), "'known' is 0 right of 0"),
    "a score that is too good": (score(right=5), "'known' is 5 right of 4"),
    "an interval that is no number": (score(low=float("nan")), "not JSON compliant: nan"),
    "scores by speaker that are a list": (score(by_speaker=[[]]), "'known' is no table"),
    "answers that are no whole number": (say(n_answers=10.0), "is damaged"),
    "a future format": (say(format=FORMAT + 1), "newer version of the app"),
    "a format that is a word": (say(format="new"), "is damaged"),
    "an unknown network": (say(network="resnet"), "'resnet', which this version does not know"),
    "a hundred answers": (say(n_answers=100), "has 100 answers"),
    "no temperature": (say(temperature=0), "temperature 0"),
    "a threshold above one": (say(threshold=1.5), "threshold 1.5"),
    "a threshold that is a word": (say(threshold="high"), "is damaged"),
}


@pytest.mark.parametrize("kind", CARD_DAMAGE)
def test_every_damage_of_a_card_is_one_sentence(kind, folder):
    damage, sentence = CARD_DAMAGE[kind]
    damage(folder)
    with pytest.raises(ModelError, match=sentence) as problem:
        find_model("mine")
    assert "\n" not in str(problem.value)
    _, problems = list_models()
    assert len(problems) == 1


def flip(at):
    def damage(folder):
        data = bytearray((folder / "weights.safetensors").read_bytes())
        data[at] ^= 1
        (folder / "weights.safetensors").write_bytes(bytes(data))

    return damage


def cut(folder):
    data = (folder / "weights.safetensors").read_bytes()
    (folder / "weights.safetensors").write_bytes(data[: len(data) // 2])


def cut_and_vouched_for(folder):
    cut(folder)
    data = (folder / "weights.safetensors").read_bytes()
    change_card(folder, weights_sha256=hashlib.sha256(data).hexdigest())


def vouched_for(content):
    def damage(folder):
        (folder / "weights.safetensors").write_bytes(content)
        change_card(folder, weights_sha256=hashlib.sha256(content).hexdigest())

    return damage


def other_tensors(change):
    def damage(folder):
        tensors = tensors_of(folder)
        change(tensors)
        put_weights(folder, tensors)

    return damage


def first(tensors):
    return next(name for name in tensors if name.endswith("conv_1/kernel"))


def spoil(value):
    def change(tensors):
        tensors[first(tensors)].flat[3] = value

    return change


WEIGHTS_DAMAGE = {
    "cut in half": (cut, "not those that its card names"),
    "a flipped bit at the start": (flip(0), "not those that its card names"),
    "a flipped bit at the end": (flip(-1), "not those that its card names"),
    "of another model": (write("weights.safetensors", b"other"), "not those that its card names"),
    "cut, and the card agrees": (cut_and_vouched_for, "are damaged"),
    "no safetensors": (vouched_for(b"PK\x03\x04 a zip"), "are damaged"),
    "empty": (vouched_for(b""), "are damaged"),
    "NaN": (other_tensors(spoil(np.nan)), "not finite"),
    "infinity": (other_tensors(spoil(np.inf)), "not finite"),
    "one missing": (other_tensors(lambda t: t.pop(first(t))), "conv_1/kernel is missing"),
    "one too many": (
        other_tensors(lambda t: t.update(extra=np.zeros(3, np.float32))),
        "extra is missing or extra",
    ),
    "of another shape": (
        other_tensors(lambda t: t.update({first(t): np.zeros((3, 3, 1, 8), np.float32)})),
        r"has shape \(3, 3, 1, 8\), expected \(3, 3, 1, 16\)",
    ),
    "of another type": (
        other_tensors(lambda t: t.update({first(t): np.zeros((3, 3, 1, 16), np.complex64)})),
        "is complex64, expected float32",
    ),
}


@pytest.mark.parametrize("kind", WEIGHTS_DAMAGE)
def test_every_damage_of_the_weights_is_one_sentence(kind, folder):
    damage, sentence = WEIGHTS_DAMAGE[kind]
    damage(folder)
    with pytest.raises(ModelError, match=sentence) as problem:
        load_network(find_model("mine"))
    assert "\n" not in str(problem.value)


def test_weights_that_are_too_large_are_not_read(folder, monkeypatch):
    monkeypatch.setattr(saved_models, "MAX_WEIGHTS_BYTES", 100)
    with pytest.raises(ModelError, match="larger than"):
        load_network(find_model("mine"))


def test_weights_that_vanish_after_the_card_was_read_are_a_sentence(folder):
    saved = find_model("mine")
    (folder / "weights.safetensors").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        load_network(saved)


def test_a_card_of_another_image_does_not_fit_the_weights(folder, small_image):
    larger = replace(small_image, seconds=2.0)
    change_card(folder, image=larger.to_dict())
    with pytest.raises(ModelError, match="do not fit its network"):
        load_network(find_model("mine"))


# Saving that fails.


def test_a_network_whose_numbers_are_not_finite_is_not_kept(card, weights, data_folder):
    tensors = safetensors.numpy.load(weights)
    spoil(np.nan)(tensors)
    with pytest.raises(ModelError, match=r"diverged.*smaller learning rate"):
        save_model(card, safetensors.numpy.save(tensors))
    assert list_models()[0] == tuple(m for m in list_models()[0] if m.shipped)


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_made(card, weights, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(saved_models, "write_json", full)
    with pytest.raises(ModelError, match=r"No space left.*Free some space") as problem:
        save_model(card, weights)
    assert "\n" not in str(problem.value)
    store = saved_models.subfolder("models")
    assert list(store.iterdir()) == []


def test_a_data_folder_that_is_read_only_is_one_sentence(card, weights, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(LabError, match="SPOKEN_DIGITS_HOME"):
        save_model(card, weights)


def test_a_save_that_was_cut_off_is_no_model_and_is_swept_by_the_next(card, weights):
    store = saved_models.subfolder("models")
    (store / ".mine.unfinished").mkdir()
    (store / ".mine.unfinished" / "card.json").write_text("{")
    assert [m for m in list_models()[0] if not m.shipped] == []
    assert save_model(card, weights).name == "mine"
    assert [p.name for p in store.iterdir()] == ["mine"]


def test_without_a_models_folder_there_are_no_models_of_ones_own(data_folder):
    assert [m for m in list_models()[0] if not m.shipped] == []
    assert not (data_folder / "models").exists()


def test_the_card_of_a_wrong_type_is_a_mistake_of_the_caller(card):
    with pytest.raises(TypeError, match="created=5 is no text"):
        Card(**{**card, "weights_sha256": "", "created": 5})


def test_a_copied_folder_is_the_same_model(folder, small_image, network):
    shutil.copytree(folder, folder.parent / "copy")
    some = images(small_image.shape)
    np.testing.assert_array_equal(
        np.array(load_network(find_model("copy"))(some)), np.array(network(some))
    )
