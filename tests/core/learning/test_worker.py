"""The worker: every end of a run is written on the disk, and a killed one can be kept."""

import errno
import io
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

import core.learning.inbox as inbox
import core.learning.training as training
import core.learning.worker as worker
from core import logs
from core.errors import DataError
from core.home import REPOSITORY
from core.learning.history import Epoch, Moment
from core.learning.keeping import keep_run
from core.learning.launcher import Launcher
from core.learning.runs import create_run, find_run
from core.learning.saved_models import find_model, load_network, put_weights
from core.learning.specs import RunSpec
from core.learning.training import Stopped
from core.system import held, is_held

NAN = float("nan")


def kinds(run):
    return [record["kind"] for record in logs.read(run.log)]


def wait_until(true, seconds=900.0):
    """Wait for something that another process or thread does; fail if it never comes.

    A worker lets everything else on the machine go first, which may take its time.
    """
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


# What is written.


def test_a_run_that_ends_well_leaves_its_log_its_best_weights_and_its_result(small_spec):
    run = create_run(small_spec)
    worker.run_worker(run)
    snapshot = run.snapshot()
    assert (snapshot.state, snapshot.problem) == ("finished", "")
    assert [e.epoch for e in snapshot.history.epochs] == [1, 2, 3]
    assert snapshot.history.start_loss == pytest.approx(np.log(10), rel=1e-3)
    assert snapshot.history.n_train == snapshot.result["n_train"]
    assert snapshot.result["best_epoch"] == snapshot.history.best.epoch
    assert kinds(run)[0] == "asked"
    assert kinds(run)[-1] == "end"
    assert not is_held(run.lock)


def test_the_weights_on_the_disk_are_those_of_the_best_epoch(small_spec, diary):
    run = create_run(small_spec)
    worker.run_worker(run)
    listener = diary()
    trained = training.train(small_spec, listener)
    put_weights(trained.model, run.best.read_bytes(), "the best")
    best = listener.history().best.epoch
    for found, was in zip(
        trained.model.trainable_variables, listener.weights[best - 1], strict=True
    ):
        np.testing.assert_array_equal(found.value, was)


def test_a_stop_asked_for_by_a_page_ends_the_run_and_keeps_what_it_has(small_spec):
    run = create_run(replace(small_spec, epochs=500))
    thread = threading.Thread(target=worker.run_worker, args=(run,))
    thread.start()
    try:
        wait_until(lambda: run.snapshot().history.epochs or not thread.is_alive())
    finally:
        run.ask("stop")
        thread.join()
    snapshot = run.snapshot()
    assert snapshot.state == "stopped"
    assert 1 <= len(snapshot.history.epochs) < 500
    assert snapshot.result["best_epoch"] == snapshot.history.best.epoch
    assert keep_run(run, "stopped").is_dir()


def test_a_stop_that_comes_while_a_whole_run_is_scored_finds_it_finished(small_spec):
    class Late(worker.RunWriter):
        def phase(self, words):
            super().phase(words)
            if words == "scoring":
                self._run.ask("stop")

    run = create_run(replace(small_spec, epochs=2))
    worker.run_worker(run, Late)
    assert run.stop_asked()
    snapshot = run.snapshot()
    assert snapshot.state == "finished"
    assert len(snapshot.history.epochs) == 2
    assert snapshot.result is not None


def failing(error):
    def train(spec, listener):
        listener.phase("training")
        raise error

    return train


@pytest.mark.parametrize(
    ("error", "state", "problem"),
    [
        (Stopped(), "stopped", ""),
        (DataError("No data. Fetch it."), "failed", "No data. Fetch it."),
        (MemoryError(), "failed", "The memory ran out. Choose a smaller batch or network."),
        (RuntimeError("first line\nsecond"), "failed", "RuntimeError: first line"),
        (KeyError("x" * 5000), "failed", "KeyError: 'xxx"),
        (RuntimeError(), "failed", "RuntimeError"),
    ],
    ids=repr,
)
def test_every_end_is_one_line_in_the_log(error, state, problem, monkeypatch, capsys):
    monkeypatch.setattr(training, "train", failing(error))
    run = create_run(RunSpec())
    worker.run_worker(run)
    snapshot = run.snapshot()
    assert snapshot.state == state
    assert snapshot.problem.startswith(problem)
    assert len(snapshot.problem) <= 300
    assert "\n" not in snapshot.problem
    assert "Traceback" not in run.log.read_text()
    assert snapshot.result is None
    capsys.readouterr()


def test_a_spec_that_cannot_be_trained_ends_as_failed_with_one_sentence(tmp_path):
    run = create_run(RunSpec(data=(str(tmp_path / "gone"),)))
    worker.run_worker(run)
    snapshot = run.snapshot()
    assert snapshot.state == "failed"
    assert "is neither a data set" in snapshot.problem
    assert "Traceback" not in snapshot.problem


def test_a_spec_that_was_damaged_on_the_disk_ends_the_run_in_its_log():
    run = create_run(RunSpec())
    (run.folder / "spec.json").write_text("{")
    worker.run_worker(run)
    end = logs.read(run.log)[-1]
    assert (end["kind"], end["state"]) == ("end", "failed")
    assert "cannot be read" in end["problem"]


def test_a_disk_that_is_full_at_the_end_ends_as_failed(small_spec, monkeypatch, capsys):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(worker, "write_json", full)
    run = create_run(replace(small_spec, epochs=1))
    worker.run_worker(run)
    assert run.snapshot().state == "failed"
    assert "No space left on device" in run.snapshot().problem
    assert len(run.snapshot().history.epochs) == 1
    capsys.readouterr()


