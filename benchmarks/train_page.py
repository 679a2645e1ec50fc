"""How the Train page feels: clicks and seconds to the first point, buttons at work, memory.

``python -m benchmarks.train_page`` serves the app on the synthetic voices, drives it in Chromium,
and prints its figures with the load of the machine beside them.
"""

import argparse
import json
import os
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.chromium import Server, chromium, serving
from benchmarks.seed_network import wait_for_standby
from core.learning.runs import find_run
from core.learning.specs import RunSpec

POINTS = """() => (document.querySelector('.st-key-curves .js-plotly-plot')?.data ?? [])
    .filter(trace => trace.name === 'training, in steps')
    .map(trace => trace._length ?? trace.x?.length ?? 0).reduce((a, b) => Math.max(a, b), 0)"""
"""How many points the fine curve has."""
REDRAWS = """(seconds) => new Promise(done => {
    const began = performance.now(), at = [];
    let before = null;
    const look = () => {
        const lines = document.querySelectorAll('.st-key-curves .scatterlayer .js-line');
        const now = [...lines].map(line => line.getAttribute('d')).join(' ');
        if (before !== null && now !== before) at.push(performance.now());
        before = now;
        if (performance.now() - began < 1000 * seconds) { requestAnimationFrame(look); return; }
        const gaps = at.slice(1).map((t, i) => Math.round(t - at[i])).sort((a, b) => a - b);
        done({redraws_a_second: at.length / seconds,
              median_gap_ms: gaps[gaps.length >> 1] ?? null, longest_gap_ms: gaps.at(-1) ?? null,
              state: document.querySelector('[data-testid="stProgress"]')?.innerText});
    };
    look();
})"""
"""How often a second the drawn lines of the curves change on the screen."""
EFFECT = """([button, appears]) => new Promise((done, failed) => {
    const began = performance.now();
    const there = () => document.querySelector(appears) && !document.querySelector(button);
    const look = () => there() ? done(performance.now() - began)
        : performance.now() - began > 30000 ? failed('no effect') : requestAnimationFrame(look);
    document.querySelector(button).click();
    look();
})"""
"""Milliseconds from pressing a button until another stands in its place."""
PARTS = ("first", "redraws", "buttons", "memory")
LONG_EPOCHS = 200
WATCHED_EPOCHS = 60
"""More than the measurements of a run at work last, and no more than the page offers."""
WAIT_MS = 60_000


def first_point(page: Any, server: Server) -> dict[str, float]:
    """Return clicks from Home and seconds from the press of Train to the first point."""
    page.goto(server.url)
    page.get_by_role("button", name="Train a network").wait_for()
    wait_for_standby(server)
    page.get_by_role("button", name="Train a network").click()
    page.locator(".st-key-train button").wait_for()
    page.wait_for_timeout(1500)  # a person reads the page
    before = page.url
    began = time.perf_counter()
    page.locator(".st-key-train button").click()
    page.wait_for_function("before => location.href !== before", arg=before)
    page.wait_for_function(f"() => ({POINTS})() === 0")  # the curve of the run before has gone
    page.wait_for_function(f"() => ({POINTS})() > 0")
    return {"clicks": 2, "seconds_to_first_point": round(time.perf_counter() - began, 2)}


def stopped(page: Any) -> None:
    """Stop the run that is shown, and wait for its end."""
    page.locator(".st-key-stop button").click()
    page.wait_for_function(
        "() => document.querySelector('.st-key-stop button')?.disabled !== false"
    )


def at_work(page: Any, server: Server) -> None:
    """Start a run that outlasts the measurements, and wait for its first epoch's end."""
    page.goto(f"{server.url}/train?epochs={WATCHED_EPOCHS}")
    page.locator(".st-key-train button").wait_for()
    wait_for_standby(server)
    page.locator(".st-key-train button").click()
    page.get_by_text(re.compile(r"epoch ([2-9]|\d\d) of ")).first.wait_for()


def buttons(page: Any, times: int) -> dict[str, Any]:
    """Return how long pressing Pause and Continue takes to show, while a run is at work."""
    took = []
    for _ in range(times):
        pause = [".st-key-pause button", ".st-key-continue button"]
        for pair in (pause, pause[::-1]):
            page.locator(pair[0]).wait_for()
            took.append(float(page.evaluate(EFFECT, pair)))
            page.wait_for_timeout(400)
    took.sort()
    return {
        "presses": len(took),
        "median_ms": statistics.median(took),
        "p95_ms": took[min(len(took) - 1, round(0.95 * len(took)) - 1)],
    }


def long_run(page: Any, server: Server) -> dict[str, Any]:
    """Return the server's memory over a run of ``LONG_EPOCHS`` epochs, watched."""
    os.environ["SPOKEN_DIGITS_HOME"] = str(server.home)
    from core.learning.queue import enqueue

    run = enqueue(RunSpec(epochs=LONG_EPOCHS, batch_size=16, network=small_network()))
    page.goto(f"{server.url}/train?run={run.name}")
    process = psutil.Process(server.process.pid)
    looks: list[float] = []
    while not looks or not find_run(run.name).snapshot().result:  # type: ignore[union-attr]
        looks.append(process.memory_info().rss / 1e6)
        page.wait_for_timeout(1000)
        if find_run(run.name).standing().state in ("failed", "interrupted"):  # type: ignore[union-attr]
            break
    snapshot = find_run(run.name).snapshot()  # type: ignore[union-attr]
    tenth = max(1, len(looks) // 10)
    return {
        "epochs": len(snapshot.history.epochs),
        "seconds": snapshot.history.epochs[-1].seconds if snapshot.history.epochs else None,
        "server_mb_first_tenth": statistics.median(looks[:tenth]),
        "server_mb_last_tenth": statistics.median(looks[-tenth:]),
        "server_mb_most": max(looks),
        "log_mb": (run.folder / "log.jsonl").stat().st_size / 1e6,
    }


def small_network() -> Any:
    """Return a network whose epochs are quick."""
    from core.learning.network_config import Convolution, Flatten, NetworkConfig

    return NetworkConfig((Convolution(4, stride=4), Flatten()))


def told(figures: dict[str, Any]) -> None:
    """Print figures with the load under which they were measured; what comes first is not lost."""
    print(json.dumps({**figures, "load": round(os.getloadavg()[0], 1)}), flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=20, help="pairs of pause and continue")
    parser.add_argument("--times", type=int, default=3, help="first points")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[*PARTS])
    options = parser.parse_args()
    told({"cores": os.cpu_count()})
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        serving(Path(folder), without=("SPOKEN_DIGITS_FSDD",)) as server,
        chromium() as browser,
    ):
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(WAIT_MS)
        if "first" in options.only:
            for _ in range(options.times):
                told(first_point(page, server))
                stopped(page)
        if {"redraws", "buttons"} & {*options.only}:
            at_work(page, server)
            if "redraws" in options.only:
                told(page.evaluate(REDRAWS, 15))
            if "buttons" in options.only:
                told(buttons(page, options.presses))
            stopped(page)
        if "memory" in options.only:
            told(long_run(page, server))


if __name__ == "__main__":
    main()
