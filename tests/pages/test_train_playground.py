"""Train as a playground: settings in the address, sounds, answers, remedies, probes, the queue."""

from dataclasses import replace

import pytest

from core.learning import probe_store
from core.learning.answers import CLIPS, Watched
from core.learning.history import Epoch, record_of
from core.learning.labels import label_of
from core.learning.network_config import Dense, Flatten, NetworkConfig
from core.learning.requests import read_requests
from core.learning.runs import list_runs
from core.learning.specs import RunSpec
from core.sound.datasets import open_dataset
from core.system import write_json


def press(app, key: str):
    """Press a button and let the page draw itself again."""
    return app.button(key=key).click().run()


def test_an_address_sets_the_controls_and_what_makes_no_sense_in_it_is_passed_over(
    open_page, whole, launcher
):
    app = open_page(
        "train", optimizer="SGD", epochs="20", augment="true", seed="7", network="nonsense"
    )
    app.select_slider(key="batch-size").set_value(8).run()
    whole(app)
    press(app, "train")
    (spec,) = launcher.specs
    assert (spec.optimizer, spec.epochs, spec.augment, spec.seed) == ("sgd", 20, True, 7)
    assert (spec.network, spec.batch_size) == ("seed", 8)
    # what a browser changes in it is told by the browser alone; what makes no sense is taken out
    assert {*app.query_params} == {"optimizer", "epochs", "augment", "seed", "run", "data"}


def test_layers_changed_by_hand_are_in_the_address_and_come_back(open_page, whole, launcher):
    from pages.shared.linked_layers import linked, text_of

    own = NetworkConfig((Flatten(), Dense(4, "sigmoid")))
    assert linked(text_of(own)) == own
    app = open_page("train", layers=text_of(own))
    whole(app)
    press(app, "train")
    assert launcher.specs[0].network == own
    app = open_page("train", layers="nonsense")
    whole(app)
    press(app, "train")
    assert launcher.specs[1].network == "seed"


def test_a_split_that_leaks_speakers_warns_in_words(open_page):
    app = open_page("train")
    assert "Every speaker is on both sides" in app.warning[0].value
    app.multiselect(key="left-out").set_value(app.multiselect(key="left-out").options[:1]).run()
    assert not app.warning


def test_every_change_of_the_sound_is_heard(open_page, whole):
    app = open_page("train", augment="true")
    app.multiselect(key="augmentations").set_value(["speed", "tilt"]).run()
    app.toggle(key="hear-changes").set_value(True).run()
    whole(app)
    assert len(app.get("audio")) == 3  # as it is, and each change


def test_one_epoch_start_over_and_the_one_at_work_are_a_press_away(
    open_page, whole, words_on, launcher
):
    run = launcher.start(RunSpec(seed=5))
    app = press(open_page("train"), "one-epoch")
    assert [r.kind for r in read_requests(run.requests)] == ["epoch"]
    assert "yours will be number 1 in the queue" in words_on(app)
    app = press(app, "start-over")
    whole(app)
    assert [r.kind for r in read_requests(run.requests)] == ["epoch", "stop"]
    assert [spec.seed for spec in launcher.specs] == [5, 5]
    assert app.query_params["run"] == list_runs()[0].name


def test_whoever_waits_may_watch_the_run_at_work(open_page, whole, launcher):
    from core.learning.queue import enqueue

    working = launcher.start(RunSpec())
    app = open_page("train", run=enqueue(RunSpec(seed=1)).name)
    app = press(app, "watch-other")
    whole(app)
    assert app.query_params["run"] == working.name


@pytest.fixture
def too_eager(make_run):
    """Return a run that knows its clips by heart, with the answers of every epoch."""
    run = make_run(validation=lambda i: 0.6, n_epochs=8)
    clips = [r for r in open_dataset("synthetic").recordings if r.digit is not None][:20]
    write_json(run.folder / CLIPS, [Watched(r, False).to_dict() for r in clips])
    last = run.snapshot().history.epochs[-1]
    right = "".join(str(r.digit) for r in clips)
    run.write(**record_of(replace(last, epoch=9, guesses="1" + right[1:])))
    return run


def test_a_remedy_at_one_press_runs_from_the_same_seed_beside_the_old_run(
    open_page, whole, words_on, launcher, too_eager
):
    app = press(open_page("train"), "remedy-overfitting-0")
    whole(app)
    (spec,) = launcher.specs
    assert spec == too_eager.spec().with_changes(augment=True)
    cure = list_runs()[0]
    assert label_of(cure).remedy_of == too_eager.name
    assert app.query_params["run"] == cure.name
    for i in range(1, 6):
        cure.write(**record_of(Epoch(i, 26 * i, 0.5 / i, 0.97, 0.4 / i, 0.96, 0.001, 2.0 * i)))
    cure.write("end", state="stopped", problem="")
    app = app.run()
    whole(app)
    assert "Before and after" in [s.value for s in app.subheader]
    table = next(d.value for d in app.dataframe if "Verdict" in [*d.value.iloc[:, 0]])
    rows = table.set_index(table.columns[0])
    assert [*rows.loc["Augmentation"]] == ["no", "yes"]
    assert rows.loc["Verdict"].iloc[0].startswith("Overfitting")
    assert rows.loc["Verdict"].iloc[1].startswith("Healthy")


def test_the_answers_of_an_epoch_are_counted_and_a_cell_is_heard(
    open_page, whole, words_on, too_eager
):
    app = open_page("train")
    app.session_state["answers"] = True
    whole(app.run())
    assert "Epoch 9: 19 of 20 validation clips right" in words_on(app)
    app.session_state["visitor"].confused = (too_eager.name, 0, 1)
    whole(app.run())
    assert "Spoken 0, answered 1**: 1 in this epoch" in words_on(app)
    assert len(app.get("audio")) == 1


def test_probes_say_whether_it_is_the_rate_and_offer_the_better_one(
    open_page, whole, words_on, launcher, make_run, monkeypatch
):
    run = make_run(train=lambda i: 0.1, validation=lambda i: 0.1)
    launcher.probe = lambda asked: probe_store.begin(asked, lambda folder: 1)
    app = open_page("train")
    app.session_state["probes"] = True
    app = press(app.run(), "probe")
    folder = probe_store.newest(run)
    for rate, loss in ((0.0, 2.3), (0.001, 2.29), (0.1, 1.0), (1.0, None)):
        folder.write("tried", rate=rate, loss=loss)
    folder.write("end", state="finished", problem="")
    whole(app.run())
    assert "Its learning rate was too low" in words_on(app)
    press(app, "remedy-probed")
    assert launcher.specs[0] == run.spec().with_changes(learning_rate=0.1)
