"""Filters: what fits, and how many there are."""

import numpy as np
import pytest

from core.browsing.filters import Choice, chosen, counts, speakers_like
from core.browsing.index import Index
from core.sound.layouts import in_official_test, scan
from tests.core.browsing.test_index import MIXED


@pytest.fixture
def index(small_set) -> Index:
    return Index.of(scan(small_set))


@pytest.mark.parametrize(
    ("choice", "keep"),
    [
        (Choice(), lambda r: True),
        (Choice(digits=(1,)), lambda r: r.digit == 1),
        (Choice(digits=(0, 2), speakers=("bert",)), lambda r: r.digit != 1 and r.speaker != "anna"),
        (Choice(split="test"), in_official_test),
        (Choice(split="train"), lambda r: not in_official_test(r)),
        (Choice(speakers=("nobody",)), lambda r: False),
        (Choice(speakers=("nobody", "anna")), lambda r: r.speaker == "anna"),
        (Choice(digits=(9,)), lambda r: False),
    ],
)
def test_what_is_chosen_is_what_fits(index, choice, keep):
    expected = [r for r in index.recordings() if keep(r)]
    assert [*index.recordings(chosen(index, choice))] == expected


def test_another_views_pick_is_kept(index):
    places = chosen(index, Choice(digits=(0,), among=frozenset({1, 2, 30, 99, -1})))
    assert places.tolist() == [1, 2]


def test_other_words_never_fit():
    assert chosen(Index.of(MIXED), Choice()).tolist() == [0, 1, 2]


def test_counts_stand_by_digit_and_speaker(index):
    found = counts(index, chosen(index, Choice(split="test")))
    assert found.shape == (10, 2)
    assert found[:3].tolist() == [[5, 5]] * 3
    assert found[3:].sum() == 0
    assert counts(index, np.zeros(0, np.int64)).sum() == 0


def test_speakers_are_found_by_a_part_of_their_name(index):
    assert speakers_like(index, "ER") == ("bert",)
    assert speakers_like(index, "") == ("anna", "bert")


@pytest.mark.parametrize("values", [{"split": "half"}, {"digits": (10,)}])
def test_a_choice_that_cannot_be_is_refused(values):
    with pytest.raises(ValueError, match="expected"):
        Choice(**values)
