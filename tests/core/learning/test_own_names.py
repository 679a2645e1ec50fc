"""What leaves the data folder names nobody who spoke into this app."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from core.learning.evaluation import accuracy
from core.learning.own_names import own_names, without_own_names
from core.learning.saved_models import SHIPPED, Card, find_model, read_card
from core.learning.shelf import bring_in, take_out
from core.learning.specs import RunSpec
from core.learning.splits import leaving_out
from core.sound.images import ImageConfig
from core.system import write_json

SECRET = ("Adam Müller", "Adam", "first")
"""Names of which one holds another, and of which one is a word of the protocol."""


def card(data=("fsdd-2019", "own"), speakers=("theo", "Adam", "first"), left_out=("Adam Müller",)):
    score = accuracy(9, 10).to_dict()
    spec = RunSpec(data=data, split=leaving_out(left_out), train_speakers=tuple(speakers))
    result = {
        "speakers": sorted(speakers),
        "protocol": f"trained without {', '.join(left_out)}; known: the first tenth (Adam)",
        "scores": {
            "known": {**score, "by_speaker": dict.fromkeys(speakers, score)},
            "unseen": None,
        },
    }
    training = json.loads(json.dumps(spec.to_dict()))
    return Card("m", "seed", ImageConfig(), 10, "0" * 64, "2026", training, result, "")


def test_own_voices_become_numbers_wherever_a_card_names_them_and_the_public_ones_stay():
    before = card()
    assert own_names(before) == ("Adam", "Adam Müller", "first")
    after = without_own_names(before)
    told = json.dumps(after.to_dict(), ensure_ascii=False)
    assert not any(f'"{name}"' in told or f" {name};" in told for name in SECRET)
    assert after.result["speakers"] == ["own voice 1", "own voice 3", "theo"]
    assert after.training["split"] == "speaker:own voice 2"
    assert after.result["protocol"].startswith(
        "trained without own voice 2; known: the own voice 3"
    )
    assert after.result["protocol"].endswith("(own voice 1)")
    assert after.training["optimizer"] == "adam"
    assert [*after.result["scores"]["known"]["by_speaker"]] == [
        "theo",
        "own voice 1",
        "own voice 3",
    ]
    assert RunSpec.from_dict(after.training).held_out_speakers == ("own voice 2",)
    assert without_own_names(after) == after


def test_a_model_adapted_from_the_shipped_one_was_trained_on_one_own_voice():
    shipped = find_model(SHIPPED).card
    training = {**shipped.training, "data": [*shipped.training["data"], "own"]}
    result = {**shipped.result, "speakers": [*shipped.result["speakers"], "Adam"]}
    adapted = replace(shipped, training=training, result=result)
    assert own_names(adapted) == ("Adam",)


def test_what_a_model_began_with_may_be_called_after_somebody_and_is_left_out():
    before = card()
    training = {**before.training, "start": "digits-for-adam"}
    result = {**before.result, "adapted": {"from": "digits-for-adam", "clips": 30}}
    after = without_own_names(replace(before, training=training, result=result))
    assert "digits-for-adam" not in json.dumps(after.to_dict())
    assert after.result["adapted"] == {"clips": 30}


@pytest.mark.parametrize("data", [("fsdd",), ("synthetic", "fsdd-2019")])
def test_a_card_of_public_data_is_left_as_it_is(data):
    assert without_own_names(found := card(data=data)) is found


def test_an_exported_model_names_nobody_and_comes_in_again(tiny_model):
    path = tiny_model / "card.json"
    values = json.loads(path.read_text())
    values["training"]["data"] = ["synthetic", "own"]
    values["result"]["speakers"] = ["Adam Müller", "carl-us"]
    write_json(path, values)
    packed = take_out("tiny")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        told = archive.read("card.json").decode()
    assert "Müller" not in told
    assert bring_in(packed).card.result["speakers"] == ["carl-us", "own voice 1"]
    assert read_card(tiny_model).result["speakers"] == ["Adam Müller", "carl-us"], "kept here"
    assert np.isfinite(read_card(tiny_model).temperature)
