"""The Lessons page: choose, break, see, mend."""

from types import SimpleNamespace

from core.charts.lesson_pictures import PICTURES
from core.diagnosis.lessons import LESSONS
from core.learning import queue
from core.learning.history import Epoch, record_of
from core.learning.requests import read_requests
from core.learning.runs import create_run, find_run
from core.system import held
from pages.shared import cached


def finish(name, loss=2.3):
    """Write what a worker would have written about a run that learned nothing."""
    run = find_run(name)
    with held(run.lock):
        for i in range(1, 6):
            run.write(**record_of(Epoch(i, 60 * i, loss, 0.1, loss, 0.1, 0.001, 1.0 * i)))
        run.write("end", sync=True, state="finished", problem="")


def press(app, key):
    return app.button(key=key).click().run()


def keys(app):
    return [button.key for button in app.button]


DRAWN = ("vanishing_gradients", "augmentation", "waveform", "leaked_split", "speaker_overfitting")
"""Lessons of every kind of picture; the pictures of all have tests of their own."""


def test_a_gallery_shows_every_lesson_and_opens_it(open_page, whole, words_on):
    app = open_page("lessons")
    shown = words_on(app)
    for lesson in LESSONS.values():
        assert lesson.title in shown
        assert lesson.question in shown
    press(app, "open-zeros")
    whole(app)
    assert app.selectbox(key="lesson").value == LESSONS["zeros"].title
    assert LESSONS["zeros"].story in words_on(app)


def test_lessons_can_be_read_and_started(open_page, whole, words_on, launcher):
    app = open_page("lessons")
    for name in DRAWN:
        lesson = LESSONS[name]
        app.selectbox(key="lesson").set_value(lesson.title).run()
        whole(app)
        assert lesson.question in words_on(app)
        assert lesson.lesson not in words_on(app), "the answer comes last"
        assert PICTURES[name].words in words_on(app)
        assert ("Machines repeat themselves" in words_on(app)) == lesson.needs_people
        assert "cure" not in keys(app)
    press(app, "break")
    whole(app)
    speakers = cached.digits_of("synthetic").speakers
    assert launcher.specs[0] == lesson.specs("synthetic", speakers=speakers)[0]
    press(app, "stop-broken")
    assert [r.kind for r in read_requests(find_run(app.query_params["broken"]).requests)] == [
        "stop"
    ]


def test_a_lesson_goes_from_the_broken_run_to_the_cure_to_what_was_learned(
    open_page, whole, words_on, launcher
):
    lesson = LESSONS["zeros"]
    app = open_page("lessons")
    app.selectbox(key="lesson").set_value(lesson.title).run()
    press(app, "break")
    whole(app)
    assert "cure" not in keys(app), "the run is not over"
    finish(app.query_params["broken"])
    app.run()
    whole(app)
    assert "Underfitting" in words_on(app)
    press(app, "cure")
    whole(app)
    assert launcher.specs == list(lesson.specs("synthetic"))
    finish(app.query_params["cured"], loss=0.1)
    app.run()
    whole(app)
    assert app.success[0].value == lesson.lesson
    assert "Before and after" in words_on(app)
    assert list(app.table[0].value["Run"]) == ["Broken", lesson.cure_label]


def test_runs_of_one_lesson_are_not_shown_under_another(open_page, whole, words_on):
    app = open_page("lessons")
    app.selectbox(key="lesson").set_value(LESSONS["zeros"].title).run()
    press(app, "break")
    finish(app.query_params["broken"])
    app.selectbox(key="lesson").set_value(LESSONS["rate_too_low"].title).run()
    whole(app)
    assert "cure" not in keys(app)


def test_an_address_that_names_no_run_is_a_lesson_not_begun(open_page, whole):
    app = open_page("lessons", broken="../../etc", cured="20990101-000000-abcdef")
    whole(app)
    assert "cure" not in keys(app)


def test_a_lesson_that_waits_says_what_for_and_can_be_cancelled(
    open_page, whole, words_on, make_run, monkeypatch
):
    waiting = SimpleNamespace(start=create_run, advance=lambda: None, warm_up=lambda: None)
    monkeypatch.setattr(cached, "launcher", lambda: waiting)
    busy = make_run(end=None)
    busy.write("request", request="pause", step=3, epoch=1.0, number=0)
    with held(busy.lock):
        app = open_page("lessons")
        app.button(key="open-dead_relus").click().run()
        app.button(key="break").click().run()
        whole(app)
        assert "is **paused**" in words_on(app)
        assert app.button(key="break").disabled
        app.button(key="cancel-broken").click().run()
        whole(app)
        assert not queue.standings()[1]
        assert not app.button(key="break").disabled
