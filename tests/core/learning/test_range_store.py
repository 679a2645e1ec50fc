"""A range test on the disk: begun at once, worked at in another process, found by its settings."""

import os
from dataclasses import replace

import pytest

from core.learning import range_store, worker
from core.learning.range_test import LOWEST, N_STEPS
from core.learning.runs import list_runs


def begin(spec):
    """Begin a range test that nobody works at yet."""
    return range_store.begin(spec, lambda run: os.getpid())


@pytest.fixture(autouse=True)
def only_this_process(monkeypatch):
    """Take out of the worker what would change this very process."""
    monkeypatch.setattr(worker, "lower_priority", lambda: None)
    monkeypatch.setattr(worker, "prepare", lambda: None)


@pytest.fixture
def quick(monkeypatch):
    """Let a range test end after its first steps, as if stopped by a hopeless loss."""
    real = range_store.range_test
    monkeypatch.setattr(
        range_store, "range_test", lambda spec, **options: real(spec, n_steps=4, **options)
    )


def test_a_worker_given_its_folder_tries_rates_and_writes_what_it_finds(small_spec, quick):
    run = begin(small_spec)
    assert range_store.look(run).standing.alive
    assert worker.main([str(run.folder)]) == 0
    look = range_store.look(run)
    assert look.standing.state == "finished"
    assert len(look.test.rates) == len(look.test.smoothed) == 4
    assert look.test.rates[0] == pytest.approx(LOWEST)
    assert look.share == 4 / N_STEPS
    assert list_runs() == (), "it is no run, and in no queue"


def test_one_test_answers_for_settings_that_differ_in_what_plays_no_part(small_spec):
    run = begin(replace(small_spec, learning_rate=0.5, epochs=40, augment=True, signals=False))
    assert range_store.newest(replace(small_spec, schedule="cosine", patience=3)) == run
    assert range_store.newest(replace(small_spec, optimizer="sgd")) is None
    again = begin(small_spec)
    assert range_store.newest(small_spec) == again


def test_a_few_stay_and_one_at_work_is_never_removed(small_spec):
    alive = begin(small_spec)
    ended = [begin(replace(small_spec, seed=i)) for i in range(1, range_store.KEPT + 2)]
    for run in ended:
        run.write("end", state="finished", problem="")
    last = begin(replace(small_spec, seed=99))
    left = {p.name for p in alive.folder.parent.iterdir()}
    assert {alive.name, last.name} <= left
    assert ended[0].name not in left


def test_what_cannot_be_tried_is_a_sentence(small_spec):
    run = begin(replace(small_spec, data=("/nowhere",)))
    assert worker.main([str(run.folder)]) == 0
    standing = range_store.look(run).standing
    assert standing.state == "failed"
    assert "/nowhere" in standing.problem


def test_it_can_be_stopped_and_suggests_nothing_then(small_spec):
    run = begin(small_spec)
    run.ask("stop")
    range_store.work(run)
    look = range_store.look(run)
    assert look.standing.state == "stopped"
    assert look.suggested is None
