"""The Race page: choose lanes, watch, read the ranking; paths and one step beside it."""

import time

import pytest

from core import logs
from core.learning import queue
from core.learning.loading import KERAS, Loading
from core.learning.racing.races import create_race
from core.learning.racing.results import Point, record_of
from core.learning.racing.specs import RaceSpec
from core.learning.specs import RunSpec
from core.learning.surfaces import SURFACES
from core.system import held
from pages.racing import glass, paths

PLAN = RaceSpec(optimizers=("gradient_descent", "adam"), rates=2, sweep_epochs=2, epochs=3)


VIEWS = {"paths": "Paths on a surface", "glass": "One step under glass"}


def write_points(race, part, name, rate, n, lost=False):
    for i in range(1, n + 1):
        point = Point(i, 19 * i, 0.5 * i, 2.0 / i, 3 * i / 10, 2.0 / i, 3 * i / 10)
        values = {"part": part, "optimizer": name, "rate": rate, "lost": lost}
        race.write("point", **values, **record_of(point))


@pytest.fixture
def race(launcher):
    """A race as its worker leaves it, but for its end."""
    race = create_race(PLAN)
    race.write("phase", phase="the race")
    start = Point(0, 0, 0.0, 2.3, 0.1, 2.3, 0.1)
    race.write("start", n_train=600, n_validation=200, **record_of(start))
    write_points(race, "sweep", "gradient_descent", 0.05, 2)
    write_points(race, "sweep", "gradient_descent", 0.015, 1, lost=True)
    write_points(race, "sweep", "adam", 0.001, 2)
    write_points(race, "sweep", "adam", 0.0003, 2)
    write_points(race, "race", "gradient_descent", 0.05, 2)
    write_points(race, "race", "adam", 0.001, 3)
    return race


def keys(app):
    return [button.key for button in app.button]


def test_a_race_is_chosen_and_started_and_found_in_the_address(
    open_page, whole, words_on, launcher
):
    app = open_page("race")
    assert "Race optimizers" in words_on(app)
    app.multiselect(key="race-lanes").set_value([]).run()
    whole(app)
    assert "No optimizer is chosen" in words_on(app)
    assert "race-start" not in keys(app)
    app.multiselect(key="race-lanes").set_value(["sgd", "adamw"]).run()
    app.slider(key="race-epochs").set_value(6).run()
    whole(app)
    app.button(key="race-start").click().run()
    whole(app)
    (plan,) = launcher.plans
    assert plan.optimizers == ("sgd", "adamw")
    assert (plan.epochs, plan.sweep_epochs) == (6, 6), "a sweep is no longer than the race"
    again = open_page("race", race=app.query_params["race"])
    assert "race-stop" in keys(again)


def test_a_race_in_progress_is_watched_paused_and_stopped(open_page, whole, words_on, race):
    with held(race.lock):
        app = open_page("race")
        whole(app)
        assert "The ranking so far" in words_on(app)
        assert "The sweeps before it" in words_on(app)
        app.button(key="race-pause").click().run()
        app.button(key="race-stop").click().run()
        whole(app)
    assert [r["request"] for r in _requests(race)] == ["pause", "stop"]


def _requests(race):
    return logs.read(race.requests)


def test_a_race_that_has_ended_shows_ranking_clocks_and_sweeps(open_page, whole, words_on, race):
    race.write("end", state="finished", problem="")
    app = open_page("race")
    whole(app)
    table = app.dataframe[0].value
    assert [*table["Optimizer"]] == ["Adam", "Gradient descent"]
    assert table["Learning rate"][0] == "0.001"
    assert table["Accuracy there"][0] == "90.0% (85% to 93%)"
    app.select_slider(key="race-target").set_value(0.9).run()
    whole(app)
    assert [*app.dataframe[0].value["Updates to 90%"]] == ["57", "not reached"]
    assert "**Adam** (57 updates)" in words_on(app)
    assert "race-stop" not in keys(app)
    for axis in ("step", "seconds"):
        app.segmented_control(key="race-axis").set_value(axis).run()
        whole(app)
    app.toggle(key="race-log").set_value(True).run()
    whole(app)


def test_a_lane_that_left_all_bounds_stands_last_and_is_told(open_page, whole, words_on, race):
    race.write("end", state="finished", problem="")
    write_points(race, "race", "adam", 0.001, 3, lost=True)
    app = open_page("race")
    whole(app)
    table = app.dataframe[0].value
    assert [*table["Optimizer"]] == ["Gradient descent", "Adam"]
    assert table["Lowest loss"][1] == "0.667, then it left all bounds"


