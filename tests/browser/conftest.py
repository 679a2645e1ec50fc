"""One real server, one Chromium at a time, and what must hold on every page."""

import importlib.util
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.chromium import Server, chromium, chromium_path, serving

WITHOUT_FSDD = ("SPOKEN_DIGITS_FSDD",)
"""Every machine shows the same pages, on the synthetic voices, whether FSDD is there or not."""
SECONDS = 240
"""Patience with a page: it is there in two seconds, or in a hundred on a busy machine."""

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session", autouse=True)
def browser_tests(absent) -> None:
    """Skip where there is no browser to drive."""
    if importlib.util.find_spec("playwright") is None:
        absent("Playwright is not installed: pip install -r requirements-dev.txt")
    if chromium_path() is None:
        absent("Chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import expect

    expect.set_options(timeout=1000 * SECONDS)


@pytest.fixture(scope="package")
def server(browser_tests, tmp_path_factory) -> Iterator[Server]:
    """The app, running."""
    with serving(tmp_path_factory.mktemp("server"), without=WITHOUT_FSDD) as running:
        yield running


@pytest.fixture
def fresh_server(browser_tests, tmp_path) -> Iterator[Server]:
    """The app, just started: nobody has opened a page yet."""
    with serving(tmp_path, without=WITHOUT_FSDD) as running:
        yield running


@pytest.fixture(scope="module")
def browser(browser_tests) -> Iterator:
    """Chromium, for one file of tests."""
    with chromium() as running:
        yield running


class Watch:
    """Writes down where a browser's pages send requests."""

    def __init__(self) -> None:
        self.addresses: list[str] = []

    def attach(self, context) -> None:
        """Watch every page of a context, its frames, workers and sockets."""
        context.on("request", lambda request: self.addresses.append(request.url))
        context.on(
            "page", lambda page: page.on("websocket", lambda ws: self.addresses.append(ws.url))
        )

    def abroad(self) -> list[str]:
        """Return the addresses that are not on this machine."""
        local = ("127.0.0.1", None)  # data: and blob: have no host
        return [a for a in self.addresses if urlsplit(a).hostname not in local]


@pytest.fixture
def open_context() -> Iterator[Callable]:
    """Open a context in a browser; whatever a test does there, nothing may leave the machine."""
    watch = Watch()
    contexts = []

    def opened(browser, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(1000 * SECONDS)
        watch.attach(context)
        contexts.append(context)
        return context

    yield opened
    tracebacks = []
    for context in contexts:
        for page in context.pages:
            text = page.locator("body").inner_text()
            tracebacks += re.findall(r"Traceback.*|\w+Error: .*|encountered an error.*", text)
        context.close()
    assert watch.abroad() == []
    assert tracebacks == []


@pytest.fixture
def tab(browser, open_context):
    """A tab in Chromium, 1280 pixels wide."""
    return open_context(browser).new_page()
