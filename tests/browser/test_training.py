"""Train, in a browser: a curve that moves, a reload, stop, a killed worker, a model to talk to."""

import re
import time

import pytest
from playwright.sync_api import expect

from benchmarks.seed_network import choose_epochs
from core.learning.runs import find_run

SECONDS = 240
"""Patience with a worker on a busy machine."""

POINTS = """() => (document.querySelector('.st-key-curves .js-plotly-plot')?.data ?? [])
    .filter(trace => trace.name === 'training, in steps')
    .map(trace => trace._length ?? trace.x?.length ?? 0).reduce((a, b) => Math.max(a, b), 0)"""
"""How many points the fine curve has."""


def start(tab, server, epochs: int) -> str:
    """Press Train for so many epochs of the seed's network; return the run's name."""
    tab.goto(server.url + "/train")
    expect(tab.get_by_role("heading", name="Train a network")).to_be_visible()
    choose_epochs(tab, epochs)
    tab.locator(".st-key-train button").click()
    tab.wait_for_url(re.compile(r"[?&]run=\d{8}-\d{6}-[0-9a-f]{6}"))
    return run_of(tab)


def run_of(tab) -> str:
    """Return the run that the address names."""
    return re.search(r"[?&]run=([^&#]+)", tab.url)[1]


def wait_for_an_epoch(tab, on_disk, name: str) -> None:
    """Wait until an epoch is kept: before that there is nothing to keep, whatever is drawn."""
    end = time.monotonic() + SECONDS
    while not on_disk(name).history.epochs:
        assert time.monotonic() < end, on_disk(name)
        tab.wait_for_timeout(200)


@pytest.fixture
def on_disk(server, monkeypatch):
    """Look at runs where the server keeps them; nothing may go on after a test."""
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(server.home))
    yield lambda name: find_run(name).snapshot()
    for worker in server.workers():
        worker.kill()


def test_a_run_ends_with_a_verdict_and_its_model_can_be_chosen_on_live(tab, server, on_disk):
    name = start(tab, server, 4)
    expect(tab.get_by_text(re.compile(r"epoch [1-4] of 4")).first).to_be_visible()
    expect(tab.get_by_text("Speakers it knows, takes it does not").first).to_be_visible()
    assert on_disk(name).state == "finished"
    assert on_disk(name).spec.epochs == 4
    verdict = re.compile("Healthy|Overfitting|Underfitting|Too slow|Diverged")
    expect(tab.get_by_text(verdict).first).to_be_visible()
    assert tab.evaluate(POINTS) > 0
    box = tab.get_by_role("textbox", name="Keep this model as")
    box.fill("seven and friends")
    box.press("Tab")
    tab.get_by_role("button", name="Keep it").click()
    expect(tab.get_by_text("Kept as seven-and-friends")).to_be_visible()
    assert (server.home / "models" / "seven-and-friends" / "card.json").is_file()
    tab.goto(server.url + "/live")
    tab.get_by_text("Models and sensitivity").click()
    models = tab.locator(".st-key-live-model").get_by_role("combobox")
    models.click()
    tab.get_by_role("option", name="seven and friends").click()
    expect(models).to_have_value("seven and friends")


def test_a_curve_moves_a_reload_finds_the_run_and_stop_stops_it(tab, server, on_disk):
    name = start(tab, server, 60)
    tab.wait_for_function(f"() => ({POINTS})() > 1")
    tab.reload()
    tab.wait_for_function(f"() => ({POINTS})() > 1")
    assert run_of(tab) == name
    points = tab.evaluate(POINTS)
    tab.wait_for_function(f"() => ({POINTS})() > {points}")
    assert on_disk(name).state == "running"
    wait_for_an_epoch(tab, on_disk, name)
    tab.locator(".st-key-stop button").click()
    expect(tab.get_by_text("Keep this model as")).to_be_visible()
    snapshot = on_disk(name)
    assert snapshot.state == "stopped"
    assert len(snapshot.history.epochs) < 60


def test_a_killed_worker_is_told_and_what_it_learned_can_be_kept(tab, server, on_disk):
    name = start(tab, server, 60)
    tab.wait_for_function(f"() => ({POINTS})() > 1")
    wait_for_an_epoch(tab, on_disk, name)
    for worker in server.workers():
        worker.kill()  # kill -9: no last word
    expect(tab.get_by_text(re.compile("interrupted", re.I)).first).to_be_visible()
    assert on_disk(name).state == "interrupted"
    expect(tab.get_by_text("Its best epoch can be kept").first).to_be_visible()
    expect(tab.get_by_role("button", name="Keep it")).to_be_visible()
    expect(tab.locator(".st-key-train button")).to_be_enabled()


def test_a_run_goes_on_in_another_tab(tab, server, on_disk, open_context, browser):
    name = start(tab, server, 60)
    tab.wait_for_function(f"() => ({POINTS})() > 1")
    address = tab.url
    tab.close()
    other = open_context(browser).new_page()
    other.goto(address)
    other.wait_for_function(f"() => ({POINTS})() > 1")
    assert on_disk(name).state == "running"
    other.goto(server.url + "/train")  # without its name: the run in progress is shown anyway
    other.wait_for_function(f"() => ({POINTS})() > 1")
    other.locator(".st-key-train button").click()
    expect(other.get_by_text("This run waits").first).to_be_visible()
    other.locator(".st-key-cancel button").click()
    expect(other.get_by_text("Cancelled").first).to_be_visible()
