"""Starting runs: one at a time, by the standby where one waits, and never by one that died."""

import gc
import io
import os
import threading
import time
import weakref

import pytest

import core.learning.launcher as launching
from core.learning import queue
from core.learning.launcher import Launcher
from core.learning.specs import RunSpec

SPEC = RunSpec(epochs=1)


class Pipe(io.BytesIO):
    """Keeps what was written after it is closed."""

    written = b""

    def close(self):
        self.written = self.getvalue()
        super().close()


class FakeWorker:
    def __init__(self, arguments, log, stdin):
        self.arguments, self.log = arguments, log
        self.stdin = Pipe() if stdin else None
        self.ended = False
        self.pid = os.getpid()  # a process that lives
        self.waited_for = False
        self.gone = threading.Event()  # whoever waits for it waits on, beyond its test

    def poll(self):
        return 0 if self.ended else None

    def wait(self):
        self.waited_for = True
        self.gone.wait()
        return 0


@pytest.fixture
def started(monkeypatch):
    """Return the workers that were started; no process is."""
    workers = []

    def start(arguments, log, folder, stdin=False):
        workers.append(FakeWorker(list(arguments), log, stdin))
        return workers[-1]

    monkeypatch.setattr(launching, "start_detached", start)
    monkeypatch.setattr(launching, "LOOK_SECONDS", 3600.0)  # nobody looks while a test goes on
    return workers


def wait_for(true):
    """Wait for something that another thread does; fail if it never comes."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def test_without_a_standby_a_run_gets_a_worker_of_its_own(started):
    run = Launcher().start(SPEC)
    (worker,) = started
    assert worker.arguments == ["-m", "core.learning.worker", str(run.folder)]
    assert worker.log == run.folder / "worker.log"
    assert run.spec() == SPEC


def test_a_worker_is_waited_for_so_that_it_leaves_no_zombie(started):
    launcher = Launcher()
    launcher.start(SPEC)
    assert started[0].waited_for


def test_a_standby_is_started_once_and_is_handed_the_run(started):
    launcher = Launcher()
    launcher.warm_up()
    launcher.warm_up()
    (standby,) = started
    assert standby.arguments == ["-m", "core.learning.worker", "--standby"]
    run = launcher.start(SPEC)
    assert started == [standby]
    assert standby.stdin.written == f"{run.folder}\n".encode()
    assert standby.waited_for


def test_a_standby_serves_one_run_and_the_next_gets_another(started):
    launcher = Launcher()
    launcher.warm_up()
    launcher.start(SPEC).write("end", state="finished", problem="")
    launcher.warm_up()
    assert [w.arguments[-1] for w in started] == ["--standby", "--standby"]


def test_once_a_run_has_ended_and_none_waits_the_next_standby_gets_ready(started):
    launcher = Launcher()
    launcher.warm_up()
    launcher.start(SPEC).write("end", state="finished", problem="")
    second = launcher.start(SPEC)  # no standby waits any more: a worker of its own
    started[0].gone.set()
    second.write("end", state="finished", problem="")
    started[1].gone.set()
    wait_for(lambda: len(started) == 3)
    assert [w.arguments[-1] for w in started] == ["--standby", str(second.folder), "--standby"]


def test_a_run_begun_by_another_process_and_killed_does_not_keep_the_next_waiting(
    started, monkeypatch
):
    """The first run's own worker starts the second: nobody here waits for that process."""
    monkeypatch.setattr(launching, "LOOK_SECONDS", 0.01)
    launcher = Launcher()
    launcher.warm_up()
    first, second, third = (launcher.start(SPEC) for _ in range(3))
    first.write("end", state="finished", problem="")
    queue.advance(lambda run: os.getpid())
    started[0].gone.set()
    assert second.standing().state == "starting"
    second.write("moment")  # it had begun, and holds its lock no more: it was killed
    wait_for(lambda: len(started) == 2)
    assert started[1].arguments[-1] == str(third.folder)
    third.write("end", state="finished", problem="")
    started[1].gone.set()
    wait_for(lambda: len(started) == 3)
    assert started[2].arguments[-1] == "--standby"


def test_nobody_looks_after_the_queue_of_a_launcher_that_has_gone(started, monkeypatch):
    launcher = Launcher()
    launcher.start(SPEC)
    here = weakref.ref(launcher)
    monkeypatch.setattr(launching, "LOOK_SECONDS", 0.0)
    del launcher
    gc.collect()
    assert here() is None
    launching._follow(here)  # returns


def test_a_standby_that_died_is_replaced_and_handed_nothing(started):
    launcher = Launcher()
    launcher.warm_up()
    started[0].ended = True
    run = launcher.start(SPEC)
    assert started[0].stdin.written == b""
    assert started[1].arguments[-1] == str(run.folder)
    launcher.warm_up()
    assert started[2].arguments[-1] == "--standby"


def test_a_standby_that_died_while_it_waited_is_replaced_at_the_next_warm_up(started):
    launcher = Launcher()
    launcher.warm_up()
    started[0].ended = True
    launcher.warm_up()
    assert len(started) == 2


def test_a_standby_that_dies_while_it_is_told_is_replaced(started):
    launcher = Launcher()
    launcher.warm_up()

    def broken(data):
        raise BrokenPipeError

    started[0].stdin.write = broken
    run = launcher.start(SPEC)
    assert started[1].arguments[-1] == str(run.folder)


def test_while_a_run_is_in_progress_another_waits(started):
    launcher = Launcher()
    first = launcher.start(SPEC)
    second = launcher.start(SPEC)
    assert (first.standing().state, second.standing().state) == ("starting", "queued")
    assert len(started) == 1
    first.write("end", state="stopped", problem="")
    launcher.advance()
    assert len(started) == 2
    assert second.standing().state == "starting"


def test_a_standby_that_cannot_be_started_only_costs_time(monkeypatch):
    def refuse(*arguments, **options):
        raise OSError("no more processes")

    monkeypatch.setattr(launching, "start_detached", refuse)
    Launcher().warm_up()
