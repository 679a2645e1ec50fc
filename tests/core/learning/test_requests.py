"""Requests: each takes effect at a step boundary, once, and is told in the log."""

import threading

import pytest

import core.learning.inbox as inbox
from core import logs
from core.errors import RunError
from core.learning.inbox import Inbox
from core.learning.requests import (
    Orders,
    Request,
    changes_in,
    pending,
    rate_in_force,
    read_requests,
    will_be_paused,
    with_change,
)
from core.learning.runs import create_run
from core.learning.specs import RunSpec
from core.learning.worker import run_worker


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(inbox, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(inbox, "PAUSE_SECONDS", 0.001)
    return create_run(RunSpec())


def told(run):
    return [
        (r["request"], r["step"], r.get("rate")) for r in run.records() if r["kind"] == "request"
    ]


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf"), 101.0, None])
def test_a_rate_that_makes_no_sense_is_refused_in_one_sentence(run, rate):
    with pytest.raises(RunError, match=r"cannot be set\. Choose one above 0"):
        run.ask("rate", rate)
    assert not run.requests.exists()


def test_what_is_not_understood_is_passed_over_but_counted(run):
    run.ask("pause")
    for record in ({"request": "dance"}, {"request": "rate", "rate": "much"}, {"x": 1}):
        logs.append(run.requests, record)
    run.ask("rate", 0.5)
    assert read_requests(run.requests) == [Request("pause", None, 0), Request("rate", 0.5, 4)]


def test_without_requests_nothing_is_ordered_and_nothing_told(run):
    assert Inbox(run).orders(0, 0.0) == Orders()
    assert told(run) == []


def test_a_new_rate_holds_from_its_step_on_and_is_told_once(run):
    box = Inbox(run)
    box.orders(3, 0.1)
    run.ask("rate", 0.02)
    assert box.orders(4, 0.2).change == (4, 0.02)
    assert box.orders(9, 0.4).change == (4, 0.02)
    assert told(run) == [("rate", 4, 0.02)]


def test_a_paused_run_waits_takes_single_steps_and_goes_on(run):
    box = Inbox(run)
    run.ask("pause")
    found = []
    thread = threading.Thread(target=lambda: found.extend(box.orders(s, s / 10) for s in range(4)))
    thread.start()
    for i in (0, 1):
        thread.join(0.1)
        assert len(found) == i, "it waits"
        run.ask("step")
        while len(found) == i:
            thread.join(0.001)
        assert found[i].at_most == 1
    run.ask("continue")
    thread.join()
    assert found[2:] == [Orders(), Orders()]
    assert told(run) == [
        ("pause", 0, None),
        ("step", 0, None),
        ("step", 1, None),
        ("continue", 2, None),
    ]


def test_a_step_asked_of_a_run_that_goes_on_pauses_it_after_one(run):
    box = Inbox(run)
    run.ask("step")
    assert box.orders(5, 0.5).at_most == 1
    run.ask("stop")
    assert box.orders(6, 0.6).stop
    assert told(run) == [("step", 5, None), ("stop", 6, None)]


def test_one_epoch_goes_on_to_its_end_and_pauses_there(run):
    box = Inbox(run)
    run.ask("pause")
    run.ask("epoch")
    assert [box.orders(s, s / 4).at_most for s in (4, 5, 6, 7)] == [None] * 4
    run.ask("stop")  # it waits in the pause that follows, and a stop ends that
    assert box.orders(8, 2.0).stop
    assert told(run) == [
        ("pause", 4, None),
        ("epoch", 4, None),
        ("pause", 8, None),
        ("stop", 8, None),
    ]
    assert run.standing().state != "running"


def test_a_stop_ends_a_pause(run):
    box = Inbox(run)
    run.ask("pause")
    run.ask("stop")
    assert box.stop_asked()
    assert box.orders(2, 0.2).stop


def test_the_rate_can_be_changed_while_paused(run):
    box = Inbox(run)
    run.ask("pause")
    run.ask("rate", 0.3)
    run.ask("continue")
    assert box.orders(7, 0.7).change == (7, 0.3)


def test_a_worker_that_resumes_does_what_its_forerunner_had_not_and_only_rates(run):
    first = Inbox(run)
    run.ask("rate", 0.1)
    first.orders(2, 0.2)
    for kind, rate in (("pause", None), ("rate", 0.2), ("stop", None)):
        run.ask(kind, rate)  # and the worker is killed before it looks
    run.ask("resume")
    second = Inbox(run)
    assert not second.stop_asked()
    assert second.orders(5, 0.5) == Orders(change=(5, 0.2))
    assert told(run) == [("rate", 2, 0.1), ("rate", 5, 0.2)]
    assert Inbox(run).orders(6, 0.6).change == (5, 0.2)


def test_a_rate_is_set_again_at_its_very_step_when_the_run_goes_back(run):
    first = Inbox(run)
    run.ask("rate", 0.1)
    first.orders(12, 1.2)
    run.ask("resume")
    run.write("resumed", step=10, epoch=1)
    second = Inbox(run)
    assert second.orders(10, 1.0) == Orders(at_most=2)
    assert second.orders(12, 1.2) == Orders(change=(12, 0.1))
    assert told(run) == [("rate", 12, 0.1)]


def test_a_later_wish_voids_what_was_to_be_set_again_after_it():
    assert with_change(((5, 0.1), (12, 0.2)), 8, 0.3) == ((5, 0.1), (8, 0.3))
    records = [
        {"kind": "request", "request": "rate", "step": s, "rate": r}
        for s, r in ((5, 0.1), (12, 0.2), (8, 0.3))
    ]
    assert changes_in(records) == ((5, 0.1), (8, 0.3))


def test_a_schedule_goes_on_from_a_changed_rate_in_proportion():
    def falling(step):
        return 1.0 / (1 + step)

    assert rate_in_force(3, falling, Orders()) == 0.25
    orders = Orders(change=(3, 0.5))
    assert rate_in_force(3, falling, orders) == 0.5
    assert rate_in_force(7, falling, orders) == pytest.approx(0.25)
    assert rate_in_force(7, lambda step: 0.0, orders) == 0.5


def test_requests_before_the_last_resume_were_for_another_worker():
    requests = [Request("pause", None, 0), Request("rate", 0.1, 1), Request("resume", None, 2)]
    assert pending(requests, ()) == requests[1:2]
    assert pending(requests, (1,)) == []


def test_every_single_step_is_told_and_a_pause_is_no_training(small_spec, monkeypatch):
    monkeypatch.setattr(inbox, "LOOK_SECONDS", 0.0)
    run = create_run(small_spec)
    for kind in ("pause", "step", "step", "step", "continue"):
        run.ask(kind)
    run_worker(run)
    snapshot = run.snapshot()
    assert snapshot.state == "finished"
    assert [m.step for m in snapshot.history.moments][:3] == [1, 2, 3]
    assert [m.kind for m in snapshot.history.marks] == ["pause", *["step"] * 3, "continue"]
    assert [m.step for m in snapshot.history.marks] == [0, 0, 1, 2, 3]


def test_what_was_asked_and_not_yet_heard_says_whether_a_run_will_stand_still():
    asked = [Request(kind, number=i) for i, kind in enumerate(("pause", "continue", "step"))]
    assert will_be_paused(asked, (), False)
    assert not will_be_paused(asked[:2], (), True)
    assert will_be_paused(asked[:1], (), False)
    assert not will_be_paused(asked[:1], (0,), False)  # heard, and the log says what came of it
    assert not will_be_paused([Request("rate", 0.1)], (), False)
