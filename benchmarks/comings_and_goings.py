"""Coming back to Live: ``python -m benchmarks.comings_and_goings [--times N] [--kind KIND ...]``.

Twenty times each, a visitor whose microphone plays: reloads the page; goes to another page and
comes back within a second; closes the tab; presses stop and start. Each time Live must be ready at
the first press and hear sound again. Afterwards the server's threads that listen and its file
handles must be back at their baseline within 45 seconds. Prints what came of it.
"""

import argparse
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import soundfile
import soxr

from benchmarks.chromium import Server, chromium, serving
from benchmarks.latency import sound_of
from benchmarks.microphone import (
    MICROPHONE_RATE,
    PATIENCE_SECONDS,
    flags_of,
    start_button,
    wait_until_warm,
)
from benchmarks.stream import SR
from benchmarks.thousand_words import clips_of
from core.errors import LabError

BASELINE_SECONDS = 45.0
SLACK_HANDLES = 4
"""Handles more than before that are no leak: a websocket, a log."""


def start(tab: Any) -> None:
    """Press start once; return when sound has come."""
    start_button(tab).click()
    tab.get_by_test_id("live-digit").wait_for()


def open_live(browser: Any, server: Server) -> Any:
    tab = browser.new_context().new_page()
    tab.set_default_timeout(30_000)
    tab.goto(server.url + "/live")
    start(tab)
    return tab


def reload(tab: Any, browser: Any, server: Server) -> Any:
    tab.reload()
    start(tab)
    return tab


def leave(tab: Any, browser: Any, server: Server) -> Any:
    tab.get_by_role("link", name="Home").click()
    tab.wait_for_timeout(700)
    tab.get_by_role("link", name="Live").click()
    start(tab)
    return tab


def kill(tab: Any, browser: Any, server: Server) -> Any:
    tab.context.close()
    return open_live(browser, server)


def stop_start(tab: Any, browser: Any, server: Server) -> Any:
    tab.frame_locator("iframe").first.get_by_role("button", name="Stop").click()
    tab.get_by_test_id("live-digit").wait_for(state="detached")
    start(tab)
    return tab


KINDS: dict[str, Callable[[Any, Any, Server], Any]] = {
    "reload": reload,
    "leave and return": leave,
    "kill the tab": kill,
    "stop and start": stop_start,
}


def state(server: Server) -> tuple[int, int]:
    """Return the server's threads and handles.

    The web server's idle threads (up to 40, for 10 s, whatever page is open) end only when it is
    asked something, so it is.
    """
    with urllib.request.urlopen(server.url) as page:
        page.read()
    process = psutil.Process(server.process.pid)
    return process.num_threads(), process.num_fds()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--kind", action="append", choices=[*KINDS])
    options = parser.parse_args()
    y, _ = sound_of(clips_of(choosing=True)[:300:20])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wav = folder / "microphone.wav"
        soundfile.write(
            wav, soxr.resample(y, SR, MICROPHONE_RATE), MICROPHONE_RATE, subtype="PCM_16"
        )
        flags = [f.removesuffix("%noloop") for f in flags_of(wav)]
        with serving(folder) as server, chromium(flags) as browser:
            first = browser.new_context().new_page()
            first.set_default_timeout(1000 * PATIENCE_SECONDS)
            first.goto(server.url + "/live")
            wait_until_warm(server)
            first.context.close()
            open_live(browser, server).context.close()  # whatever is loaded once is loaded now
            time.sleep(BASELINE_SECONDS)
            before = state(server)
            for kind in options.kind or KINDS:
                dead, took = 0, []
                tab = open_live(browser, server)
                for _ in range(options.times):
                    began = time.monotonic()
                    try:
                        tab = KINDS[kind](tab, browser, server)
                    except Exception as error:  # counted: Playwright's own errors, of any kind
                        print(f"  {kind}: {str(error).splitlines()[0]}")
                        print(f"    {' | '.join(tab.inner_text('body').splitlines())[:1000]}")
                        dead += 1
                        tab.context.close()
                        tab = open_live(browser, server)
                    took.append(time.monotonic() - began)
                tab.context.close()
                ended = time.monotonic()
                while time.monotonic() - ended < BASELINE_SECONDS:
                    now = state(server)
                    if now[0] <= before[0] and now[1] <= before[1] + SLACK_HANDLES:
                        break
                    time.sleep(0.5)
                back = time.monotonic() - ended
                print(
                    f"{kind}: {options.times - dead} of {options.times} came back at the first "
                    f"press (median {sorted(took)[len(took) // 2]:.1f} s); threads, handles "
                    f"{before} -> {now} after {back:.0f} s",
                    flush=True,
                )
        log = (folder / "server.log").read_text("utf-8")
        print(f"tracebacks in the server's log: {log.count('Traceback')}")
        for _, *told in (part.splitlines() for part in log.split("Traceback")[1:]):
            ends = [line for line in told if line and not line.startswith(" ")]
            print(f"  {ends[0] if ends else told[-1:]}")


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
