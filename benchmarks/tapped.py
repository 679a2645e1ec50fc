"""The app with its microphones tapped: ``python -m benchmarks.tapped run dashboard.py``.

In: streamlit's own arguments, and SPOKEN_DIGITS_TAP, an empty folder. Out: the app as ever, and in
that folder, for each listener, every block's arrival, clock, length and loss (``N.blocks``), its
first samples (``N.samples``, the mean of the channels, 16 bits) and every word (``N.words``), a
JSON list a line; and how late the event loop was, every 20 ms (``loop``). ``benchmarks.taps`` reads
them.
Started by ``benchmarks.chromium.serving(..., module="benchmarks.tapped")``.
"""

import asyncio
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from core.listening.listener import Listener
from core.listening.resampling import Block

WRITE_SECONDS = 0.2
"""Between two looks at the listeners."""
LAG_SECONDS = 0.02
"""Between two looks at the event loop's clock."""
KEEP_SAMPLES = 200 * 48000
"""Samples written of each listener: enough to align them with what was played."""


class _Tap:
    """What is kept of one listener until it is written."""

    def __init__(self, listener: Listener, path: Path) -> None:
        self.listener = listener
        self.path = path
        # the event loop appends, the writer takes all: list.append and the swap are atomic
        self.blocks: list[tuple[float, int, int, int]] = []
        self.samples: list[np.ndarray] = []
        self.n_samples = 0
        self.n_words = 0

    def write(self) -> None:
        blocks, self.blocks = self.blocks, []
        samples, self.samples = self.samples, []
        _append(self.path.with_suffix(".blocks"), blocks)
        with self.path.with_suffix(".samples").open("ab") as file:
            for y in samples:
                file.write(y.tobytes())
        heard = self.listener.heard()
        new = [w for w in heard.words if w.word.number > self.n_words]
        if new:
            self.n_words = new[-1].word.number
        _append(
            self.path.with_suffix(".words"),
            [
                (
                    w.word.number, w.word.start, w.word.end, w.word.answer.digit,
                    w.word.answer.confidence, w.word.answer.seconds, w.word.endpoint_seconds,
                    w.arrived, w.answered, heard.dropped,
                )
                for w in new
            ],
        )  # fmt: skip


def _append(path: Path, rows: list[Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def tap(folder: Path) -> None:
    """Put the tap between the sink and every listener of this process."""
    taps: dict[int, _Tap] = {}
    lags: list[float] = []
    push = Listener.push

    def tapped_push(self: Listener, block: Block, sr: int, at: float | None = None) -> None:
        arrived = time.time()
        push(self, block, sr, at)
        if id(self) not in taps:
            taps[id(self)] = _Tap(self, folder / str(len(taps)))
        mine = taps[id(self)]
        clock = mine.n_samples if at is None else round(at * sr)
        mine.blocks.append((arrived, len(block), sr, clock))
        mine.n_samples += len(block)
        if mine.n_samples <= KEEP_SAMPLES:
            mono = block if block.ndim == 1 else block.mean(axis=1)
            whole = mono if block.dtype == np.int16 else 32767 * mono
            mine.samples.append(whole.astype(np.int16))
        if not lags:
            lags.append(0.0)
            asyncio.get_running_loop().call_later(LAG_SECONDS, measure, time.monotonic())

    def measure(since: float) -> None:
        now = time.monotonic()
        lags.append(now - since - LAG_SECONDS)
        asyncio.get_running_loop().call_later(LAG_SECONDS, measure, now)

    def keep_writing() -> None:
        while True:
            time.sleep(WRITE_SECONDS)
            for each in list(taps.values()):
                each.write()
            new, lags[1:] = lags[1:], []
            _append(folder / "loop", new)

    Listener.push = tapped_push  # type: ignore[method-assign]
    threading.Thread(target=keep_writing, name="tap", daemon=True).start()


if __name__ == "__main__":
    from streamlit.web.cli import main

    tap(Path(os.environ["SPOKEN_DIGITS_TAP"]))
    main(prog_name="streamlit")
