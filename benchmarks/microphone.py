"""Ten words into Chromium's microphone: ``python -m benchmarks.microphone [--repeat N]``.

A WAV plays the microphone of a real Chromium on the Live page: ten of FSDD's official test clips by
six speakers, a second of quiet noise between them (synthetic voices where FSDD is not on this
machine), then 30 s of the noise alone. Prints how many words were detected and how many were right.
The goal: ten detections, nine right; none in the noise. tests/browser asserts the same.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from benchmarks.chromium import Server, chromium, serving
from core.errors import LabError
from core.learning.splits import split_recordings
from core.sound.audio import SAMPLE_RATE, load_waveform
from core.sound.datasets import default_dataset, open_dataset
from core.sound.recordings import Recording

MICROPHONE_RATE = 48000
"""Hz; the rate at which Chromium plays a file as a microphone without resampling it."""
LEAD_SECONDS = 3.0
"""Noise before the first word: the file begins to play while the connection is still made."""
GAP_SECONDS = 1.0
NOISE_SECONDS = 30.0
NOISE = 0.001
"""RMS of the noise, 60 dB below full scale: a quiet room."""
PEAK = 0.4
"""Every word speaks up equally, as one person at one microphone does."""
ORDER = (7, 2, 9, 4, 1, 0, 3, 8, 5, 6)
PATIENCE_SECONDS = 240.0


@dataclass(frozen=True)
class Detected:
    """What Live made of a microphone."""

    spoken: tuple[int, ...]
    heard: tuple[int | None, ...]
    """In order; None is "not a digit"."""

    @property
    def right(self) -> int:
        """How many words were heard as what they were, in order (longest common subsequence)."""
        rows = [[0] * (len(self.heard) + 1) for _ in range(len(self.spoken) + 1)]
        for i, said in enumerate(self.spoken):
            for j, heard in enumerate(self.heard):
                best = max(rows[i][j + 1], rows[i + 1][j])
                rows[i + 1][j + 1] = max(best, rows[i][j] + (said == heard))
        return rows[-1][-1]

    def __str__(self) -> str:
        words = (
            " ".join("–" if d is None else str(d) for d in digits) or "nothing"
            for digits in (self.spoken, self.heard)
        )
        return (
            f"{len(self.heard)} detections for {len(self.spoken)} words, {self.right} right: "
            "spoken {}; heard {}".format(*words)
        )


def ten_words(which: int = 0) -> tuple[Recording, ...]:
    """Return a test clip of each digit, by as many speakers as there are.

    Parameters
    ----------
    which : int
        Another number gives other speakers and takes.
    """
    recordings = [r for r in open_dataset(default_dataset()).recordings if r.digit is not None]
    test = [recordings[i] for i in split_recordings(recordings, "official", 0.1, 0).known]
    speakers = sorted({r.speaker for r in test})
    chosen = []
    for place, digit in enumerate(ORDER):
        speaker = speakers[(place + which) % len(speakers)]
        takes = [r for r in test if r.digit == digit and r.speaker == speaker]
        chosen.append(takes[(place + which) % len(takes)])
    return tuple(chosen)


def microphone_sound(words: Sequence[Recording], seconds_after: float) -> NDArray[np.float32]:
    """Return words with noise before, between, after and under them [shape=(n,)], 48 kHz."""
    parts = [np.zeros(round(LEAD_SECONDS * SAMPLE_RATE), np.float32)]
    for word in words:
        y = load_waveform(word)
        parts += [y * (PEAK / np.abs(y).max()), np.zeros(round(GAP_SECONDS * SAMPLE_RATE), "f4")]
    parts.append(np.zeros(round(seconds_after * SAMPLE_RATE), np.float32))
    y = np.concatenate(parts)
    y += NOISE * np.random.default_rng(0).standard_normal(len(y)).astype(np.float32)
    return np.asarray(soxr.resample(y, SAMPLE_RATE, MICROPHONE_RATE), np.float32)


def flags_of(wav: Path) -> tuple[str, ...]:
    """Return the flags with which Chromium takes a WAV for its microphone, once, unasked."""
    if not wav.is_file():
        raise FileNotFoundError(wav)  # Chromium would play silence, without a word
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={wav}%noloop",
    )


def wait_until_warm(server: Server) -> None:
    """Return once a server whose first page was opened has loaded its recogniser."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not server.workers():  # the standby worker is started right after that
        if time.monotonic() > end:
            raise RuntimeError(f"The server did not warm up: {server.log.read_text('utf-8')}")
        time.sleep(0.2)


def start_button(tab: Any) -> Any:
    """Return the button that starts the microphone; the component is a frame of its own."""
    return tab.frame_locator("iframe").first.get_by_role("button", name="Start listening")


def heard_on(tab: Any) -> tuple[int | None, ...]:
    """Return the digits that the Live page shows, in order."""
    text = tab.get_by_test_id("stCode").first.inner_text()
    return tuple(None if d == "–" else int(d) for d in re.findall(r"[0-9–]", text))


def listen(browser: Any, server: Server, seconds: float) -> tuple[int | None, ...]:
    """Start the microphone on the Live page; return what was heard after so many seconds."""
    tab = browser.new_page()
    tab.set_default_timeout(1000 * PATIENCE_SECONDS)
    tab.goto(server.url + "/live")
    start_button(tab).wait_for()
    wait_until_warm(server)
    start_button(tab).click()
    tab.get_by_test_id("live-digit").wait_for()  # sound arrives
    tab.wait_for_timeout(1000 * seconds)
    heard = heard_on(tab)
    tab.close()
    return heard


def detect(server: Server, folder: Path, words: Sequence[Recording], after: float) -> Detected:
    """Play words, and noise after them, into a Chromium of its own.

    Parameters
    ----------
    server : Server
        The app.
    folder : Path
        Receives the WAV.
    words : sequence of Recording
        What is spoken; may be none.
    after : float
        Seconds of noise after them.
    """
    y = microphone_sound(words, after)
    wav = folder / "microphone.wav"
    soundfile.write(wav, y, MICROPHONE_RATE, subtype="PCM_16")
    with chromium(flags_of(wav)) as browser:
        heard = listen(browser, server, len(y) / MICROPHONE_RATE + 3)
    return Detected(tuple(w.digit for w in words if w.digit is not None), heard)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=1, help="with other clips each time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder) as server:
            for which in range(options.repeat):
                print(detect(server, folder, ten_words(which), 1.0), flush=True)
            print(f"{NOISE_SECONDS:.0f} s of noise: {detect(server, folder, (), NOISE_SECONDS)}")


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