def test_a_race_that_ended_in_its_sweeps_promises_nothing(open_page, whole, words_on, launcher):
    race = create_race(PLAN)
    race.write("phase", phase="the sweeps")
    start = Point(0, 0, 0.0, 2.3, 0.1, 2.3, 0.1)
    race.write("start", n_train=600, n_validation=200, **record_of(start))
    write_points(race, "sweep", "adam", 0.001, 1, lost=True)
    with held(race.lock):
        assert "The race itself begins" in words_on(open_page("race"))
    race.write("end", state="stopped", problem="")
    app = open_page("race")
    whole(app)
    assert "The race itself begins" not in words_on(app)
    assert "Adam: the loss left all bounds at every rate" in words_on(app)  # the other: not tried


def test_a_race_cut_short_can_go_on_and_a_damaged_one_spoils_nothing(
    open_page, whole, words_on, race, launcher
):
    damaged = create_race(PLAN)
    (damaged.folder / "race.json").write_text("{")
    app = open_page("race", race=race.name)
    whole(app)
    assert "interrupted" in words_on(app)
    assert any("cannot be read" in str(o) for o in app.selectbox[-1].options)
    app.button(key="race-resume").click().run()
    whole(app)
    assert launcher.resumed == [race.name]
    assert "This run waits" in words_on(app) or "race waits" in words_on(app)
    shown = open_page("race", race=damaged.name)
    whole(shown)
    assert "Start it again from the Race page" in words_on(shown)


def test_a_race_whose_log_cannot_be_read_hides_no_other(open_page, whole, words_on, race):
    damaged = create_race(PLAN)
    damaged.log.unlink()
    damaged.log.mkdir()
    app = open_page("race")
    whole(app)
    assert any(damaged.name in o and "cannot be read" in o for o in app.selectbox[-1].options)
    assert "cannot be read" in words_on(app)


def test_the_list_of_races_names_each_as_it_is_written(open_page, race):
    create_race(PLAN)
    (line,) = [o for o in open_page("race").selectbox[-1].options if race.name in o]
    assert "\\" not in line


def test_whoever_waits_may_watch_what_is_at_work_on_its_own_page(open_page, whole, launcher):
    working = launcher.start_race(PLAN)
    app = open_page("train", run=queue.enqueue(RunSpec()).name)
    app.button(key="watch-other").click().run()
    whole(app)
    assert app.title[0].value == "Race optimizers"
    assert app.query_params["race"] == working.name
    working.write("end", state="stopped", problem="")
    run = launcher.start(RunSpec())
    app = open_page("race", race=queue.enqueue_race(PLAN).name)
    app.button(key="watch-other").click().run()
    whole(app)
    assert app.title[0].value == "Train a network"
    assert app.query_params["run"] == run.name
    run.write("end", state="stopped", problem="")
    working = launcher.start_race(PLAN)
    app = open_page("race", race=queue.enqueue_race(PLAN).name)
    app.button(key="watch-other").click().run()
    whole(app)
    assert app.query_params["race"] == working.name


def ready():
    """Wait until Keras is there, as a visitor would."""
    KERAS.begin()
    deadline = time.monotonic() + 300
    while not KERAS.done:
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def test_paths_are_walked_on_every_surface_and_follow_what_is_dragged(open_page, whole, words_on):
    ready()
    app = open_page("race", **{"race-view": VIEWS["paths"]})
    for key, surface in SURFACES.items():
        app.segmented_control(key="paths-surface").set_value(key).run()
        whole(app)
        assert surface.summary in words_on(app)
        assert "after 100 steps" in words_on(app)
    before = words_on(app)
    app.slider(key="paths-x-beale").set_value(2.0).run()
    app.slider(key="paths-momentum").set_value(0.5).run()
    whole(app)
    assert words_on(app) != before
    app.select_slider(key="paths-rate-beale-gradient_descent").set_value(0.05).run()
    whole(app)
    assert "ran away" in words_on(app)
    app.multiselect(key="paths-optimizers").set_value([]).run()
    whole(app)


def test_until_keras_is_there_the_page_says_so(open_page, whole, words_on, monkeypatch):
    class Never(Loading):
        def begin(self):
            pass

    for module in (paths, glass):
        monkeypatch.setattr(module, "KERAS", Never())
    for view in ("paths", "glass"):
        app = open_page("race", **{"race-view": VIEWS[view]})
        assert "Loading Keras" in words_on(app)


def test_one_step_under_glass_is_checked_against_keras(open_page, whole, words_on):
    ready()
    app = open_page("race", **{"race-view": VIEWS["glass"]})
    for number in (1, 7):
        app.slider(key="glass-number").set_value(number).run()
        whole(app)
        assert words_on(app).count("Checked: Keras's own optimizer gives") == 3
    assert "seamless.tistory.com/38" in words_on(app)
    assert "Kingma & Ba 2015" in words_on(app)
    first = [block.value for block in app.get("latex")]
    app.select_slider(key="glass-steepness").set_value(100.0).run()
    whole(app)
    assert [block.value for block in app.get("latex")] != first
    assert "please report it" not in words_on(app)
