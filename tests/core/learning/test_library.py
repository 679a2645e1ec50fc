"""The library of runs: what is written on one, what is deleted, sorted, compared."""

import csv
import io
import json

import pytest

from core.errors import RunError
from core.learning.history import Epoch, History, record_of
from core.learning.labels import MAX_NOTE, Label, cured_from, label_of, write_label
from core.learning.library import SCORES, csv_of, differing, entries, entry_of, in_order
from core.learning.network_config import Dense, Flatten, NetworkConfig
from core.learning.run_trash import KEPT_SECONDS, bring_back, delete, deleted
from core.learning.runs import Run, create_run, find_run, list_runs
from core.learning.specs import RunSpec
from core.system import write_json


def made(right=None, unseen=None, val_loss=0.5, end="finished", **settings):
    """Return a run of one epoch, as a worker leaves it."""
    run = create_run(RunSpec(**settings))
    epoch = Epoch(1, 10, 1.0, 0.6, val_loss, 1 - val_loss, 0.001, 3.0)
    run.write(**record_of(epoch))
    scores = {
        part: None if n is None else {"right": n, "total": 100, "low": 0.1, "high": 0.9}
        for part, n in (("known", right), ("unseen", unseen))
    }
    fields = dict.fromkeys(("best_epoch", "parameters", "n_train", "n_validation"), 1)
    write_json(run.folder / "result.json", {**fields, "protocol": "x", "scores": scores})
    if end:
        run.write("end", state=end, problem="")
    return run


def test_what_is_written_on_a_run_is_read_again_and_the_rest_stays(data_folder):
    run = create_run(RunSpec())
    write_label(run, name="  my\n run ", note="first line\nsecond ", starred=True)
    write_label(run, remedy="a tenth", remedy_of="x")
    assert label_of(run) == Label("my run", "first line\nsecond", True, "a tenth", "x")
    assert cured_from(run) is None


@pytest.mark.parametrize("content", ["", "[]", '{"name": 7, "starred": "yes"}', "{"])
def test_a_damaged_label_is_an_empty_one(data_folder, content):
    run = create_run(RunSpec())
    (run.folder / "label.json").write_text(content)
    assert label_of(run) == Label()


def test_a_note_that_is_too_long_is_a_sentence_and_the_old_one_stays(data_folder):
    run = create_run(RunSpec())
    write_label(run, note="short")
    with pytest.raises(RunError, match=r"note of 2,001 characters.*at most 2,000"):
        write_label(run, note="x" * (MAX_NOTE + 1))
    assert label_of(run).note == "short"


def test_a_deleted_run_comes_back_whole_within_a_week(data_folder):
    run = made(right=90)
    write_label(run, name="best")
    gone = delete(run, now=1000.0)
    assert list_runs() == ()
    assert find_run(run.name) is None
    assert [d.called for d in deleted(now=1000.0)] == ["best"]
    assert bring_back(gone.folder) == run
    assert entry_of(run).known.right == 90
    delete(run, now=1000.0)
    assert deleted(now=1001.0 + KEPT_SECONDS) == ()
    with pytest.raises(RunError, match="gone for good"):
        bring_back(gone.folder)
    assert list((data_folder / "runs").iterdir()) == []


def test_a_run_that_waits_is_not_deleted_and_no_other_folder_is_brought_back(data_folder):
    run = create_run(RunSpec())
    with pytest.raises(RunError, match="Stop or cancel it first"):
        delete(run)
    for folder in ("../runs", ".deleted-0000000000-x", ""):
        with pytest.raises(RunError, match="gone for good"):
            bring_back(folder)


def test_runs_stand_in_the_order_of_any_score_starred_first_and_unmeasured_last(data_folder):
    low, high = made(right=80, val_loss=0.2), made(right=95, unseen=60, val_loss=0.4)
    none = made(val_loss=0.9)
    names = {low.name: "low", high.name: "high", none.name: "none"}

    def order(score):
        return [names[e.run.name] for e in in_order(entries()[0], score)]

    assert order("newest") == ["none", "high", "low"]
    assert order("known") == ["high", "low", "none"]
    assert order("unseen")[0] == "high"
    assert order("val_loss") == ["low", "high", "none"]
    write_label(none, starred=True)
    for score in SCORES:
        assert order(score)[0] == "none"


def test_an_entry_follows_what_happens_and_a_damaged_run_is_a_sentence(data_folder):
    run = made(right=80, end=None)
    assert (entry_of(run).state, entry_of(run).epochs) == ("interrupted", 1)
    run.write(**record_of(Epoch(2, 20, 0.9, 0.7, 0.3, 0.8, 0.001, 6.0)))
    assert (entry_of(run).epochs, entry_of(run).val_accuracy) == (2, 0.8)
    (run.folder / "spec.json").write_text("{")
    found, problems = entries()
    assert found == ()
    ((damaged, sentence),) = problems
    assert damaged == run
    assert run.name in sentence


def test_only_settings_that_differ_are_listed_each_with_its_value_in_every_run():
    first = RunSpec()
    assert differing([first, first.with_changes(learning_rate=0.001)]) == {}  # Adam's default
    own = NetworkConfig((Flatten(), Dense(4)))
    rows = differing([first, first.with_changes(optimizer="sgd", network=own, augment=True)])
    assert {*rows} == {"Optimizer", "Learning rate", "Network", "Augmentation"}
    assert rows["Augmentation"] == ("no", "yes")
    assert rows["Learning rate"] == ("0.001", "0.05")
    assert rows["Network"][1] == "flatten > dense 4, ReLU"


def test_a_csv_holds_a_line_an_epoch_and_nothing_where_nothing_was_measured():
    epoch = Epoch(1, 10, 1.0, 0.6, 0.5, 0.7, 0.001, 3.0)
    rows = list(csv.DictReader(io.StringIO(csv_of([("a", History(epochs=(epoch,)))]).decode())))
    assert len(rows) == 1
    assert (rows[0]["run"], float(rows[0]["val_accuracy"]), rows[0]["unseen_loss"]) == (
        "a",
        0.7,
        "",
    )


def test_labels_are_plain_json(data_folder):
    run = create_run(RunSpec())
    write_label(run, name="7")
    assert json.loads((Run(run.folder).folder / "label.json").read_text())["name"] == "7"
