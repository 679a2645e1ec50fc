"""What one view of Browse sends: ``python -m benchmarks.payload``.

Bytes of websocket messages and of media files that Chromium receives for each view, freshly opened;
Streamlit's own static files are left out. First with FSDD, then with FSDD linked as 105,000 clips
of 2,618 speakers. Needs SPOKEN_DIGITS_FSDD, Chromium and a few minutes.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.chromium import chromium, serving
from benchmarks.clip_change import SETTLED
from benchmarks.large_set import CLIPS, SPEAKERS, linked

VIEWS = ("Set", "Clip", "Picture", "Change", "Compare", "Find")
GOAL = 2.0


class Received:
    """Counts what a tab receives."""

    def __init__(self, tab: Any) -> None:
        self.n = 0
        tab.on("websocket", lambda ws: ws.on("framereceived", self.frame))
        tab.on("requestfinished", self.request)

    def frame(self, payload: Any) -> None:
        """Count one websocket message."""
        self.n += len(payload)

    def request(self, request: Any) -> None:
        """Count a media file."""
        if "/media/" in request.url and "/static/" not in request.url:
            self.n += request.sizes()["responseBodySize"]


def rest(tab: Any) -> None:
    """Wait until the page and the work behind it have come to rest."""
    for _ in range(120):
        tab.wait_for_function(SETTLED)
        tab.wait_for_timeout(700)
        if not tab.locator("[data-testid=stProgress]").count():
            break


def views(tab: Any, received: Received, what: str) -> None:
    for view in VIEWS:
        received.n = 0
        tab.locator(".st-key-view button", has_text=view).first.click()
        rest(tab)
        size = received.n / 1e6
        print(f"{what}, {view}: {size:.2f} MB {'' if size <= GOAL else 'MORE THAN 2 MB'}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        large = linked(Path(folder) / "large", CLIPS, SPEAKERS)
        with serving(Path(folder)) as app:
            tab = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            tab.set_default_timeout(120_000)
            received = Received(tab)
            tab.goto(app.url + "/browse?view=Set&data=fsdd")
            tab.get_by_role("heading", name="Browse recordings").wait_for()
            rest(tab)
            print(f"FSDD, first opening, Set: {received.n / 1e6:.2f} MB")
            views(tab, received, "FSDD")
            tab.get_by_text("Use recordings of your own").click()
            tab.locator(".st-key-own-path input").fill(str(large))
            tab.keyboard.press("Enter")
            rest(tab)
            tab.locator(".st-key-use-path button").click()
            rest(tab)
            views(tab, received, f"{CLIPS} clips")


if __name__ == "__main__":
    main()
