"""The run store: whatever happened, the disk tells it, and a name leads nowhere else."""

import errno
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

import core.learning.runs as runs
from core import logs
from core.errors import LabError, RunError
from core.learning.history import Epoch, record_of
from core.learning.runs import Run, create_run, find_run, list_runs, running
from core.learning.specs import RunSpec
from core.learning.states import START_SECONDS
from core.system import held, mark_of

SPEC = RunSpec(epochs=7, optimizer="sgd")
EPOCH = Epoch(1, 10, 1.2, 0.6, 1.1, 0.7, 0.05, 2.0)


def test_a_new_run_waits_and_holds_what_was_asked(data_folder):
    run = create_run(SPEC)
    snapshot = run.snapshot()
    assert snapshot.state == "queued"
    assert not snapshot.alive
    assert snapshot.spec == SPEC
    assert snapshot.result is None
    assert abs(snapshot.asked - time.time()) < 60
    assert run.folder.parent == data_folder / "runs"


def test_two_runs_asked_for_in_the_same_second_are_two():
    assert len({create_run(SPEC).name for _ in range(5)}) == 5


def test_a_run_whose_worker_never_came_is_interrupted():
    run = create_run(SPEC)
    run.log.unlink()
    logs.append(run.log, {"kind": "asked", "time": time.time() - START_SECONDS - 1})
    assert run.snapshot().state == "interrupted"


def test_a_run_whose_worker_lives_is_running_and_says_what_it_does():
    run = create_run(SPEC)
    with held(run.lock):
        run.write("phase", phase="loading recordings")
        run.write("phase", phase="training")
        run.write(**record_of(EPOCH))
        snapshot = run.snapshot()
    assert (snapshot.state, snapshot.phase) == ("running", "training")
    assert snapshot.alive
    assert snapshot.history.epochs == (EPOCH,)


def test_only_of_a_run_at_work_more_epochs_are_to_come():
    run = create_run(SPEC)
    with held(run.lock):
        run.write("phase", phase="training")
        assert run.snapshot().history.setting.epochs == SPEC.epochs
    assert run.snapshot().history.setting.epochs is None


def test_a_run_whose_worker_died_is_interrupted_and_keeps_its_epochs():
    run = create_run(SPEC)
    with held(run.lock):
        run.write("phase", phase="training")
        run.write(**record_of(EPOCH))
    snapshot = run.snapshot()
    assert (snapshot.state, snapshot.phase) == ("interrupted", "")
    assert not snapshot.alive
    assert snapshot.history.epochs == (EPOCH,)


@pytest.mark.parametrize("state", ["finished", "stopped", "failed"])
def test_an_end_in_the_log_is_the_end(state):
    run = create_run(SPEC)
    with held(run.lock):
        run.write("phase", phase="scoring")
        run.write("end", state=state, problem="No disk." if state == "failed" else "")
        assert run.snapshot().state == state, "the worker lets go of its lock a moment later"
    snapshot = run.snapshot()
    assert (snapshot.state, snapshot.phase) == (state, "")
    assert snapshot.problem == ("No disk." if state == "failed" else "")
    assert snapshot.ended is not None
    assert not snapshot.alive


def test_a_worker_that_begins_while_a_page_looks_is_not_taken_for_a_dead_one(monkeypatch):
    run = create_run(SPEC)
    run.write("phase", phase="loading recordings")
    answers = iter([False, True])
    monkeypatch.setattr(runs, "is_held", lambda lock: next(answers))
    assert run.snapshot().state == "running"


def test_a_torn_end_of_the_log_is_no_end():
    run = create_run(SPEC)
    run.write("phase", phase="training")
    run.write("end", state="finished", problem="")
    run.log.write_bytes(run.log.read_bytes()[:-5])
    assert run.snapshot().state == "interrupted"


def test_the_result_is_read_once_it_is_there():
    run = create_run(SPEC)
    result = dict.fromkeys(runs.RESULT_FIELDS, 3)
    (run.folder / "result.json").write_text(json.dumps(result))
    assert run.snapshot().result == result


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"5", b"\xff\xfe", b'{"best_epoch": 3}'])
def test_a_damaged_result_is_no_result(content):
    run = create_run(SPEC)
    (run.folder / "result.json").write_bytes(content)
    assert run.snapshot().result is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b'{"epochs": 0}', b"\xff\xfe", None])
