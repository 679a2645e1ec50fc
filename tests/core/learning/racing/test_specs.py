"""Plans of races: checked once, the same after a trip through JSON."""

import json

import pytest

from core.learning.racing.specs import RaceSpec


def test_a_race_begins_in_the_order_of_the_first_experiment():
    spec = RaceSpec()
    assert spec.optimizers[:3] == ("gradient_descent", "sgd", "adam")
    assert spec.clips == 600
    assert len(spec.optimizers) == 4


@pytest.mark.parametrize("spec", [RaceSpec(), RaceSpec(network="strong", optimizers=("adamw",))])
def test_a_plan_survives_json(spec):
    assert RaceSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@pytest.mark.parametrize(
    "wrong",
    [
        {"optimizers": ()},
        {"optimizers": ("adam", "adam")},
        {"optimizers": ("atom",)},
        {"optimizers": "adam"},
        {"clips": 10},
        {"epochs": 0},
        {"epochs": 5, "sweep_epochs": 6},
        {"rates": 8},
        {"rates": 2.0},
        {"seed": -1},
        {"network": "huge"},
        {"wings": 2},
    ],
    ids=str,
)
def test_what_makes_no_race_is_a_sentence(wrong):
    with pytest.raises(ValueError, match=r"expected|must be|not understood"):
        RaceSpec.from_dict({**RaceSpec().to_dict(), **wrong})


def test_epochs_in_all_are_the_sweeps_and_the_race():
    spec = RaceSpec(optimizers=("sgd", "adam"), rates=3, sweep_epochs=4, epochs=10)
    assert spec.epochs_in_all == 2 * (3 * 4 + 10)
