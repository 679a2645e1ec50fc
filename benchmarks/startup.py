"""From launching ``streamlit run`` to Home in an open Chromium: ``python -m benchmarks.startup``.

Alternates with an empty Streamlit page (one line, a title), so that both meet the same machine.
The clock starts when the process is launched and stops when the heading is visible; the browser
runs already and asks for the page until it is there. Prints every time, medians and their ratio.
The goal: at most 1.5 times the empty page.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.chromium import chromium, free_port, launch, stop

GOAL = 1.5
EMPTY_PAGE = 'import streamlit as st\n\nst.title("Nothing here")\n'
SECONDS = 180.0


def seconds_to_heading(browser: Any, folder: Path, script: Path | None, heading: str) -> float:
    """Return the seconds from launching a server to a heading on its first page.

    Parameters
    ----------
    browser
        A running Chromium.
    folder : Path
        Receives the data folder and what the server prints.
    script : Path or None
        What to serve; None for the app.
    heading : str
        What the page is headed.
    """
    from playwright.sync_api import Error

    tab = browser.new_context().new_page()  # nothing is in its cache, as on a first visit
    began = time.perf_counter()
    server = launch(free_port(), folder / "server.log", folder / "home", script)
    try:
        while True:
            try:
                tab.goto(server.url, wait_until="commit")
                break
            except Error:  # nobody listens yet
                if server.process.poll() is not None or time.perf_counter() - began > SECONDS:
                    raise
                time.sleep(0.02)
        tab.get_by_role("heading", name=heading).wait_for(timeout=1000 * SECONDS)
        return time.perf_counter() - began
    finally:
        tab.context.close()
        stop(server)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    found: dict[str, list[float]] = {"an empty page": [], "Home": []}
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        empty = folder / "empty.py"
        empty.write_text(EMPTY_PAGE, "utf-8")
        for script, heading in ((empty, "Nothing here"), (None, "Spoken Digit Lab")):
            seconds_to_heading(browser, folder, script, heading)  # writes .pyc files; not counted
        for _ in range(options.times):
            found["an empty page"] += [seconds_to_heading(browser, folder, empty, "Nothing here")]
            found["Home"] += [seconds_to_heading(browser, folder, None, "Spoken Digit Lab")]
    medians = {name: statistics.median(times) for name, times in found.items()}
    for name, times in found.items():
        print(f"{name}: {' '.join(f'{t:.2f}' for t in times)} s, median {medians[name]:.2f} s")
    ratio = medians["Home"] / medians["an empty page"]
    print(f"Home takes {ratio:.2f} times as long (goal: at most {GOAL})")


if __name__ == "__main__":
    main()