def test_a_run_whose_spec_is_damaged_or_gone_is_one_sentence(content):
    run = create_run(SPEC)
    if content is None:
        (run.folder / "spec.json").unlink()
    else:
        (run.folder / "spec.json").write_bytes(content)
    with pytest.raises(RunError, match=f"The run {run.name} cannot be read") as problem:
        run.snapshot()
    assert "\n" not in str(problem.value)


def test_a_stop_is_asked_for_by_appending_and_seen_by_the_worker():
    run = create_run(SPEC)
    assert not run.stop_asked()
    logs.append(run.folder / "requests.jsonl", {"request": "of the future"})
    assert not run.stop_asked()
    run.ask("stop")
    run.ask("stop")
    assert run.stop_asked()
    assert Run(run.folder).stop_asked(), "another process reads it from the disk"


def test_a_run_is_found_by_its_name_after_a_restart():
    run = create_run(SPEC)
    assert find_run(run.name) == run
    assert find_run(run.name).spec() == SPEC


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../evil", "../../etc", "/etc", "a/b", "20261122-101010-abcdef/../evil"),
        *("20261122-101010-ABCDEF", "20261122-101010-abcdef\n", "evil", "20261122-101010-abcde"),
        *("..\\evil", "\x00", "٢٠261122-101010-abcdef", "20261122-101010-abcdef/"),
    ],
)
def test_a_name_that_is_no_runs_name_is_never_found_wherever_it_leads(name, data_folder):
    create_run(SPEC)
    for folder in (data_folder / "evil", data_folder / "runs" / "evil"):
        folder.mkdir()
        (folder / "spec.json").write_text(json.dumps(SPEC.to_dict()))
    assert find_run(name) is None


@pytest.mark.parametrize("way", ["{}/../evil", "{}/../../evil", "{}/.", "{}x"])
def test_a_name_that_begins_like_a_runs_leads_nowhere_either(way, data_folder):
    run = create_run(SPEC)
    for folder in (data_folder / "evil", data_folder / "runs" / "evil"):
        folder.mkdir()
        (folder / "spec.json").write_text(json.dumps(SPEC.to_dict()))
    assert find_run(way.format(run.name)) is None


def test_a_run_that_is_gone_is_not_found():
    assert find_run("20261122-101010-abcdef") is None


def test_runs_are_listed_newest_first_and_nothing_else_is(data_folder):
    store = data_folder / "runs"
    names = ["20250101-000000-aaaaaa", "20261122-101010-000000", "20261122-101010-ffffff"]
    for name in [*names, "notes", ".20261122-101010-abcdef"]:
        (store / name).mkdir(parents=True)
        (store / name / "spec.json").write_text(json.dumps(SPEC.to_dict()))
    (store / "20270101-000000-aaaaaa").mkdir()  # without a spec: not yet, or no longer, a run
    assert [run.name for run in list_runs()] == names[::-1]


def test_without_a_data_folder_there_are_no_runs_and_none_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path / "nowhere"))
    assert list_runs() == ()
    assert running() is None
    assert not (tmp_path / "nowhere").exists()


def test_the_run_in_progress_is_found_among_others():
    ended, broken, alive = (create_run(replace(SPEC, seed=i)) for i in range(3))
    alive.write("launched", **mark_of(os.getpid()))
    ended.write("end", state="finished", problem="")
    (broken.folder / "spec.json").write_text("{")
    assert running() == alive
    alive.write("end", state="stopped", problem="")
    assert running() is None


def test_a_data_folder_that_is_read_only_is_one_sentence(monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(LabError, match=r"Permission denied.*SPOKEN_DIGITS_HOME") as problem:
        create_run(SPEC)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize("step", ["write_json", "logs.append"])
def test_a_full_disk_is_one_sentence_and_leaves_no_half_made_run(monkeypatch, step, data_folder):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"core.learning.runs.{step}", full)
    with pytest.raises(RunError, match=r"No space left on device.*Free some space") as problem:
        create_run(SPEC)
    assert "\n" not in str(problem.value)
    assert list((data_folder / "runs").iterdir()) == []
