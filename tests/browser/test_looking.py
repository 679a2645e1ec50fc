"""Home and Browse: sound that plays, pictures that change, pages that fit."""

import re

import pytest
from playwright.sync_api import expect

HEADINGS = {
    "/": "Spoken Digit Lab",
    "/browse": "Browse recordings",
    "/voices": "Your voice",
    "/train": "Train a network",
    "/live": "Talk to it",
}
PICTURES = (
    "() => [...document.querySelectorAll('.js-plotly-plot')].map(p => JSON.stringify(p.data))"
)
"""What each plot of a page draws."""
FITS = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .every(e => e.scrollWidth <= e.clientWidth)"""
LUMINANCE = """getComputedStyle(document.querySelector('.stApp')).backgroundColor
    .match(/[0-9.]+/g).slice(0, 3).reduce((a, b) => a + Number(b) / 3, 0)"""
SETTLED = "() => !document.querySelector('[data-testid=stApp][data-test-script-state=running]')"


def settled(tab) -> None:
    """Wait until the page has been drawn to its end."""
    tab.wait_for_function(SETTLED)


def test_home_says_what_it_is_and_has_something_to_hear(tab, server):
    tab.goto(server.url)
    expect(tab.get_by_role("heading", name="Spoken Digit Lab")).to_be_visible()
    players = tab.locator("audio")
    expect(players).to_have_count(3)
    tab.wait_for_function(
        "() => [...document.querySelectorAll('audio')].every(a => a.duration > 0.1)"
    )


def test_a_recording_plays_to_its_end(tab, server):
    tab.goto(server.url)
    expect(tab.locator("audio")).to_have_count(3)
    tab.wait_for_function("() => document.querySelector('audio').duration > 0.1")
    tab.evaluate("() => document.querySelector('audio').play()")
    tab.wait_for_function("() => document.querySelector('audio').ended")


def test_each_step_of_home_leads_to_its_page(tab, server):
    for step, heading in enumerate(
        ("Browse recordings", "Browse recordings", "Train a network", "Talk to it")
    ):
        tab.goto(server.url)
        tab.locator(f".st-key-step-{step} button").click()
        expect(tab.get_by_role("heading", name=heading)).to_be_visible()


def test_browse_opens_on_the_whole_set(tab, server):
    tab.goto(server.url + "/browse")
    expect(tab.locator(".js-plotly-plot")).to_have_count(1, timeout=60_000)  # after its averaging


def test_another_digit_is_another_clip_and_another_address(tab, server):
    tab.goto(server.url + "/browse?view=Clip")
    expect(tab.get_by_text("“0” by")).to_be_visible()
    expect(tab.locator("[data-testid=stBidiComponentIsolated]")).to_have_count(1)
    address = tab.url
    tab.locator(".st-key-digit button").filter(has_text=re.compile(r"^7\b")).click()
    tab.wait_for_function("before => location.href !== before", arg=address)
    assert "digit=7" in tab.url
    expect(tab.get_by_text("“7” by")).to_be_visible()


def test_the_address_of_a_recording_brings_it_back(tab, server):
    tab.goto(server.url + "/browse?view=Clip&digit=4")
    expect(tab.get_by_text("“4” by")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("“4” by")).to_be_visible()
    assert "digit=4" in tab.url


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_its_window_in_the_light_and_in_the_dark(tab, server, width):
    tab.set_viewport_size({"width": width, "height": 800})
    for path, heading in HEADINGS.items():
        tab.goto(server.url + path)
        expect(tab.get_by_role("heading", name=heading)).to_be_visible()
        settled(tab)
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)
            tab.wait_for_function(f"() => {LUMINANCE} {'>' if scheme == 'light' else '<'} 128")
            tab.wait_for_function(FITS)  # or it times out: something is wider than the window
