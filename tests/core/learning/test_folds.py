"""Folds: everybody is left out once, and the mean comes with its spread."""

import pytest

from core.learning.evaluation import accuracy
from core.learning.folds import MAX_FOLDS, fold_specs, folds_of, stranger_spec
from core.learning.specs import RunSpec

SPEAKERS = ("george", "jackson", "theo")


def result(right, total=100):
    score = accuracy(right, total)
    return {"scores": {"known": None, "unseen": score.to_dict()}}


def test_everybody_is_left_out_once_and_all_else_stays():
    spec = RunSpec(epochs=3, seed=5, train_speakers=("theo",))
    specs = fold_specs(spec, [*SPEAKERS, "theo"])
    assert [s.held_out_speakers for s in specs] == [(name,) for name in SPEAKERS]
    assert {s.with_changes(split="official") for s in specs} == {
        spec.with_changes(train_speakers=())
    }


def test_of_many_speakers_a_dozen_spread_over_the_names_are_left_out():
    specs = fold_specs(RunSpec(), [f"s{i:03d}" for i in range(118)])
    names = [s.held_out_speakers[0] for s in specs]
    assert len(names) == len({*names}) == MAX_FOLDS
    assert (names[0], names[-1]) == ("s000", "s117")


def test_one_speaker_cannot_be_left_out():
    with pytest.raises(ValueError, match="needs at least two; this data set has 1"):
        fold_specs(RunSpec(), ["theo"])


def test_the_mean_counts_each_speaker_the_same_and_has_a_spread():
    specs = fold_specs(RunSpec(), SPEAKERS)
    found = folds_of([(specs[0], result(90)), (specs[1], result(70)), (specs[2], result(8, 10))])
    assert found.mean == pytest.approx(0.8)
    assert found.spread == pytest.approx(0.1)
    assert {name: s.right for name, s in found.scores.items()} == {
        "george": 90, "jackson": 70, "theo": 8,
    }  # fmt: skip
    assert str(found) == (
        "80.0% on average, standard deviation 10.0 points, 70.0% to 90.0% "
        "(3 speakers left out in turn)"
    )


def test_unfinished_folds_wait_and_a_repeated_one_counts_once():
    specs = fold_specs(RunSpec(), SPEAKERS)
    runs = [(specs[0], result(50)), (specs[0], result(90)), (specs[1], None), (RunSpec(), {})]
    found = folds_of(runs)
    assert found.mean == pytest.approx(0.9)
    assert found.spread is None
    assert str(found) == "90.0% (1 speaker left out in turn)"
    assert folds_of(runs[2:]) is None


def test_the_run_that_measures_strangers_is_the_same_without_one_speaker():
    spec = RunSpec(epochs=3, seed=4)
    found = stranger_spec(spec, SPEAKERS)
    assert found.held_out_speakers == ("jackson",)
    assert found.with_changes(split="official") == spec
    only = stranger_spec(RunSpec(train_speakers=("george", "theo")), SPEAKERS)
    assert (only.held_out_speakers, only.train_speakers) == (("jackson",), ("george", "theo"))


def test_where_strangers_are_measured_already_or_cannot_be_nothing_is_offered():
    assert stranger_spec(RunSpec(split="speaker:theo"), SPEAKERS) is None
    assert stranger_spec(RunSpec(), ["theo"]) is None
