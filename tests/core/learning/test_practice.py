"""Practice: a standby that waits trains for nobody, and a run that comes at once is not kept."""

import threading

import pytest

from core.learning import practice


class Source:
    """Gives its line once somebody has practised, or at once."""

    def __init__(self, waits_for: threading.Event | None = None):
        self._waits_for = waits_for

    def readline(self) -> str:
        if self._waits_for is not None:
            assert self._waits_for.wait(60)
        return " folder \n"


@pytest.fixture
def practised(monkeypatch):
    event = threading.Event()
    monkeypatch.setattr(practice, "practise", event.set)
    return event


def test_a_run_that_comes_at_once_is_not_kept_waiting(practised, monkeypatch):
    monkeypatch.setattr(practice, "PRACTICE_AFTER", 3600.0)
    assert practice.read_line(Source()) == "folder"
    assert not practised.is_set()


def test_while_no_run_comes_it_practises(practised, monkeypatch):
    monkeypatch.setattr(practice, "PRACTICE_AFTER", 0.0)
    assert practice.read_line(Source(practised)) == "folder"
