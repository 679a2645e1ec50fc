"""Live for a long time: ``python -m benchmarks.soak [--minutes N] [--visitors N] [--train]``.

Chromium's microphone plays a minute of FSDD's official test clips again and again, for one or more
visitors with pages of their own; ``--train`` has a training run use both cores meanwhile;
``--noise`` plays no word but ``benchmarks.stream``'s noises at random levels, every fourth minute
silence. Prints, every half minute and at the end: frames that came and were lost, memory, threads
and file handles of the server, how late the event loop was, and the latency from the end of a word
(as the stream counts it) to the screen in the first and last fifth. Memory's slope is fitted to the
second half, when everything has been loaded.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile
import soxr

from benchmarks.chromium import Server, chromium, serving
from benchmarks.latency import WATCH, frames, loop_lag, on_screen, sound_of, spread
from benchmarks.microphone import (
    MICROPHONE_RATE,
    PATIENCE_SECONDS,
    flags_of,
    start_button,
    wait_until_warm,
)
from benchmarks.stream import SR, noise_streams
from benchmarks.taps import Tapped, read_taps, rows
from benchmarks.thousand_words import clips_of, evenly
from core.errors import LabError
from core.home import REPOSITORY
from core.listening.sensitivity import events_an_hour

LOOK_SECONDS = 30.0
WORDS = 45
"""About a minute."""


def look(server: Server, since: float) -> tuple[float, ...]:
    """Return minutes, MB, threads and handles of the server's own process, and print them."""
    process = psutil.Process(server.process.pid)
    now = (
        (time.monotonic() - since) / 60, process.memory_info().rss / 1e6,
        process.num_threads(), process.num_fds(),
    )  # fmt: skip
    print("{:5.1f} min  {:7.1f} MB  {:3.0f} threads  {:3.0f} handles".format(*now), flush=True)
    return now


def training(home: Path) -> subprocess.Popen[bytes]:
    """Start a training run that lasts longer than this benchmark."""
    command = (
        "import sys; from core.system import lower_priority; from core.learning import __main__; "
        "lower_priority(); sys.exit(__main__.main(sys.argv[1:]))"  # as a worker of the page's does
    )
    options = ["train", "--data", "fsdd", "--epochs", "200", "--json"]
    return subprocess.Popen(
        [sys.executable, "-c", command, *options],
        cwd=REPOSITORY,
        env={**os.environ, "SPOKEN_DIGITS_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def open_live(browser: Any, server: Server) -> Any:
    tab = browser.new_context().new_page()
    tab.set_default_timeout(1000 * PATIENCE_SECONDS)
    tab.goto(server.url + "/live")
    start_button(tab).wait_for()
    wait_until_warm(server)
    tab.evaluate(WATCH)
    start_button(tab).click()
    tab.get_by_test_id("live-digit").wait_for()
    return tab


def latencies(tapped: Tapped, seen: Sequence[tuple[int, float]]) -> np.ndarray:
    """Return (seconds since the start, latency in seconds) of each word [shape=(n, 2)]."""
    return np.array(
        [
            (w.arrived - tapped.arrived[0], on_screen(w.number, seen) - w.arrived
             + w.endpoint_seconds)
            for w in tapped.words
            if w.number <= max((n for n, _ in seen), default=0)
        ]
    ).reshape(-1, 2)  # fmt: skip


def quiet(minutes: float) -> np.ndarray:
    """Return noises of all kinds at random levels, every fourth minute next to nothing."""
    dev = os.environ.get("SPOKEN_DIGITS_DEV")
    streams = noise_streams(minutes / 60, Path(dev) if dev else None)
    silence = (0.0001 * np.random.default_rng(3).standard_normal(60 * SR)).astype(np.float32)
    return np.concatenate([silence if i % 4 == 3 else y for i, y in enumerate(streams)])


def report(
    taps: list[Tapped], shown: list[Any], looks: np.ndarray, lags: list[float], noise: bool
) -> None:
    hours = (looks[-1, 0] - looks[0, 0]) / 60
    for tapped, seen in zip(taps, shown, strict=True):
        print(frames(tapped))
        digits = sum(w.digit is not None for w in tapped.words)
        print(f"  {len(tapped.words)} words heard, {digits} of them digits", end="")
        an_hour, low, high = events_an_hour(digits, hours)
        print(f": {an_hour:.1f} an hour ({low:.1f} to {high:.1f})" if noise else "")
        found = latencies(tapped, seen)
        if len(found) < WORDS:
            continue
        print("  " + spread("word end -> screen", found[:, 1]))
        fifth = found[-1, 0] / 5
        first = np.median(found[found[:, 0] < fifth, 1])
        last = np.median(found[found[:, 0] > 4 * fifth, 1])
        print(f"  median of the last {fifth / 60:.1f} min / first: {last / first:.2f}x")
    half = looks[len(looks) // 2 :]
    slope = np.polyfit(half[:, 0], half[:, 1], 1)[0] * 60 if len(half) > 2 else float("nan")
    print(f"memory {looks[0, 1]:.0f} -> {looks[-1, 1]:.0f} MB, slope {slope:+.1f} MB/h (2nd half)")
    for name, column in (("threads", 2), ("handles", 3)):
        print(f"{name} {looks[:, column].min():.0f} to {looks[:, column].max():.0f}")
    print(loop_lag(lags))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--visitors", type=int, default=1)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--noise", action="store_true", help="noises and silence, no word")
    options = parser.parse_args()
    if options.noise:
        y = quiet(options.minutes)
    else:
        y, _ = sound_of(evenly(clips_of(choosing=False), WORDS, np.random.default_rng(6)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wav, taps = folder / "microphone.wav", folder / "taps"
        soundfile.write(
            wav, soxr.resample(y, SR, MICROPHONE_RATE), MICROPHONE_RATE, subtype="PCM_16"
        )
        taps.mkdir()
        os.environ["SPOKEN_DIGITS_TAP"] = str(taps)
        flags = [f.removesuffix("%noloop") for f in flags_of(wav)]
        with (
            serving(folder, module="benchmarks.tapped") as server,
            chromium(flags) as browser,
        ):
            tabs = [open_live(browser, server) for _ in range(options.visitors)]
            run = training(server.home) if options.train else None
            since = time.monotonic()
            looks = [look(server, since)]
            while time.monotonic() - since < 60 * options.minutes:
                tabs[0].wait_for_timeout(1000 * LOOK_SECONDS)
                looks.append(look(server, since))
            shown = [
                [(int(n), float(at)) for n, at in tab.evaluate("() => window.digitsSeen")]
                for tab in tabs
            ]
            if run is not None:
                print(f"the training run {'went on' if run.poll() is None else 'had ended'}")
                for child in psutil.Process(run.pid).children(recursive=True):
                    child.kill()
                run.kill()
            time.sleep(0.5)
        print(
            f"{options.minutes} min, {options.visitors} visitor(s), load {os.getloadavg()[0]:.1f}"
        )
        report(read_taps(taps), shown, np.array(looks), rows(taps / "loop"), options.noise)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
