"""A race: equal conditions, stopped and gone on with, found again on the disk."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from core.errors import RunError
from core.learning import queue
from core.learning.racing import driving, writing
from core.learning.racing.races import Race, create_race, find_race, list_races
from core.learning.racing.results import HUGE, Point, csv_of, results_of
from core.learning.racing.specs import RaceSpec
from core.learning.racing.track import evenly
from core.learning.runs import create_run, list_runs
from core.learning.specs import RunSpec
from core.system import held

LANES = ("gradient_descent", "sgd", "momentum")


@pytest.fixture(scope="module")
def plan(few_voices, small_image, linear) -> RaceSpec:
    """Return a race of a second or two."""
    return RaceSpec(
        data=str(few_voices),
        optimizers=LANES,
        network=linear,
        clips=60,
        epochs=3,
        sweep_epochs=3,
        rates=2,
        batch_size=16,
        image=small_image,
    )


@pytest.fixture
def raced(plan) -> Race:
    """Return a race that has ended."""
    race = create_race(plan)
    writing.work(race)
    return race


def test_a_race_is_fair_and_each_lane_runs_at_the_best_rate_of_its_sweep(raced, plan):
    look = raced.look()
    assert (look.standing.state, look.standing.problem) == ("finished", "")
    results = look.results
    assert results.n_train == 60
    assert [*results.lanes] == [*LANES] or {*results.lanes} == {*LANES}
    for name in LANES:
        sweep, lane = results.sweeps[name], results.lanes[name]
        assert len(sweep) >= plan.rates
        best = min(sweep, key=lambda t: t.score)
        assert lane.rate == best.rate
        # from the same weights, over the same batches: the sweep's numbers once more
        for again, before in zip(lane.points, best.points, strict=True):
            assert replace(again, seconds=0) == replace(before, seconds=0)
        steps = 1 if name == "gradient_descent" else 4  # 60 clips in batches of 16
        assert [p.step for p in lane.points] == [steps * epoch for epoch in (1, 2, 3)]
        seconds = [p.seconds for p in lane.points]
        assert seconds == sorted(seconds)
        assert seconds[0] > 0
    assert results.lanes["sgd"].points != results.lanes["momentum"].points
    assert look.fraction == 1
    assert results.ranking()[0].score == min(t.score for t in results.lanes.values())
    assert 0 < results.start.val_loss < HUGE


def test_a_race_is_kept_found_and_no_run_among_the_runs(raced):
    assert list_races() == (raced,)
    assert find_race(raced.name) == raced
    assert list_runs() == ()
    assert find_race("../runs") is None
    assert find_race("20990101-000000-abcdef") is None
    table = [*csv.DictReader(io.StringIO(csv_of(raced.look().results).decode()))]
    assert {row["part"] for row in table} == {"sweep", "race"}
    assert len(table) == raced.look().results.epochs


def test_a_race_that_is_stopped_goes_on_without_repeating_its_sweeps(plan, monkeypatch):
    race = create_race(plan)
    told = writing.RaceWriter.point

    def stop_in_the_race(self, part, trial, point):
        told(self, part, trial, point)
        if part == "race":
            race.ask("stop")
            self._inbox._looked = -1e9  # it has looked just now

    with monkeypatch.context() as patch:
        patch.setattr(writing.RaceWriter, "point", stop_in_the_race)
        writing.work(race)
    before = race.look()
    assert before.standing.state == "stopped"
    assert before.results.lanes
    swept = before.results.sweeps

    queue.enqueue_again(race)
    assert race.look().standing.state == "queued"
    drives = []
    advance = driving.Trainer.advance

    def counted(self, part, lane):
        drives.append(part)
        advance(self, part, lane)

    monkeypatch.setattr(driving.Trainer, "advance", counted)
    writing.work(race)
    after = race.look()
    assert after.standing.state == "finished"
    assert after.results.sweeps == swept
    assert drives == ["race"] * (len(LANES) * plan.epochs)
    assert all(len(t.points) == plan.epochs for t in after.results.lanes.values())


def test_a_race_waits_in_one_queue_with_the_runs(plan, monkeypatch):
    run = create_run(RunSpec())
    race = queue.enqueue_race(plan)
    other = create_run(RunSpec())
    assert queue.standings() == ([], [run, race, other])
    with held(run.lock):
        run.write("phase", phase="training")
        assert queue.advance(lambda each: pytest.fail("one at a time")) == []
        assert queue.cancel(other)
    run.write("end", state="finished", problem="")
    with held(race.lock):
        race.write("phase", phase="the race")
        assert queue.standings() == ([race], [])


def test_every_other_end_is_a_sentence_in_the_log(plan, tmp_path, capsys):
    lost = create_race(replace(plan, data=str(tmp_path / "gone")))
    writing.work(lost)
    assert lost.look().standing.state == "failed"
    assert "is neither a data set" in lost.look().standing.problem
    writing.work(lost)
    assert "has ended already" in capsys.readouterr().out
    damaged = create_race(plan)
    (damaged.folder / "race.json").write_text("[]")
    with pytest.raises(RunError, match="Start it again from the Race page"):
        damaged.look()
    writing.work(damaged)
    assert damaged.standing().state == "failed"


def test_a_loss_that_leaves_all_bounds_ends_its_trial_and_another_rate_races(plan, monkeypatch):
    measured = driving.Trainer._measured
    race = create_race(replace(plan, optimizers=("sgd",)))
    default = 0.05

    def broken(self, state, epoch, step, seconds):
        point = measured(self, state, epoch, step, seconds)
        return replace(point, loss=float("nan")) if lane_rates[-1] >= default else point

    lane_rates = [0.0]
    advance = driving.Trainer.advance

    def noted(self, part, lane):
        lane_rates.append(lane.trial.rate)
        advance(self, part, lane)

    monkeypatch.setattr(driving.Trainer, "_measured", broken)
    monkeypatch.setattr(driving.Trainer, "advance", noted)
    writing.work(race)
    look = race.look()
    assert look.standing.state == "finished"
    lost = [t for t in look.results.sweeps["sgd"] if t.lost]
    assert [t.rate for t in lost] == [default]
    assert [len(t.points) for t in lost] == [1]
    assert look.results.lanes["sgd"].rate < default
    assert look.fraction == 1


def test_clips_are_chosen_evenly_by_chance_and_always_the_same():
    answers = np.repeat(np.arange(10, dtype=np.int32), 30)
    found = evenly(answers, 100, seed=0)
    assert (np.bincount(answers[found]) == 10).all()
    assert (np.diff(found) > 0).all()
    np.testing.assert_array_equal(found, evenly(answers, 100, seed=0))
    assert (found != evenly(answers, 100, seed=1)).any()
    assert len(evenly(answers, 1000, seed=0)) == 300


def test_a_torn_or_foreign_record_is_passed_over():
    point = {"kind": "point", "part": "race", "optimizer": "sgd", "rate": 0.1, "epoch": 1}
    assert results_of([point, {"kind": "point"}, {"kind": "odd"}], 3).lanes == {}


def test_the_first_epoch_that_reaches_an_accuracy_is_found(raced):
    lane = replace(
        raced.look().results.lanes["sgd"],
        points=tuple(
            Point(i, 4 * i, 1.0 * i, 1.0, 0.5, 1.0 / i, a)
            for i, a in ((1, 0.2), (2, 0.8), (3, 0.7))
        ),
    )
    assert lane.reaches(0.7).epoch == 2
    assert lane.reaches(0.9) is None
    assert lane.best.epoch == 3