def test_a_run_that_another_worker_trains_is_left_alone(monkeypatch, capsys):
    run = create_run(RunSpec())
    monkeypatch.setattr(worker, "held", lambda lock, wait: held(lock))  # without the wait
    with held(run.lock):
        worker.run_worker(run)
    assert kinds(run) == ["asked"]
    assert "another worker" in capsys.readouterr().out


def test_numbers_that_are_not_finite_are_written_as_huge_ones():
    run = create_run(RunSpec())
    writer = worker.RunWriter(run)
    writer.started(NAN, float("inf"), 5, 5)
    writer.moment(Moment(1, 0.1, NAN, 0.5))
    writer.epoch(Epoch(1, 1, float("inf"), 0.5, NAN, 0.5, 0.1, 1.0), False, lambda: None)
    history = run.snapshot().history
    huge = worker.HUGE
    assert (history.start_loss, history.start_val_loss) == (huge, huge)
    assert history.moments[0].loss == huge
    assert (history.epochs[0].loss, history.epochs[0].val_loss) == (huge, huge)
    assert history.epochs[0].accuracy == 0.5


def test_the_weights_of_an_epoch_that_is_not_the_best_are_not_written():
    run = create_run(RunSpec())
    writer = worker.RunWriter(run)

    def never():
        raise AssertionError("only the best epoch is kept")

    writer.epoch(Epoch(1, 1, 1.0, 0.5, 1.0, 0.5, 0.1, 1.0), False, never)
    assert not run.best.exists()


def test_requests_are_looked_for_a_few_times_a_second_and_a_stop_is_not_forgotten(monkeypatch):
    run = create_run(RunSpec())
    now = [100.0]
    monkeypatch.setattr(inbox.time, "monotonic", lambda: now[0])
    writer = worker.RunWriter(run)
    assert not writer.stop_asked()
    run.ask("stop")
    assert not writer.stop_asked(), "it has looked just now"
    now[0] += 1.01 * inbox.LOOK_SECONDS
    assert writer.stop_asked()
    run.requests.unlink()
    now[0] += 10
    assert writer.stop_asked()


# The command.


@pytest.fixture
def command(monkeypatch):
    """Return the command with what would change this very process taken out."""
    monkeypatch.setattr(worker, "lower_priority", lambda: None)
    monkeypatch.setattr(worker, "prepare", lambda: None)
    monkeypatch.setattr(worker.queue, "start_worker", lambda run: os.getpid())
    return worker.main


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--standby", "x"]])
def test_anything_but_a_folder_or_standby_is_told_the_usage(arguments, command, capsys):
    assert command(arguments) == 2
    assert "usage: python -m core.learning.worker" in capsys.readouterr().err


def test_a_folder_that_is_no_runs_is_one_sentence(command, tmp_path, capsys):
    assert command([str(tmp_path)]) == 2
    assert "is not a run's folder: it has no spec.json" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_standby_whose_server_has_gone_ends(command, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert command(["--standby"]) == 0


def test_a_standby_trains_the_run_it_is_told(command, monkeypatch):
    run = create_run(RunSpec())
    asked = []
    monkeypatch.setattr(worker, "run_worker", asked.append)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{run.folder}\n"))
    assert command(["--standby"]) == 0
    assert asked == [run]


def test_a_standby_finds_a_folder_of_any_name_whatever_the_systems_encoding(
    command, monkeypatch, tmp_path
):
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / "Zoë 李明"))
    run = create_run(RunSpec())
    asked = []
    monkeypatch.setattr(worker, "run_worker", asked.append)
    told = io.BytesIO(f"{run.folder}\n".encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(told, encoding="cp1252"))
    assert command(["--standby"]) == 0
    assert asked == [run]


@pytest.mark.slow
def test_a_worker_that_is_killed_leaves_an_interrupted_run_whose_best_epoch_can_be_kept(
    few_voices, small_image
):
    """The real thing: a standby in a process of its own, handed a run, and kill -9."""
    launcher = Launcher()
    launcher.warm_up()
    launcher._keeps_standby = False  # the next one would outlive this test
    process = launcher._standby
    assert isinstance(process, subprocess.Popen)
    try:
        run = launcher.start(
            RunSpec(data=(str(few_voices),), epochs=500, image=small_image, batch_size=32)
        )
        assert run.snapshot().state in ("starting", "running")
        wait_until(lambda: run.snapshot().history.epochs or process.poll() is not None)
        snapshot = run.snapshot()
        assert snapshot.state == "running"
        assert snapshot.phase in ("validating", "training")  # an epoch is told before the next
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    killed = find_run(run.name).snapshot()
    assert killed.state == "interrupted"
    assert len(killed.history.epochs) >= len(snapshot.history.epochs)
    assert killed.result is None

    folder = keep_run(run, "What was left")
    saved = find_model(folder.name)
    assert saved.card.result["val_accuracy"] == killed.history.best.val_accuracy
    assert load_network(saved).output_shape == (None, 10)


def test_a_worker_that_cannot_be_started_from_elsewhere_still_finds_the_program(tmp_path):
    """``python -m core.learning.worker`` without a run is told so by its own process."""
    done = subprocess.run(
        [sys.executable, "-m", "core.learning.worker"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "usage" in done.stderr
    assert "Traceback" not in done.stderr
