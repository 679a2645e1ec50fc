"""Remedies: each changes what it says, nothing else, and only where it can."""

import pytest

from core.diagnosis.causes import CAUSES
from core.diagnosis.findings import Finding
from core.diagnosis.remedies import MOST, REMEDIES, remedies
from core.learning.network_config import Convolution, Dense, Dropout, Flatten, NetworkConfig
from core.learning.specs import RunSpec
from core.sound.images import DRAWN

SMALL = NetworkConfig(
    (Convolution(2, activation="sigmoid"), Flatten(), Dense(4, "sigmoid")), "huge"
)
POOR = RunSpec(network=SMALL, optimizer="gradient_descent", seed=7, train_share=0.1)


def found(name, spec=POOR):
    verdict = name if name in ("slow", "underfitting", "overfitting") else "slow"
    return remedies(Finding(verdict, "x", "", "", "", cause="" if verdict == name else name), spec)


@pytest.mark.parametrize(
    "name", [n for n in REMEDIES if n not in ("diverged", "leaked_split", "shuffled_labels")]
)
def test_every_finding_offers_something_that_runs_again_from_the_same_seed(name):
    offered = found(name)
    assert 1 <= len(offered) <= MOST
    assert len({r.spec for r in offered}) == len(offered)
    for remedy in offered:
        assert remedy.spec != POOR
        assert (remedy.spec.seed, remedy.spec.data) == (7, POOR.data)


def test_every_cause_has_a_remedy():
    assert {rule.__name__ for rule in CAUSES} <= {*REMEDIES}


def test_a_remedy_that_would_change_nothing_is_not_offered():
    assert all("ReLU in" not in r.label for r in found("vanishing_gradients", RunSpec()))
    assert found("identical_units", RunSpec()) == ()
    assert all(not r.spec.augment for r in found("overfitting", RunSpec(image=DRAWN)))
    assert all("Train on all" not in r.label for r in found("overfitting", RunSpec()))


def test_an_impossible_remedy_is_not_offered():
    at_its_limit = RunSpec(learning_rate=50.0)
    assert all(r.spec.rate <= 100 for r in found("rate_too_low", at_its_limit))


def test_parts_of_a_rate_are_called_what_they_are_called():
    labels = {r.label for name in REMEDIES for r in found(name, RunSpec(learning_rate=0.01))}
    told = sorted(label for label in labels if label.endswith(("(0.003)", "(0.001)", "(0.0001)")))
    assert told == [
        "Take a hundredth of the learning rate (0.0001)",
        "Take a tenth of the learning rate (0.001)",
        "Take a third of the learning rate (0.003)",
    ]
    assert "Take 3 times the learning rate (0.03)" in labels


def test_activation_dropout_and_first_weights_are_changed_in_every_layer():
    relu = next(r for r in found("vanishing_gradients") if "ReLU" in r.label).spec.network_config
    assert [b.activation for b in relu.blocks if not isinstance(b, Flatten)] == ["relu", "relu"]
    glorot = found("untrained_start")[0].spec.network_config
    assert (glorot.initialiser, glorot.blocks) == ("glorot", SMALL.blocks)
    dropout = next(r for r in found("overfitting") if "dropout" in r.label).spec.network_config
    assert dropout.blocks == (*SMALL.blocks, Dropout(0.5))


def test_what_was_broken_on_purpose_is_mended():
    broken = RunSpec(leaked_share=0.5, shuffled_labels=0.3)
    assert found("leaked_split", broken)[0].spec == RunSpec(shuffled_labels=0.3)
    assert found("shuffled_labels", broken)[0].spec == RunSpec(leaked_share=0.5)
    assert found("leaked_split", RunSpec()) == ()
