"""Deleting: everything comes back within a week, and nothing stays after it."""

import time

import numpy as np
import pytest

from core.errors import LabError
from core.sound.datasets import open_dataset
from core.voices import trash
from core.voices.own import add_speaker, catalogue, keep, speakers, store
from core.voices.trash import (
    KEPT_SECONDS,
    delete_speaker,
    delete_takes,
    deleted,
    erase,
    restore,
)


@pytest.fixture
def anna():
    speaker = add_speaker("Anna")
    for digit in (1, 1, 2):
        keep(speaker.folder, digit, np.full(800, 0.25, np.float32))
    return speaker


def test_a_deleted_speaker_is_gone_everywhere_and_comes_back_as_it_was(anna):
    before = catalogue()
    found = delete_speaker(anna.folder)
    assert found.what == "Anna, 3 takes"
    assert found.until == pytest.approx(time.time() + KEPT_SECONDS, abs=60)
    assert speakers() == ()
    assert len(catalogue()) == 0
    assert deleted() == (found,)
    restore(found.name)
    assert catalogue() == before
    assert speakers() == (anna,)
    assert deleted() == ()


def test_deleted_takes_come_back_and_their_numbers_are_not_given_again(anna):
    takes = [r for r in catalogue().recordings if r.digit == 1]
    found = delete_takes(takes)
    assert found.what == "Anna, 2 takes"
    assert [r.digit for r in catalogue().recordings] == [2]
    assert keep(anna.folder, 1, np.zeros(800, np.float32)).take == 2
    restore(found.name)
    assert [(r.digit, r.take) for r in catalogue().recordings] == [(1, 0), (1, 1), (1, 2), (2, 0)]


def test_a_speaker_comes_back_beside_another_of_the_same_name(anna):
    found = delete_speaker(anna.folder)
    add_speaker("anna")
    restore(found.name)
    assert [s.name for s in speakers()] == ["anna", "Anna (2)"]
    assert [s.former for s in speakers()] == [(), ("Anna",)]  # so models heard them


def test_takes_come_back_though_their_speaker_was_deleted_since_and_in_any_order(anna):
    takes = delete_takes(catalogue().recordings[:2])
    speaker = delete_speaker(anna.folder)
    restore(takes.name)
    assert [s.name for s in speakers()] == ["Anna"]
    restore(speaker.name)
    assert speakers() == (anna,)
    assert len(catalogue()) == 3


def test_what_was_erased_is_on_no_disk(anna):
    found = delete_speaker(anna.folder)
    erase(found.name)
    assert deleted() == ()
    assert not list(store().glob("**/*.wav"))
    with pytest.raises(LabError, match="cannot be restored any more"):
        restore(found.name)


def test_after_its_time_it_is_gone_for_good(anna, monkeypatch):
    found = delete_speaker(anna.folder)
    later = found.until + 1
    monkeypatch.setattr(trash.time, "time", lambda: later)
    assert deleted() == ()
    with pytest.raises(LabError, match="kept for 7 days"):
        restore(found.name)
    assert not list(store().glob("**/*.wav"))


@pytest.mark.parametrize("name", ["", "..", "../..", ".", "x" * 300, "0" * 12])
def test_a_name_that_is_not_in_the_trash_leads_nowhere(anna, name):
    for act in (restore, erase):
        with pytest.raises(LabError):
            act(name)
    with pytest.raises(LabError, match="no speaker"):
        delete_speaker(name)
    assert len(catalogue()) == 3


def test_recordings_that_are_not_own_are_never_deleted(anna):
    others = open_dataset("synthetic").recordings[:3]
    with pytest.raises(LabError, match="None of these takes"):
        delete_takes(others)
    assert len(delete_takes([*others, catalogue().recordings[0]]).what) == len("Anna, 1 take")
    assert others[0].root.exists()


def test_two_visitors_deleting_the_same_takes_do_no_harm(anna):
    takes = catalogue().recordings
    delete_takes(takes)
    with pytest.raises(LabError, match="somebody deleted them before"):
        delete_takes(takes)
    assert len(deleted()) == 1
