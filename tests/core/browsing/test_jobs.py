"""Background work: once, shared, cancelled, and never left "running"."""

import threading

import pytest

from core.browsing.jobs import MOST_RESULTS, Jobs, JobState
from core.errors import DataError


@pytest.fixture
def jobs():
    jobs = Jobs()
    yield jobs
    jobs.close()


class Gate:
    """Work that begins, waits to be let on, and reports."""

    def __init__(self, result="result"):
        self.began, self.go = threading.Event(), threading.Event()
        self.result, self.calls = result, 0

    def __call__(self, progress):
        self.calls += 1
        progress(0.25)
        self.began.set()
        assert self.go.wait(10)
        progress(0.5)
        return self.result


def ended(jobs, key, within=10.0):
    tick = threading.Event()
    for _ in range(int(within / 0.01)):
        if not jobs.state(key).is_active:
            return jobs.state(key)
        tick.wait(0.01)
    raise AssertionError(f"{key} is still {jobs.state(key)}")


def test_work_that_nobody_started_is_idle(jobs):
    assert jobs.state("x") == JobState()


def test_a_job_runs_and_keeps_its_result(jobs):
    gate = Gate()
    assert jobs.start("x", gate).stage == "waiting"
    assert gate.began.wait(10)
    state = jobs.state("x")
    assert (state.stage, state.fraction, state.result) == ("running", 0.25, None)
    gate.go.set()
    state = ended(jobs, "x")
    assert (state.stage, state.fraction, state.result) == ("done", 1.0, "result")
    assert jobs.start("x", Gate("another")).result == "result"


def test_the_same_job_is_never_done_twice_at_once(jobs):
    gate = Gate()
    for _ in range(5):
        jobs.start("x", gate)
    assert gate.began.wait(10)
    for _ in range(5):
        assert jobs.start("x", gate).stage == "running"
    gate.go.set()
    ended(jobs, "x")
    assert gate.calls == 1


def test_jobs_wait_for_one_another(jobs):
    first, second = Gate(1), Gate(2)
    jobs.start("a", first)
    assert first.began.wait(10)
    assert jobs.start("b", second).stage == "waiting"
    assert not second.began.is_set()
    first.go.set()
    second.go.set()
    assert [ended(jobs, key).result for key in "ab"] == [1, 2]


def test_a_cancelled_job_ends_at_its_next_progress_and_can_be_started_again(jobs):
    gate = Gate()
    jobs.start("x", gate)
    assert gate.began.wait(10)
    jobs.cancel("x")
    gate.go.set()
    state = ended(jobs, "x")
    assert (state.stage, state.result) == ("cancelled", None)
    jobs.start("x", gate)
    assert ended(jobs, "x").stage == "done"


def test_a_waiting_job_that_is_cancelled_never_begins(jobs):
    first, second = Gate(), Gate()
    jobs.start("a", first)
    jobs.start("b", second)
    jobs.cancel("b")
    assert jobs.state("b").stage == "cancelled"
    first.go.set()
    ended(jobs, "a")
    jobs.start("c", lambda progress: 3)
    assert ended(jobs, "c").result == 3
    assert second.calls == 0


def test_what_is_done_stays_done(jobs):
    jobs.start("x", lambda progress: 1)
    ended(jobs, "x")
    jobs.cancel("x")
    jobs.cancel("never started")
    assert jobs.state("x").result == 1


def test_an_error_of_ours_is_shown_as_it_is(jobs):
    def work(progress):
        raise DataError("Choose another folder.")

    jobs.start("x", work)
    state = ended(jobs, "x")
    assert (state.stage, state.problem) == ("failed", "Choose another folder.")


def test_any_other_error_is_told_logged_and_leaves_nothing_running(jobs, caplog):
    jobs.start("x", lambda progress: 1 / 0)
    state = ended(jobs, "x")
    assert state.stage == "failed" and "division by zero" in state.problem
    assert "ZeroDivisionError" in caplog.text
    jobs.start("x", lambda progress: 5)
    assert ended(jobs, "x").result == 5


def test_progress_never_falls_and_never_passes_1(jobs):
    seen = []

    def work(progress):
        for fraction in (0.5, 0.2, 7.0):
            progress(fraction)
            seen.append(jobs.state("x").fraction)

    jobs.start("x", work)
    ended(jobs, "x")
    assert seen == [0.5, 0.5, 1.0]


def test_the_results_asked_for_longest_ago_are_forgotten(jobs):
    for i in range(MOST_RESULTS + 3):
        jobs.start(str(i), lambda progress, i=i: i)
        ended(jobs, str(i))
        jobs.start("0", lambda progress: "anew")  # asked for again and again
    assert jobs.state("0").result == 0
    assert jobs.state("1").stage == "idle"
    assert jobs.state(str(MOST_RESULTS + 2)).stage == "done"
