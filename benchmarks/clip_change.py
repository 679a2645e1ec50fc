"""Another clip, another picture: ``python -m benchmarks.clip_change``.

From the click to the second animation frame after the new picture is drawn, in Chromium, with FSDD:
Browse's view of one clip against ``bare_page.py``, a Streamlit page that redraws one Plotly heatmap
and one line of the same size. The two take turns, click by click, on two servers of this one run;
the first clicks warm both up and are not counted. Needs SPOKEN_DIGITS_FSDD, Chromium and two
minutes; clock: performance.now() in the page.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.chromium import chromium, serving

CLICKS, WARM = 60, 8
GOAL = 1.5

IN_BROWSE = """(selector) => new Promise(done => {
  const root = [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)
    .map(s => s.querySelector('[data-updates]')).find(Boolean)
    ?? document.querySelector('[data-updates]');
  const before = root.dataset.updates;
  const start = performance.now();
  const look = () => {
    if (root.dataset.updates === before) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { attributes: true });
  document.querySelector(selector).click();
})"""

IN_BARE = """(selector) => new Promise(done => {
  const drawn = () => document.querySelector('.js-plotly-plot .hm image')?.href.baseVal;
  const before = drawn();
  const start = performance.now();
  const look = () => {
    const now = drawn();
    if (!now || now === before) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { attributes: true, childList: true, subtree: true });
  document.querySelector(selector).click();
})"""

SETTLED = "() => !document.querySelector('[data-testid=stApp][data-test-script-state=running]')"


def clicked(tab: Any, script: str, selector: str) -> float:
    """Return how long a click took (ms), once the page has come to rest."""
    took: float = tab.evaluate(script, selector)
    tab.wait_for_function(SETTLED)
    tab.wait_for_timeout(60)
    return took


def another_kind(i: int) -> str:
    """Return the button that changes the picture at the i-th click."""
    return f".st-key-kind button:nth-of-type({1 if i % 2 == 0 else 2})"


def compared(browse: Any, bare: Any, button: Callable[[int], str], what: str) -> None:
    took: dict[str, list[float]] = {"Browse": [], "bare page": []}
    for i in range(WARM + CLICKS):
        some = clicked(browse, IN_BROWSE, button(i)), clicked(bare, IN_BARE, button(i))
        if i >= WARM:
            for ms, times in zip(some, took.values(), strict=True):
                times.append(ms)
    figures = {name: np.percentile(ms, (50, 95)) for name, ms in took.items()}
    for name, (median, p95) in figures.items():
        print(f"{what}, {name}: median {median:.0f} ms, p95 {p95:.0f} ms ({CLICKS} clicks)")
    ratio = figures["Browse"] / figures["bare page"]
    print(f"  Browse / bare: median {ratio[0]:.2f}x, p95 {ratio[1]:.2f}x (goal: {GOAL}x)")


def main() -> None:
    script = Path(__file__).with_name("bare_page.py")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(_made(folder, "browse")) as app,
        serving(_made(folder, "bare"), script) as bare_app,
        chromium() as browser,
    ):
        browse = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        bare = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        browse.goto(app.url + "/browse?view=Clip&data=fsdd")
        bare.goto(bare_app.url)
        browse.locator("[data-updates] canvas").first.wait_for(timeout=120_000)
        bare.locator(".js-plotly-plot").first.wait_for(timeout=120_000)
        browse.wait_for_timeout(8000)  # the recogniser and a worker warm up behind the page
        compared(browse, bare, lambda i: ".st-key-next button", "another clip")
        compared(browse, bare, another_kind, "another picture")


def _made(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir()
    return path


if __name__ == "__main__":
    main()
