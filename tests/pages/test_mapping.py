"""The map: by picture or by model, coloured by what is asked, and a point that is pressed."""

import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.browsing.heard import Heard
from core.learning.saved_models import SHIPPED, find_model
from pages.browsing import background, mapping


@pytest.fixture
def opened(open_page, make_recordings, monkeypatch):
    """Open the map of forty recordings; a model hears 0 in everything."""
    monkeypatch.setenv("SPOKEN_DIGITS_FSDD", str(make_recordings()))

    def hears(model, recordings, progress=None):
        n = len(recordings)
        random = np.random.default_rng(0).normal(size=(n, 8))
        return Heard(random.astype(np.float32), np.zeros(n, np.int8))

    monkeypatch.setattr(background, "heard_by", hears)
    background.jobs.clear()

    def page(**chosen):
        app = open_page("browse", view="Find")
        app.get_by_key("find-way").set_value("map").run()
        for key, value in chosen.items():
            app.get_by_key(f"map-{key}").set_value(value).run()
        for _ in range(100):
            if "Drawing the map" not in str(app.get("progress")) and app.get("plotly_chart"):
                return app
            time.sleep(0.1)
            app.run()
        return app

    return page


@pytest.mark.parametrize("of", ["image", "model"])
@pytest.mark.parametrize("kind", ["pca", "tsne"])
def test_every_map_is_drawn(opened, whole, words_on, of, kind):
    app = opened(of=of, kind=kind)
    whole(app)
    assert "40 clips" in words_on(app)
    assert "Press a point" in words_on(app)


@pytest.mark.parametrize("by", mapping.COLOURS)
def test_every_colour_is_drawn(opened, whole, by):
    app = opened(by=by)
    whole(app)
    assert app.get("plotly_chart")


def test_right_and_wrong_are_counted_with_what_the_model_learned_from(opened, words_on):
    text = words_on(opened(by="answer"))
    assert "hears 4 of 40 right, counting what it learned from" in text


def test_what_the_map_asks_of_a_model_is_said(opened, words_on):
    assert "Here only its first network answers, from one look" in words_on(opened(of="model"))
    assert "network answers" not in words_on(opened(of="image"))
    shipped = find_model(SHIPPED)
    copied = replace(shipped, shipped=False)
    assert "Here its network answers, from one look" in mapping._asked(copied)
    plain = replace(copied, card=replace(copied.card, views=(1.0,), floor_db=None))
    assert mapping._asked(plain) == ""


def test_a_pressed_point_is_seen_and_heard(opened, whole, words_on, monkeypatch):
    monkeypatch.setattr(mapping, "_pressed", lambda recordings: recordings[5])
    app = opened(by="answer")
    whole(app)
    assert len(app.get("audio")) == 1
    assert len(app.get("plotly_chart")) == 2
    assert "The model hears 0." in words_on(app)
    app.button(key="map-open").click().run()
    whole(app)
    assert app.get_by_key("view").value == "Clip"


@pytest.mark.parametrize("points", [[], [{}], [{"customdata": [99]}], [{"customdata": ["x"]}]])
def test_what_a_browser_says_of_a_point_is_not_believed(points, monkeypatch):
    state = {"map": SimpleNamespace(selection=SimpleNamespace(points=points))}
    monkeypatch.setattr(mapping.st, "session_state", state)
    assert mapping._pressed(("a", "b")) is None
