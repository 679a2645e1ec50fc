"""Whatever is torn, flipped, full or read-only: the run list opens and what was whole is whole."""

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import core.logs as logs
import core.system as system
from core.learning.__main__ import main
from core.learning.answers import CLIPS
from core.learning.history import Epoch, record_of
from core.learning.keeping import keep_run
from core.learning.queue import advance, standings, take
from core.learning.runs import create_run, list_runs
from core.learning.saved_models import find_model, load_network
from core.learning.worker import run_worker

GOLDEN = Path(__file__).parent / "golden"
"""Runs as earlier versions left them."""


def wrote(run):
    """Write a log as a worker does, an epoch and a request in it; return its records."""
    run.write("launched", pid=1, host="elsewhere")
    run.write("phase", phase="training")
    run.write("start", loss=2.3, val_loss=2.3, n_train=10, n_validation=5)
    run.write("request", request="rate", rate=0.1, step=5, epoch=0.5, number=0)
    run.write(**record_of(Epoch(1, 10, 1.2, 0.6, 1.1, 0.7, 0.05, 2.0)))
    run.write("end", state="finished", problem="")
    return run.records()


def test_a_log_cut_at_every_byte_gives_every_whole_record_and_raises_nothing(small_spec):
    run = create_run(small_spec)
    records = wrote(run)
    data = run.log.read_bytes()
    ends = [i for i, byte in enumerate(data) if byte == ord("\n")]
    for length in range(len(data) + 1):
        run.log.write_bytes(data[:length])
        whole = sum(end <= length for end in ends)  # a record is whole without its newline
        assert run.records() == records[:whole]
        assert run.snapshot().state in ("queued", "starting", "interrupted", "finished")


def test_a_log_with_a_flipped_byte_loses_the_two_records_at_most_that_meet_there(small_spec):
    run = create_run(small_spec)
    records = wrote(run)
    data = run.log.read_bytes()
    rng = np.random.default_rng(0)
    for i in range(len(data)):
        flipped = bytearray(data)
        flipped[i] ^= 1 << int(rng.integers(8))
        run.log.write_bytes(flipped)
        found = run.records()
        assert all(record in records for record in found), "nothing is made up"
        assert len(found) >= len(records) - 2
        run.snapshot()


def test_a_torn_end_of_the_log_spoils_nothing_that_is_written_after_it(small_spec):
    run = create_run(small_spec)
    records = wrote(run)
    run.log.write_bytes(run.log.read_bytes()[:-7])
    run.write("phase", phase="later")
    assert run.records()[:-1] == records[:-1]
    assert run.records()[-1]["phase"] == "later"


@pytest.fixture
def golden(data_folder):
    """Return a data folder with runs of earlier versions in it."""
    for version in GOLDEN.iterdir():
        for run in version.iterdir():
            shutil.copytree(run, data_folder / "runs" / run.name)
    return {run.snapshot().state: run for run in list_runs()}


def test_runs_of_earlier_versions_open(golden):
    assert set(golden) == {"finished", "stopped", "interrupted", "failed"}
    for state in ("finished", "stopped", "interrupted"):
        history = golden[state].snapshot().history
        assert len(history.epochs) >= 2
        assert history.n_train == 800
        assert load_network(find_model(keep_run(golden[state], state).name)) is not None
    assert golden["finished"].snapshot().result["scores"]["known"]["total"] == 160
    assert "gone" in golden["failed"].snapshot().problem


def test_runs_of_earlier_versions_are_never_started_by_themselves(golden):
    assert standings() == ([], [])
    assert advance(lambda run: pytest.fail("it was started")) == []


def test_a_run_of_an_earlier_version_can_be_resumed_though_it_has_no_checkpoint(golden):
    run = golden["interrupted"]
    take(run)
    records = run.records()
    assert [r["kind"] for r in records[-2:]] == ["asked", "launched"]
    assert run.snapshot().alive


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("nth", [1, 2, 3, 5, 8])
def test_whichever_write_fails_the_earlier_state_is_whole_and_the_reason_named(
    small_spec, monkeypatch, capsys, code, nth
):
    """Every way in which a worker writes: atomic files and lines of the log."""
    run = create_run(small_spec)
    before = run.records()
    count = [0]

    def failing(real):
        def write(*arguments, **options):
            count[0] += arguments[0].name != CLIPS  # a run goes on without that list
            if count[0] == nth:
                raise OSError(code, os.strerror(code))
            return real(*arguments, **options)

        return write

    with monkeypatch.context() as patch:
        patch.setattr(logs, "append", failing(logs.append))
        atomic = failing(system.write_atomically)
        for name in ("core.learning.worker", "core.learning.checkpoints", "core.system"):
            patch.setattr(f"{name}.write_atomically", atomic)
        run_worker(run)
    capsys.readouterr()
    snapshot = run.snapshot()
    assert snapshot.state == "failed"
    assert os.strerror(code) in snapshot.problem
    assert run.records()[: len(before)] == before
    assert [r.name for r in list_runs()] == [run.name]
    assert not list(run.folder.rglob(".*")), "no half-written file stays"
    take(run)
    run_worker(run)
    assert run.snapshot().state == "finished"
    assert len(run.snapshot().history.epochs) == small_spec.epochs


def test_on_a_disk_that_stays_full_the_end_is_written_into_the_room_that_was_kept(
    small_spec, monkeypatch, capsys
):
    run = create_run(small_spec)
    real = logs.append

    def append(path, record, sync=False):
        if (run.folder / "reserve").exists() and record["kind"] == "epoch":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(path, record, sync=sync)

    monkeypatch.setattr(logs, "append", append)
    run_worker(run)
    capsys.readouterr()
    problem = run.snapshot().problem
    assert run.snapshot().state == "failed"
    assert "is full (No space left on device). Free some space, then resume" in problem
    assert not (run.folder / "reserve").exists()


def test_a_run_whose_end_could_not_be_written_is_interrupted_and_says_what_can_be_seen(
    small_spec, monkeypatch, capsys
):
    run = create_run(small_spec)

    def refuse(*arguments, **options):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patch:
        patch.setattr(logs, "append", refuse)
        run_worker(run)
    assert "cannot be written" in capsys.readouterr().out
    run.write("phase", phase="training")
    assert "ended without a word" in run.snapshot().problem
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "cannot be written now" in run.snapshot().problem


def test_a_log_that_cannot_be_read_is_named_and_the_list_goes_on(small_spec, monkeypatch, capsys):
    bad, good = create_run(small_spec), create_run(small_spec)
    real = Path.read_bytes

    def read(path):
        if path == bad.log:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert f"{bad.name}  damaged: The log of the run {bad.name} cannot be read" in out
    assert "Input/output error" in out
    assert f"{good.name}  queued (1)" in out


def test_a_data_folder_that_may_not_be_entered_has_no_runs_and_raises_nothing(monkeypatch):
    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert list_runs() == ()
