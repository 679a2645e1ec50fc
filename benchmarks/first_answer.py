"""From the press on Live to the first answer possible: ``python -m benchmarks.first_answer``.

Each round starts a server with a data folder of its own, opens Live as the first page, presses the
button as soon as it is there (server just started), reads when the page says that it listens with
its recogniser loaded, closes the tab and does the same again (server warm). The clock is the
browser's own; permission is granted unasked. Prints every time and the medians.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.chromium import Server, chromium, serving
from benchmarks.microphone import (
    MICROPHONE_RATE,
    PATIENCE_SECONDS,
    flags_of,
    start_button,
    wait_until_warm,
)
from core.errors import LabError

READY = """() => {
  const digit = document.querySelector('[data-testid=live-digit]');
  return digit && document.body.innerText.includes('dB, noise') && Date.now() / 1000;
}"""
"""Sound has come, and the level stands where "loading the recogniser" stood."""


def seconds_to_ready(browser: Any, server: Server) -> tuple[float, float]:
    """Return the seconds from opening Live to its button, and from its press to being heard."""
    tab = browser.new_context().new_page()
    tab.set_default_timeout(1000 * PATIENCE_SECONDS)
    opened = time.time()
    tab.goto(server.url + "/live")
    start_button(tab).wait_for()
    # the browser's own press: what this script waits for before it does not count
    start_button(tab).evaluate(
        "button => button.addEventListener('click', () => top.pressed = Date.now() / 1000, true)"
    )
    shown = time.time()
    start_button(tab).click()
    ready = float(tab.wait_for_function(READY).json_value())
    pressed = float(tab.evaluate("() => window.pressed"))
    tab.context.close()
    return shown - opened, ready - pressed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[float]] = {"server just started": [], "server warm": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wav = folder / "microphone.wav"
        y = 0.001 * np.random.default_rng(0).standard_normal(120 * MICROPHONE_RATE)
        soundfile.write(wav, y, MICROPHONE_RATE, subtype="PCM_16")
        with chromium(flags_of(wav)) as browser:
            for i in range(options.rounds):
                (folder / str(i)).mkdir()
                with serving(folder / str(i)) as server:
                    for kind, seconds in found.items():
                        to_button, to_ready = seconds_to_ready(browser, server)
                        seconds.append(to_ready)
                        print(
                            f"{kind}: {to_button:.1f} s to the button, {to_ready:.2f} s from its "
                            "press until a word can be answered",
                            flush=True,
                        )
                        wait_until_warm(server)
    print(f"load {os.getloadavg()[0]:.1f}")
    for kind, seconds in found.items():
        print(f"{kind}: median {statistics.median(seconds):.2f} s of {len(seconds)}")


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
