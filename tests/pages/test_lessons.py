"""The Lessons page: choose, break, see, mend."""

from core.diagnosis.lessons import LESSONS
from core.learning.history import Epoch, record_of
from core.learning.runs import find_run
from core.system import held


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


def test_every_lesson_can_be_read_and_started(open_page, whole, words_on, launcher):
    app = open_page("lessons")
    for lesson in LESSONS.values():
        app.selectbox(key="lesson").set_value(lesson.title).run()
        whole(app)
        assert lesson.question in words_on(app)
        assert lesson.lesson not in words_on(app), "the answer comes last"
        assert "cure" not in keys(app)
    press(app, "break")
    whole(app)
    speaker = launcher.specs[0].held_out_speakers
    assert launcher.specs[0] == lesson.specs("synthetic", held_out=speaker[0])[0]


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
