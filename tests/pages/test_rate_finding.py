"""A learning rate found by trying: one press tries, the curve is drawn, another press takes it."""

import os

import numpy as np
import pytest

from core.learning import range_store
from core.learning.range_test import HIGHEST, LOWEST
from core.learning.specs import RunSpec


@pytest.fixture
def tried(launcher, monkeypatch):
    """Let the fake launcher begin range tests that nobody works at; return them."""
    begun = []

    def find_rate(spec):
        begun.append(range_store.begin(spec, lambda run: os.getpid()))
        return begun[-1]

    monkeypatch.setattr(launcher, "find_rate", find_rate, raising=False)
    return begun


@pytest.fixture
def page(open_page):
    """Return the Train page with the part about rates opened."""
    app = open_page("train")
    app.session_state["rates"] = True
    return app.run()


def press(app, key):
    return app.button(key=key).click().run()


def measured(run, end="finished", problem=""):
    """Write what a worker would: a loss that falls fastest at about a hundredth."""
    rates = np.geomspace(LOWEST, HIGHEST, 60)
    losses = np.interp(np.log10(rates), [-6, -3, -1.5, -1, 1], [2.3, 2.25, 0.7, 0.6, 6.0])
    for rate, loss in zip(rates, losses, strict=True):
        run.write("point", rate=float(rate), loss=float(loss))
    run.write("end", state=end, problem=problem)


def test_a_closed_part_reads_nothing(open_page, whole):
    app = open_page("train")
    whole(app)
    assert not any(b.key == "try-rates" for b in app.button)


def test_one_press_tries_rates_and_another_takes_the_found_one_into_the_run(
    page, whole, words_on, launcher, tried
):
    press(page, "try-rates")
    whole(page)
    assert page.button(key="try-rates").disabled, "it is at work"
    (run,) = tried
    press(page, "stop-rates")
    assert run.stop_asked()
    measured(run)
    page.run()
    whole(page)
    found = range_store.look(run).suggested
    assert 1e-3 < found < 0.1
    assert f"try a third of it, **{found:g}**. Chosen now is 0.001." in words_on(page)
    press(page, "use-rate")
    whole(page)
    assert page.select_slider(key="rate-adam").value == found
    assert page.button(key="use-rate").disabled
    press(page, "train")
    assert launcher.specs[0].rate == found


def test_a_test_that_failed_says_why_and_suggests_nothing(page, whole, words_on, tried):
    press(page, "try-rates")
    tried[0].write("end", state="failed", problem="The memory ran out. Choose a smaller batch.")
    page.run()
    whole(page)
    assert "The test failed. The memory ran out. Choose a smaller batch." in words_on(page)
    assert not any(b.key == "use-rate" for b in page.button)


def test_while_a_run_is_at_work_rates_are_not_tried(page, whole, words_on, launcher, tried):
    launcher.start(RunSpec())  # taken for at work: its process, this one, lives
    page.run()
    whole(page)
    assert page.button(key="try-rates").disabled
    assert "A run is being trained: try rates when it has ended" in words_on(page)


def test_a_found_rate_in_the_address_is_chosen_where_nobody_tried(open_page, whole, launcher):
    app = open_page("train", **{"rate-adam": "0.0019"})
    assert app.select_slider(key="rate-adam").value == 0.0019
    press(app, "train")
    app.select_slider(key="rate-adam").set_value(0.001).run()
    whole(app)
    press(app, "train")
    assert [spec.rate for spec in launcher.specs] == [0.0019, 0.001]


@pytest.mark.parametrize("text", ["", "nan", "inf", "-1", "0", "1e9", "fast", "0.001"])
def test_a_rate_in_the_address_that_is_none_or_on_the_ladder_adds_nothing(open_page, text):
    ladder = open_page("train").select_slider(key="rate-adam").options
    app = open_page("train", **{"rate-adam": text})
    assert app.select_slider(key="rate-adam").options == ladder
    assert app.select_slider(key="rate-adam").value == 0.001
