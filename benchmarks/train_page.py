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
from core.learning.runs import find_run
from core.learning.specs import RunSpec

POINTS = """() => (document.querySelector('.st-key-curves .js-plotly-plot')?.data ?? [])
    .filter(trace => trace.name === 'training, in steps')
    .map(trace => trace._length ?? trace.x?.length ?? 0).reduce((a, b) => Math.max(a, b), 0)"""
"""How many points the fine curve has."""
REDRAWS = """(seconds) => new Promise(done => {
    const plot = document.querySelector('.st-key-curves .js-plotly-plot');
    let n = 0;
    plot.on('plotly_afterplot', () => { n += 1; });
    setTimeout(() => done(n / seconds), 1000 * seconds);
})"""
"""Redraws of the curves a second."""
EFFECT = """([button, appears]) => new Promise((done, failed) => {
    const began = performance.now();
    const there = () => document.querySelector(appears);
    const look = () => there() ? done(performance.now() - began)
        : performance.now() - began > 30000 ? failed('no effect') : requestAnimationFrame(look);
    document.querySelector(button).click();
    look();
})"""
"""Milliseconds from pressing a button to the effect on the page."""
LONG_EPOCHS = 200
WAIT_MS = 240_000


def warm(server: Server, seconds: float = 180) -> None:
    """Wait until a worker stands by with Keras imported: it then sleeps."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for worker in server.workers():
            try:
                if worker.memory_info().rss > 350e6 and worker.cpu_percent(1.0) < 2:
                    return
            except psutil.Error:
                continue
        time.sleep(0.5)


def first_point(page: Any, server: Server) -> dict[str, float]:
    """Return clicks from Home and seconds from the press of Train to the first point."""
    page.goto(server.url)
    page.get_by_role("button", name="Train a network").wait_for()
    warm(server)
    page.get_by_role("button", name="Train a network").click()
    page.locator(".st-key-train button").wait_for()
    page.wait_for_timeout(1500)  # a person reads the page
    began = time.perf_counter()
    page.locator(".st-key-train button").click()
    page.wait_for_function(f"() => ({POINTS})() > 0")
    return {"clicks": 2, "seconds_to_first_point": time.perf_counter() - began}


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
    """Return the server's memory over a run of ``LONG_EPOCHS`` epochs on little data, watched."""
    os.environ["SPOKEN_DIGITS_HOME"] = str(server.home)
    from core.learning.queue import enqueue

    run = enqueue(
        RunSpec(epochs=LONG_EPOCHS, train_share=0.1, batch_size=64, network=small_network())
    )
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
    parser.add_argument("--skip-long", action="store_true", help="leave out the 200 epochs")
    options = parser.parse_args()
    told({"cores": os.cpu_count()})
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), without=("SPOKEN_DIGITS_FSDD",)) as server,
        chromium() as browser,
    ):
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{server.url}/train?epochs=60")
        page.locator(".st-key-train button").wait_for()
        told(first_point(page, server))
        page.get_by_text(re.compile(r"epoch ([1-9]|[1-5]\d) of ")).first.wait_for()
        told({"redraws_a_second": page.evaluate(REDRAWS, 10)})
        told(buttons(page, options.presses))
        page.locator(".st-key-stop button").click()
        page.get_by_text("Speakers it knows, takes it does not").first.wait_for()
        if not options.skip_long:
            told(long_run(page, server))


if __name__ == "__main__":
    main()
