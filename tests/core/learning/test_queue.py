"""The queue: places, limits, several servers on one data folder; all derived from the disk."""

import os
import threading

import pytest

import core.learning.queue as queue
from core.errors import RunError
from core.learning.queue import advance, cancel, enqueue, enqueue_again, standings, take
from core.learning.runs import create_run, list_runs
from core.learning.specs import RunSpec
from core.system import held

SPEC = RunSpec(epochs=1)


def alive(run):
    """Stand for a process that starts."""
    return os.getpid()


def end(run, state="finished"):
    run.write("end", state=state, problem="")


def test_runs_begin_one_at_a_time_in_the_order_in_which_they_asked():
    runs = [enqueue(SPEC) for _ in range(3)]
    assert standings() == ([], runs)
    for i, run in enumerate(runs):
        assert advance(alive) == [run]
        assert advance(alive) == [], "one at a time"
        assert standings() == ([run], runs[i + 1 :])
        end(run)
    assert advance(alive) == []


def test_several_may_run_at_a_time_where_one_says_so(monkeypatch):
    monkeypatch.setenv(queue.RUNS_AT_ONCE, "2")
    runs = [enqueue(SPEC) for _ in range(3)]
    assert advance(alive) == runs[:2]
    end(runs[1])
    assert advance(alive) == runs[2:]


@pytest.mark.parametrize("value", ["", "0", "-1", "many", "1.5", "²"])
def test_a_limit_that_is_none_is_passed_over(monkeypatch, value):
    monkeypatch.setenv(queue.RUNS_AT_ONCE, value)
    assert queue.limit_of(queue.RUNS_AT_ONCE, 1) == 1


def test_a_full_queue_takes_no_more_and_says_so(monkeypatch):
    monkeypatch.setenv(queue.QUEUE_LENGTH, "2")
    enqueue(SPEC)
    second = enqueue(SPEC)
    with pytest.raises(RunError, match=r"2 runs wait already.*Cancel one"):
        enqueue(SPEC)
    assert len(list_runs()) == 2
    assert cancel(second)
    enqueue(SPEC)


def test_a_cancelled_run_never_begins_and_can_be_asked_for_again():
    run = enqueue(SPEC)
    assert cancel(run)
    assert not cancel(run), "it waits no more"
    assert advance(alive) == []
    assert run.standing().state == "stopped"
    enqueue_again(run)
    assert advance(alive) == [run]
    assert not cancel(run), "it has begun"


def test_cancelling_a_run_that_was_to_be_resumed_leaves_it_as_it_was():
    run = create_run(SPEC)
    run.write("phase", phase="training")
    assert run.standing().state == "interrupted"
    enqueue_again(run)
    assert run.standing().state == "queued"
    assert cancel(run)
    assert run.standing().state == "interrupted"


def test_a_resumed_run_waits_behind_those_that_asked_before():
    old = enqueue(SPEC)
    end(old, "stopped")
    new = enqueue(SPEC)
    enqueue_again(old)
    assert standings() == ([], [new, old])


@pytest.mark.parametrize("state", ["finished", "queued", "starting", "running"])
def test_only_a_run_that_was_cut_short_can_be_resumed(state):
    run = enqueue(SPEC)
    if state == "finished":
        end(run)
    elif state == "starting":
        advance(alive)
    with held(run.lock) if state == "running" else held(run.folder / "other"):
        for ask in (enqueue_again, take):
            with pytest.raises(RunError, match=f"{state}.*cut short"):
                ask(run)


def test_a_run_taken_by_a_command_begins_before_all_that_wait():
    waiting = enqueue(SPEC)
    taken = take(SPEC)
    assert taken.standing().state == "starting"
    assert advance(alive) == [], "one at a time"
    end(taken)
    assert advance(alive) == [waiting]


def test_a_worker_that_died_before_it_began_makes_room_for_the_next():
    def dead(run):
        return 2**22 + 1  # no process has this number

    first, second = enqueue(SPEC), enqueue(SPEC)
    assert advance(dead) == [first]
    assert first.standing().state == "interrupted"
    assert advance(alive) == [second]


def test_a_worker_that_cannot_be_started_ends_its_run_with_the_reason():
    def refuse(run):
        raise OSError(11, "Resource temporarily unavailable")

    run = enqueue(SPEC)
    advance(refuse)
    standing = run.standing()
    assert standing.state == "failed"
    assert "No worker could be started (Resource temporarily unavailable)" in standing.problem


def test_many_servers_at_once_start_every_run_once(monkeypatch):
    monkeypatch.setenv(queue.RUNS_AT_ONCE, "3")
    runs = [enqueue(SPEC) for _ in range(6)]
    started = []

    def start(run):
        started.append(run.name)
        return os.getpid()

    servers = [threading.Thread(target=advance, args=(start,)) for _ in range(8)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert sorted(started) == sorted(run.name for run in runs[:3])


def test_a_damaged_run_stops_nobody(data_folder):
    broken, run = enqueue(SPEC), enqueue(SPEC)
    broken.log.unlink()
    broken.log.mkdir()  # reading it is an error of the system
    assert advance(alive) == [run]


def test_a_queue_that_another_holds_for_good_is_one_sentence(monkeypatch, data_folder):
    monkeypatch.setattr(queue, "LOCK_SECONDS", 0.1)
    (data_folder / "runs").mkdir()
    with (
        held(data_folder / "runs" / "queue.lock"),
        pytest.raises(RunError, match="Another process is changing the queue"),
    ):
        enqueue(SPEC)
