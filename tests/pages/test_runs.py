"""The Runs page: a table, runs together, one alone; names, notes, stars, delete and undo."""

import pytest

from core.learning.labels import label_of, write_label
from core.learning.network_config import Convolution, Dense, Flatten, NetworkConfig, Pooling
from core.learning.runs import list_runs
from core.learning.saved_models import list_models
from core.learning.specs import RunSpec


@pytest.fixture
def two(make_run):
    """Return two runs that differ in optimizer and rate."""
    return make_run(), make_run(spec=RunSpec(epochs=8, optimizer="sgd", seed=3))


def press(app, key):
    return app.button(key=key).click().run()


def test_without_runs_the_way_to_train_is_shown(open_page, words_on):
    assert "Train a network" in words_on(open_page("runs"))


def test_the_two_newest_stand_together_with_only_what_differs(open_page, whole, words_on, two):
    app = open_page("runs")
    whole(app)
    table, differs = (e.value for e in app.dataframe)
    assert list(table["Run"]) == ["seed, sgd, 0.05", "seed, adam, 0.001"]
    assert list(table["Known speakers"]) == ["97.0% of 300"] * 2
    assert list(table["Unseen speakers"]) == ["not measured"] * 2
    assert list(differs.iloc[:, 0]) == [
        *("Optimizer", "Seed", "Learning rate"),
        *("Verdict", "Known speakers", "Unseen speakers"),
    ]
    assert len(app.get("plotly_chart")) == 1
    assert [m.value for m in app.metric] == ["97.0%", "not measured"] * 2
    app.selectbox(key="sort").set_value("known").run()
    whole(app)
    app.segmented_control(key="together-curve").set_value("unseen").run()
    assert "None of these runs leaves a speaker out" in words_on(app)
    app.slider(key="together-smoothing").set_value(0.5).run()
    app.segmented_control(key="together-axis").set_value("seconds").run()
    whole(app)


def test_the_address_chooses_and_a_name_a_note_and_a_star_are_written(
    open_page, whole, words_on, two, make_run
):
    name = two[0].name
    app = open_page("runs", runs=f"{name},nonsense,../etc")
    assert len(app.get("tab")) == 1
    app.text_input(key=f"name-{name}").set_value("<b>mine</b> **")
    app.text_area(key=f"note-{name}").set_value("a note")
    next(b for b in app.button if b.label == "Write it down").click().run()
    whole(app)
    press(app, f"star-{name}")
    whole(app)
    label = label_of(two[0])
    assert (label.name, label.note, label.starred) == ("<b>mine</b> **", "a note", True)
    assert list(app.dataframe[0].value["★"]) == ["★", ""]
    press(app, f"keep-{name}")
    assert [m.card.name for m in list_models()[0] if not m.shipped] == ["<b>mine</b> **"]


def test_a_deleted_run_comes_back_at_undo_and_one_at_work_stays(
    open_page, whole, words_on, two, launcher
):
    name = two[0].name
    app = open_page("runs", runs=name)
    press(app, f"delete-{name}")
    whole(app)
    assert [r.name for r in list_runs()] == [two[1].name]
    next(b for b in app.button if b.label == "Undo").click().run()
    whole(app)
    assert len(list_runs()) == 2
    working = launcher.start(RunSpec())
    app = open_page("runs", runs=working.name)
    press(app, f"delete-{working.name}")
    whole(app)
    assert "Stop or cancel it first" in words_on(app)


def test_the_second_number_is_measured_by_a_run_without_a_speaker(open_page, launcher, make_run):
    run = make_run(spec=RunSpec(seed=1))
    app = press(open_page("runs", runs=run.name), f"measure-{run.name}")
    (spec,) = launcher.specs
    assert len(spec.held_out_speakers) == 1
    assert spec.seed == 1
    assert app.title[0].value == "Train a network"
    assert label_of(list_runs()[0]).remedy_of == run.name
    app = open_page("runs", runs=run.name)
    assert f"measure-{run.name}" not in [b.key for b in app.button]
    app = press(app, f"measuring-{run.name}")
    assert app.title[0].value == "Train a network"
    assert app.query_params["run"] == list_runs()[0].name


def test_a_damaged_run_is_told_and_the_others_stay(open_page, whole, two):
    (two[0].folder / "spec.json").write_text("{")
    write_label(two[1], name="whole")
    app = open_page("runs")
    whole(app)
    assert two[0].name in app.warning[0].value.replace("\\", "")
    assert list(app.dataframe[0].value["Run"]) == ["whole"]


def test_a_damaged_run_can_be_deleted_and_brought_back(open_page, whole, two):
    (two[0].folder / "spec.json").write_text("{")
    app = open_page("runs")
    press(app, f"delete-{two[0].name}")
    whole(app)
    assert not app.warning
    assert [r.name for r in list_runs()] == [two[1].name]
    next(b for b in app.button if b.label == "Undo").click().run()
    whole(app)
    assert len(app.warning) == 1


def write_down(app):
    return next(b for b in app.button if b.label == "Write it down").click().run()


def test_two_tabs_write_on_one_run_and_neither_undoes_the_other(open_page, make_run):
    run = make_run()
    name = run.name
    mine, theirs = open_page("runs"), open_page("runs")
    theirs.text_area(key=f"note-{name}").set_value("their note")
    write_down(theirs)
    mine.text_input(key=f"name-{name}").set_value("my name")
    write_down(mine)
    assert (label_of(run).name, label_of(run).note) == ("my name", "their note")
    assert mine.text_area(key=f"note-{name}-1").value == "their note"
    assert theirs.run().text_input(key=f"name-{name}-2").value == "my name"
    assert mine.button(key=f"star-{name}").label == "Star"
    press(theirs, f"star-{name}")
    mine.button(key=f"star-{name}").click().run()  # in a tab that has not seen it
    assert label_of(run).starred


def test_the_same_settings_on_other_clips_are_not_called_the_same(open_page, words_on, make_run):
    make_run()
    assert "of the same clips the same seed" not in words_on(open_page("runs"))
    fewer = make_run()
    assert "of the same clips the same seed" in words_on(open_page("runs"))
    fewer.log.write_text(fewer.log.read_text().replace("1620", "1500"))
    app = open_page("runs")
    assert "of the same clips the same seed" not in words_on(app)
    assert "Training clips" in list(app.dataframe[1].value.iloc[:, 0])


def test_networks_that_differ_in_their_edges_alone_differ(open_page, words_on, make_run):
    for padding in ("same", "valid"):
        blocks = (Convolution(8, padding=padding), Pooling(), Flatten(), Dense(32))
        make_run(spec=RunSpec(network=NetworkConfig(blocks), epochs=8))
    app = open_page("runs")
    assert "of the same clips the same seed" not in words_on(app)
    assert "Network" in list(app.dataframe[1].value.iloc[:, 0])
