"""Wherever a visitor enters, and however often: the app's own frame."""

import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from benchmarks.chromium import REPOSITORY

HEADINGS = {
    "/": "Spoken Digit Lab",
    "/browse": "Browse recordings",
    "/train": "Train a network",
    "/live": "Talk to it",
}
PAGES = [
    "Home",
    "Browse",
    "Your voice",
    "Listen",
    "Train",
    "Runs",
    "Race",
    "Lessons",
    "Models",
    "Live",
]


@pytest.mark.parametrize("path", HEADINGS)
def test_the_first_page_after_a_start_has_the_apps_own_navigation(fresh_server, tab, path):
    tab.goto(fresh_server.url + path)
    expect(tab.get_by_role("heading", name=HEADINGS[path])).to_be_visible()
    links = tab.get_by_test_id("stTopNavLink")
    expect(links).to_have_count(len(PAGES))
    assert [t.split("\n")[-1] for t in links.all_inner_texts()] == PAGES
    assert "dashboard" not in tab.locator("body").inner_text().lower()
    assert tab.title() == "Spoken Digit Lab"


def test_a_port_in_use_is_an_error_and_not_a_silent_move(server):
    port = str(urlsplit(server.url).port)
    second = subprocess.run(
        [
            *(sys.executable, "-m", "streamlit", "run", "dashboard.py"),
            *("--server.headless", "true", "--server.port", port),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = second.stdout + second.stderr
    assert second.returncode != 0
    assert port in said
    assert "Traceback" not in said
