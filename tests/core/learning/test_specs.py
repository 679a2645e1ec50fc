"""The spec of a run: checked once, stored as JSON, and the same when it comes back."""

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from core.learning.network_config import Convolution, Dense, Flatten, NetworkConfig, Pooling
from core.learning.networks import NETWORKS
from core.learning.optimizers import OPTIMIZERS
from core.learning.specs import MAX_EPOCHS, RunSpec
from core.sound.images import SEED, ImageConfig

FULL = RunSpec(
    data=("fsdd", "/a folder/of mine", "synthetic"),
    network="strong",
    optimizer="adamw",
    learning_rate=0.002,
    schedule="cosine",
    epochs=40,
    batch_size=96,
    seed=7,
    split="speaker:theo",
    validation_share=0.2,
    augment=True,
    non_digits=True,
    label_smoothing=0.1,
    average=0.99,
    train_speakers=("lucas", "george"),
    train_share=0.5,
    augmentations=("speed", "room"),
    patience=4,
    stop_score=0.98,
    stop_seconds=600.0,
    stop_epochs=12,
    image=ImageConfig(kind="stft", scale="row_mean", seconds=0.8),
)

OWN = NetworkConfig((Convolution(4), Flatten(), Dense(8)), "he", 0.01)


@pytest.mark.parametrize(
    "spec",
    [RunSpec(), FULL, RunSpec(image=SEED), RunSpec(network=OWN)],
    ids=["", "full", "seed", "own"],
)
def test_a_spec_survives_json(spec):
    assert RunSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def test_every_setting_is_written_so_that_a_new_default_changes_no_old_run():
    assert set(RunSpec().to_dict()) == set(RunSpec.__dataclass_fields__)


def test_an_older_spec_that_lacks_a_setting_has_the_default():
    assert RunSpec.from_dict({"epochs": 3}) == RunSpec(epochs=3)


def test_a_spec_never_changes():
    with pytest.raises(FrozenInstanceError):
        RunSpec().epochs = 3


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_without_a_learning_rate_the_optimizers_own_is_taken(optimizer):
    assert RunSpec(optimizer=optimizer).rate == OPTIMIZERS[optimizer].learning_rate
    assert RunSpec(optimizer=optimizer, learning_rate=0.3).rate == 0.3


def test_the_split_names_the_speakers_left_out():
    assert RunSpec(split="speaker:theo").held_out_speakers == ("theo",)
    assert RunSpec(split="speaker:a:b").held_out_speakers == ("a:b",)
    assert RunSpec(split='speakers:["a:b", "1/2", "é"]').held_out_speakers == ("a:b", "1/2", "é")
    assert RunSpec(split="official").held_out_speakers == ()


def test_non_digits_are_an_eleventh_answer():
    assert (RunSpec().n_answers, RunSpec(non_digits=True).n_answers) == (10, 11)


def test_changes_are_checked_again():
    assert RunSpec().with_changes(epochs=3) == RunSpec(epochs=3)
    with pytest.raises(ValueError, match="epochs=0"):
        RunSpec().with_changes(epochs=0)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"data": ()}, "names no data set"),
        ({"data": "synthetic"}, "data='synthetic': expected a list"),
        ({"data": (5,)}, "expected a list of names or folders"),
        ({"data": ("",)}, "expected a list of names or folders"),
        ({"network": "resnet"}, "network='resnet': expected one of .*'seed'"),
        ({"optimizer": "lion"}, "optimizer='lion': expected one of .*'adam'"),
        ({"learning_rate": 0.0}, "learning_rate=0.0: expected above 0"),
        ({"learning_rate": -1.0}, "learning_rate=-1.0"),
        ({"learning_rate": 101.0}, "learning_rate=101.0"),
        ({"learning_rate": float("nan")}, "learning_rate=nan"),
        ({"schedule": "linear"}, "schedule='linear': expected one of .*'cosine'"),
        ({"epochs": 0}, f"epochs=0: expected 1 to {MAX_EPOCHS}"),
        ({"epochs": MAX_EPOCHS + 1}, "epochs=501"),
        ({"epochs": 1.5}, "epochs=1.5 must be a whole number"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"batch_size": 1025}, "batch_size=1025"),
        ({"batch_size": 32.0}, "batch_size=32.0 must be a whole number"),
        ({"seed": -1}, "seed=-1: expected 0 to"),
        ({"seed": 2**31}, "seed=2147483648: expected 0 to"),
        ({"seed": 0.5}, "seed=0.5 must be a whole number"),
        (
            {"split": "by age"},
            "split=.by age.: expected official, random, all, speaker:NAME",
        ),
        ({"split": 5}, "split='5': expected official"),
        ({"split": "speakers:"}, "split='speakers:': expected official"),
        ({"split": "speakers:[]"}, "expected official"),
        ({"split": "speakers:[1]"}, "expected official"),
        ({"split": 'speakers:"theo"'}, "expected official"),
        ({"validation_share": 0.01}, "validation_share=0.01"),
        ({"validation_share": 0.6}, "validation_share=0.6"),
        ({"label_smoothing": 1.0}, "label_smoothing=1.0"),
        ({"strength": 1.1}, "strength=1.1"),
        ({"label_smoothing": -0.1}, "label_smoothing=-0.1"),
        ({"average": 1.0}, "average=1.0"),
        ({"average": float("nan")}, "average=nan"),
        ({"patience": -1}, "patience=-1: expected 0"),
        ({"patience": 1.5}, "patience=1.5 must be a whole number"),
        ({"stop_score": 1.5}, "stop_score=1.5: expected above 0, at most 1"),
        ({"stop_seconds": 0}, "stop_seconds=0: expected above 0"),
        ({"stop_seconds": float("inf")}, "stop_seconds=inf"),
        ({"stop_epochs": 0}, "stop_epochs=0: expected a whole number above 0"),
        ({"stop_epochs": 1.5}, "stop_epochs=1.5: expected a whole number"),
        ({"train_share": 0.0}, "train_share=0.0"),
        ({"train_speakers": "theo"}, "train_speakers='theo': expected a list of names"),
        (
            {"train_speakers": ("a", "b"), "split": "speaker:a"},
            "a: expected to train or to be left out, not both",
        ),
        ({"augmentations": ("echo",)}, "augmentations='echo': expected some of"),
        (
            {"network": NetworkConfig((Pooling(16), Pooling(16), Flatten()))},
            r"Layer 2 \(pool_2\): it looks at squares of 16 x 16",
        ),
        ({"augment": True, "image": SEED}, "augment=True needs image.fit='place' or 'word'"),
    ],
)
def test_every_bad_setting_says_what_came_and_what_was_expected(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(RunSpec(), **changes)


@pytest.mark.parametrize(
    "values",
    [
        {"nonsense": 1},
        {"epochs": "15"},
        {"data": None},
        {"data": "synthetic"},
        {"network": ["seed"]},
        {"network": {"blocks": [{"kind": "resnet"}]}},
        {"train_speakers": 5},
        {"learning_rate": "fast"},
        {"label_smoothing": None},
        {"image": None},
        {"image": {"analysis": {"hop_length": 160.5}}},
        [],
        None,
        "synthetic",
    ],
    ids=repr,
)
def test_a_damaged_spec_is_a_sentence_and_no_other_error(values):
    with pytest.raises(ValueError, match=r"\w+.*\."):
        RunSpec.from_dict(values)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_of_the_table_can_be_asked_for(network):
    assert RunSpec(network=network).network == network
