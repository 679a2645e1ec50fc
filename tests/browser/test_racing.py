"""Race, in a browser: begun by one press, found after a reload, stopped; paths that follow."""

import re

import pytest
from playwright.sync_api import expect

from core.learning.racing.races import find_race


@pytest.fixture
def on_disk(server, monkeypatch):
    """Look at races where the server keeps them; nothing may go on after a test."""
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(server.home))
    yield lambda name: find_race(name).look()
    for worker in server.workers():
        worker.kill()


def test_a_race_is_found_after_a_reload_while_paths_are_looked_at_and_stops(tab, server, on_disk):
    tab.goto(server.url + "/race")
    tab.locator(".st-key-race-start button").click()
    tab.wait_for_url(re.compile(r"[?&]race=\d{8}-\d{6}-[0-9a-f]{6}"))
    name = re.search(r"[?&]race=([^&#]+)", tab.url)[1]
    tab.get_by_text("Paths on a surface").click()
    expect(tab.get_by_text("after 100 steps").first).to_be_visible()
    tab.get_by_text("One step under glass").click()
    expect(tab.get_by_text("Checked: Keras's own optimizer gives")).to_have_count(3)
    tab.goto(f"{server.url}/race?race={name}")
    expect(tab.get_by_text("Sweep of").first).to_be_visible()
    tab.locator(".st-key-race-stop button").click()
    expect(tab.get_by_text("Stopped before its end.")).to_be_visible()
    look = on_disk(name)
    assert look.standing.state == "stopped"
    assert look.results.epochs < look.planned
