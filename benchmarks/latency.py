"""From the end of a word to the digit on the screen: ``python -m benchmarks.latency [--words N]``.

A WAV plays Chromium's microphone on the Live page: FSDD's official test clips, all speakers, 20 dB
above pink noise, at known times (``--dev``: 77 Speech Commands digits). Prints recall, precision
and right digits, and the latency: from the arrival at the server of the frame that holds the last
10 ms of the word within 25 dB of its peak, to the first animation frame with the digit in the page
(one machine's clock), with its parts; lost frames; how late the event loop was. The browser's
capture, codec and transport come before the clock starts and are stated apart: by how much what
arrives lags behind real time. Goals: median 350 ms, 95 of 100 within 500 ms.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from benchmarks.chromium import chromium, serving
from benchmarks.codec import dev_clips
from benchmarks.microphone import (
    MICROPHONE_RATE,
    PATIENCE_SECONDS,
    flags_of,
    start_button,
    wait_until_warm,
)
from benchmarks.stream import SR
from benchmarks.streams import Placed
from benchmarks.taps import HeardAt, Tapped, offset_of, read_taps, rows
from benchmarks.thousand_words import clips_of, evenly, stream_of
from core.errors import LabError
from core.learning.evaluation import accuracy

LEAD_SECONDS = 5.0
"""Noise before the click: the file plays while the connection is still made."""
PEAK = 0.5
GOALS_MS = (350, 500)

WATCH = """() => {
  window.digitsSeen = [];
  let last = '';
  const look = () => {
    const digit = document.querySelector('[data-testid=live-digit]');
    const count = digit && digit.dataset.count;
    if (!count || count === last) return;
    last = count;
    requestAnimationFrame(() => window.digitsSeen.push([Number(count), Date.now() / 1000]));
  };
  new MutationObserver(look).observe(document.body,
    {subtree: true, childList: true, attributes: true, characterData: true});
}"""

Schedule = list[tuple[Placed, int]]


def sound_of(words: list[tuple[int, str, np.ndarray]]) -> tuple[np.ndarray, Schedule]:
    """Return what the microphone plays at 8 kHz, a click first, and where each digit lies."""
    y, spoken = stream_of(words, 20.0, "pink", 11)
    y = y * (PEAK / np.abs(y).max())
    hiss = np.random.default_rng(0).standard_normal(round(LEAD_SECONDS * SR)) * float(y[:SR].std())
    hiss[-SR : -SR + 40] += PEAK  # a click of 5 ms, a second before the rest
    moved = [(Placed(p.name, p.start + len(hiss), p.end + len(hiss)), d) for p, d in spoken]
    return np.concatenate([hiss, y]).astype(np.float32), moved


def play(
    folder: Path, y: np.ndarray, seconds: float, loop: bool = False
) -> tuple[list[tuple[int, float]], list[Tapped], list[float], float]:
    """Play a sound into Live; return what the page showed when, the taps, lags, and the press.

    Parameters
    ----------
    folder : Path
        Empty; receives the WAV and what the server writes.
    y : np.ndarray [shape=(n,)]
        At 8 kHz.
    seconds : float
        How long to listen.
    loop : bool
        Whether the sound begins anew when it ends.
    """
    wav = folder / "microphone.wav"
    soundfile.write(wav, soxr.resample(y, SR, MICROPHONE_RATE), MICROPHONE_RATE, subtype="PCM_16")
    flags = [f.removesuffix("%noloop") if loop else f for f in flags_of(wav)]
    taps = folder / "taps"
    taps.mkdir()
    os.environ["SPOKEN_DIGITS_TAP"] = str(taps)
    with (
        serving(folder, module="benchmarks.tapped") as server,
        chromium(flags) as browser,
    ):
        tab = browser.new_page()
        tab.set_default_timeout(1000 * PATIENCE_SECONDS)
        tab.goto(server.url + "/live")
        start_button(tab).wait_for()
        wait_until_warm(server)
        tab.evaluate(WATCH)
        pressed = time.time()
        start_button(tab).click()
        tab.get_by_test_id("live-digit").wait_for()
        tab.wait_for_timeout(1000 * seconds)
        seen = [(int(n), float(at)) for n, at in tab.evaluate("() => window.digitsSeen")]
        time.sleep(0.5)
    return seen, read_taps(taps), rows(taps / "loop"), pressed


def on_screen(number: int, seen: Sequence[tuple[int, float]]) -> float:
    """Return when the page first showed that many words or more; infinity if never."""
    return min((at for count, at in seen if count >= number), default=float("inf"))


def matched(words: list[HeardAt], spoken: Schedule, offset: float) -> list[list[HeardAt]]:
    """Return the words heard on each spoken one; the last list holds those heard on none."""
    found: list[list[HeardAt]] = [[] for _ in range(len(spoken) + 1)]
    for word in words:
        shares = [
            min(word.end - offset, p.end / SR) - max(word.start - offset, p.start / SR)
            for p, _ in spoken
        ]
        best = int(np.argmax(shares))
        found[best if shares[best] > 0 else -1].append(word)
    return found


def spread(name: str, seconds: Sequence[float]) -> str:
    ms = 1000 * np.asarray(seconds)
    median, p95 = np.percentile(ms, (50, 95))
    return f"{name}: median {median:.0f} ms, p95 {p95:.0f} ms, most {ms.max():.0f} ms"


def report(
    spoken: Schedule, seen: list[tuple[int, float]], tapped: Tapped, played: np.ndarray
) -> None:
    offset = offset_of(tapped, played)
    heard_from = [(p, d) for p, d in spoken if p.start / SR + offset > 0]
    found = matched(tapped.words, heard_from, offset)
    n = len(heard_from)
    on_words = len(tapped.words) - len(found[-1])
    right = sum([w.digit for w in f] == [d] for f, (_, d) in zip(found, heard_from, strict=False))
    print(f"{n} words came whole of {len(spoken)}; sound began {-offset:.2f} s into the WAV")
    print(f"recall {accuracy(sum(map(bool, found[:-1])), n)}")
    print(f"precision {accuracy(on_words, max(1, len(tapped.words)))}")
    print(f"exactly one word and the right digit {accuracy(right, n)}")
    rows_: list[tuple[float, ...]] = []
    for f, (place, _) in zip(found, heard_from, strict=False):
        if len(f) == 1:
            came = tapped.arrival(place.end / SR + offset)
            shown = on_screen(f[0].number, seen)
            busy = f[0].answered - f[0].arrived
            rows_.append(
                (
                    shown - came, f[0].arrived - came, busy - f[0].recognise_seconds,
                    f[0].recognise_seconds, shown - f[0].answered,
                )
            )  # fmt: skip
    columns = list(zip(*rows_, strict=True))
    names = (
        "word end -> digit on screen", "  until it is known to be over", "  queue, resample, find",
        "  recognise", "  page polls and draws",
    )  # fmt: skip
    for name, column in zip(names, columns, strict=True):
        print(spread(name, column))
    goal = GOALS_MS
    print(f"  goals: median {goal[0]} ms, p95 {goal[1]} ms; of {len(rows_)} words")
    print(frames(tapped))
    lag = tapped.arrived - (tapped.arrived[0] + np.cumsum(tapped.lengths) / tapped.sr)
    print(spread("arrival against the smoothest clock (transport jitter)", lag - lag.min()))


def frames(tapped: Tapped) -> str:
    dropped = tapped.words[-1].dropped if tapped.words else 0
    return (
        f"{len(tapped.lengths)} frames in {tapped.seconds:.0f} s of sound; lost on the way "
        f"{tapped.lost:.3%} (sender's clock), dropped by the listener {dropped}"
    )


def loop_lag(lags: Sequence[float]) -> str:
    ms = 1000 * np.asarray(lags)
    return f"event loop late: p99 {np.percentile(ms, 99):.0f} ms, most {ms.max():.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=100)
    parser.add_argument("--dev", action="store_true", help="77 Speech Commands digits instead")
    options = parser.parse_args()
    words: Any
    if options.dev:
        words = dev_clips(Path(os.environ["SPOKEN_DIGITS_DEV"]))
    else:
        words = evenly(clips_of(choosing=False), options.words, np.random.default_rng(5))
    y, spoken = sound_of(words)
    with tempfile.TemporaryDirectory() as name:
        seen, taps, lags, pressed = play(Path(name), y, len(y) / SR + 2)
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"press -> first sound at the listener {taps[0].arrived[0] - pressed:.2f} s")
    report(spoken, seen, taps[0], y)
    print(loop_lag(lags))


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
