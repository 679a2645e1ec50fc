"""A resumed run ends as one that was never cut short; what was asked on the way is done again."""

from dataclasses import replace

import pytest

from core.errors import RunError
from core.learning.checkpoints import paths_in
from core.learning.queue import take
from core.learning.requests import changes_in
from core.learning.runs import create_run
from core.learning.worker import RunWriter, run_worker
from core.system import write_atomically


class Killed(BaseException):
    """Ends a worker as kill -9 does: nothing after it is written."""


def train_until(run, dies):
    """Train a run in this process until its worker dies; ``dies(writer, step)`` says when."""

    class Dying(RunWriter):
        def orders(self, step, epoch):
            if dies(step):
                raise Killed
            return super().orders(step, epoch)

    with pytest.raises(Killed):
        run_worker(run, Dying)


@pytest.fixture(autouse=True)
def hardly_ever_waits_for_the_disk(monkeypatch):
    """Let no time go into the disk: an epoch of milliseconds has its checkpoint all the same."""
    monkeypatch.setattr("core.learning.checkpoints.COST", 0.0)


@pytest.fixture(scope="module")
def spec(small_spec):
    """A run of five epochs whose rate falls, with dropout and an average of its weights."""
    return replace(
        small_spec, epochs=5, optimizer="adam", schedule="cosine", average=0.9, signals=False
    )


def epochs_of(run):
    return [replace(e, seconds=0.0) for e in run.snapshot().history.epochs]


def assert_same_ending(run, other):
    for a, b in zip(epochs_of(run), epochs_of(other), strict=True):
        assert (a.epoch, a.step) == (b.epoch, b.step)
        for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"):
            assert getattr(a, name) == pytest.approx(getattr(b, name), abs=1e-5), name
    first, second = run.snapshot().result, other.snapshot().result
    assert first["scores"] == second["scores"]
    assert first["best_epoch"] == second["best_epoch"]
    assert first["val_loss"] == pytest.approx(second["val_loss"], abs=1e-5)


@pytest.fixture(scope="module")
def uninterrupted(spec, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path_factory.mktemp("whole")))
        run = create_run(spec)
        run_worker(run)
        yield run


@pytest.mark.parametrize("at", [0, 1, 13, 20])
def test_a_run_killed_at_a_step_and_resumed_ends_as_if_nothing_had_been(spec, uninterrupted, at):
    run = create_run(spec)
    train_until(run, lambda step: step >= at)
    assert run.snapshot().state == "interrupted"
    done = len(run.snapshot().history.epochs)
    take(run)
    run_worker(run)
    assert run.snapshot().state == "finished"
    assert_same_ending(run, uninterrupted)
    records = run.records()
    (resumed,) = [r for r in records if r["kind"] == "resumed"]
    assert resumed["epoch"] in (done, max(0, done - 1)), "at most an epoch is trained again"
    assert resumed["problems"] == []


def test_a_run_killed_again_and_again_ends_the_same(spec, uninterrupted):
    run = create_run(spec)
    train_until(run, lambda step: step >= 9)
    for at in (12, 15, 22, 30):
        take(run)
        train_until(run, lambda step, at=at: step >= at)
    take(run)
    run_worker(run)
    assert_same_ending(run, uninterrupted)
    steps = [m.step for m in run.snapshot().history.moments]
    assert steps == sorted(steps), "what was measured twice is told once"


def test_a_rate_changed_on_the_way_is_changed_at_the_same_step_again(spec, monkeypatch):
    monkeypatch.setattr("core.learning.inbox.LOOK_SECONDS", 0.0)
    whole = create_run(spec)

    class Asking(RunWriter):
        def orders(self, step, epoch):
            if step == 10 and not whole.requests.exists():
                whole.ask("rate", 0.02)
            return super().orders(step, epoch)

    run_worker(whole, Asking)
    assert changes_in(whole.records()) == ((10, 0.02),)

    cut = create_run(spec)
    asked = []

    def dies(step):
        if step == 10 and not asked:
            asked.append(step)
            cut.ask("rate", 0.02)
        return step >= 12

    train_until(cut, dies)
    take(cut)
    run_worker(cut)
    (resumed,) = [r for r in cut.records() if r["kind"] == "resumed"]
    assert resumed["step"] < 10, "the change lies in what is trained again"
    assert_same_ending(cut, whole)
    changes = [r for r in cut.records() if r["kind"] == "request"]
    assert len(changes) == 1, "it is told once"


def test_a_damaged_newest_checkpoint_costs_an_epoch_and_is_named(spec, uninterrupted):
    run = create_run(spec)
    train_until(run, lambda step: step >= 22)
    newest, before, *_ = paths_in(run.checkpoints)
    data = bytearray(newest.read_bytes())
    data[-5] ^= 1
    newest.write_bytes(data)
    take(run)
    run_worker(run)
    assert_same_ending(run, uninterrupted)
    (resumed,) = [r for r in run.records() if r["kind"] == "resumed"]
    assert resumed["step"] == int(before.stem)
    assert "not those that were written" in resumed["problems"][0]


def test_without_any_whole_checkpoint_a_run_begins_at_the_beginning(spec, uninterrupted):
    run = create_run(spec)
    train_until(run, lambda step: step >= 22)
    for path in paths_in(run.checkpoints):
        write_atomically(path, path.read_bytes()[:100])
    take(run)
    run_worker(run)
    assert_same_ending(run, uninterrupted)


def test_a_stopped_run_goes_on_to_its_last_epoch(spec, uninterrupted, monkeypatch):
    monkeypatch.setattr("core.learning.inbox.LOOK_SECONDS", 0.0)
    run = create_run(spec)

    class Stopping(RunWriter):
        def orders(self, step, epoch):
            if step == 16:
                run.ask("stop")
            return super().orders(step, epoch)

    run_worker(run, Stopping)
    assert run.snapshot().state == "stopped"
    assert run.snapshot().result is not None
    take(run)
    assert run.snapshot().state != "stopped"
    run_worker(run)
    assert run.snapshot().state == "finished"
    assert_same_ending(run, uninterrupted)


def test_a_finished_run_keeps_no_checkpoints_and_cannot_be_resumed(uninterrupted):
    assert not uninterrupted.checkpoints.exists()
    with pytest.raises(RunError, match="has finished"):
        take(uninterrupted)
