"""Thinning: checkpoints, compiled steps and deleted runs go by their rules, and nothing else."""

import os
import time

import pytest

import core.learning.thinning as thinning
from core.learning.run_trash import KEPT_SECONDS, delete
from core.learning.runs import create_run
from core.learning.specs import RunSpec
from core.learning.thinning import thin
from core.system import held


def made(end=None):
    run = create_run(RunSpec())
    run.write("phase", phase="training")
    run.checkpoints.mkdir()
    (run.checkpoints / "00000010.safetensors").write_bytes(b"x")
    run.best.write_bytes(b"best")
    if end:
        run.write("end", state=end, problem="")
    return run


def test_a_finished_run_keeps_its_best_epoch_and_no_checkpoint():
    run = made("finished")
    thin()
    assert not run.checkpoints.exists()
    assert run.best.exists()


@pytest.mark.parametrize("end", [None, "stopped", "failed"])
def test_of_the_runs_that_can_go_on_the_newest_keep_their_checkpoints(monkeypatch, end):
    monkeypatch.setattr(thinning, "RESUMABLE_RUNS", 2)
    runs = [made(end) for _ in range(4)]
    thin()
    assert [run.checkpoints.exists() for run in runs] == [False, False, True, True]
    assert all(run.best.exists() and run.records() for run in runs)


def test_a_run_at_work_or_waiting_keeps_its_checkpoints(monkeypatch):
    monkeypatch.setattr(thinning, "RESUMABLE_RUNS", 0)
    working, waiting = made(), made()
    waiting.write("asked", queued=True)
    with held(working.lock):
        thin()
    assert working.checkpoints.exists()
    assert waiting.checkpoints.exists()


def test_of_what_was_compiled_the_latest_used_stays_as_far_as_there_is_room(monkeypatch):
    monkeypatch.setattr(thinning, "COMPILED_BYTES", 25)
    thin()  # there is no such folder yet
    folder = thinning.compiled_folder()
    folder.mkdir(parents=True)
    for i, name in enumerate("abcd"):
        (folder / f"jit_{name}-cache").write_bytes(b"x" * 10)
        os.utime(folder / f"jit_{name}-cache", (1000 - i, 100))  # d was used longest ago
    thin()
    assert sorted(p.name for p in folder.iterdir()) == ["jit_a-cache", "jit_b-cache"]


def test_a_run_deleted_long_ago_goes_for_good_though_nobody_looks():
    kept, gone, old = made("finished"), made("finished"), made("finished")
    delete(gone)
    delete(old, now=time.time() - KEPT_SECONDS - 10)
    thin()
    store = kept.folder.parent
    assert kept.folder.is_dir()
    assert [p.name[-len(gone.name) :] for p in store.glob(".deleted-*")] == [gone.name]
