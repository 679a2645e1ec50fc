"""A hundred thousand clips: ``python -m benchmarks.large_set``.

FSDD's 3,000 files, linked 35 times under other speakers' names, in one folder: 105,000 clips of
2,618 speakers. Prints the first scan with its progress, the second opening against that of 3,000
(alternating, in this one run), the time to count and filter, and the memory that the index takes.
Needs SPOKEN_DIGITS_FSDD and half a minute; clock: time.perf_counter, memory: resident set size.
"""

import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from core.browsing.filters import Choice, chosen, counts
from core.browsing.opening import open_index
from core.errors import LabError
from core.sound.datasets import open_dataset

CLIPS, SPEAKERS, ROUNDS = 105_000, 2_618, 9


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def linked(folder: Path, n: int, n_speakers: int) -> Path:
    """Return a folder with n links to copies of FSDD's files, all digits for each speaker."""
    folder.mkdir()
    originals = folder.parent / "originals"
    if not originals.exists():  # copied once: links cannot lead to another file system
        originals.mkdir()
        for recording in open_dataset("fsdd").recordings:
            data = (recording.root / recording.name).read_bytes()
            (originals / recording.name).write_bytes(data)
    names = sorted(path.name for path in originals.iterdir())
    for i in range(n):
        digit, speaker, take = i % 10, i // 10 % n_speakers, i // 10 // n_speakers
        source = names[300 * digit + i // 10 % 300]  # sorted: 300 of each digit
        os.link(originals / source, folder / f"{digit}_speaker{speaker:04}_{take}.wav")
    return folder


def resident() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["SPOKEN_DIGITS_HOME"] = str(Path(home) / "home")
        small = linked(Path(home) / "small", 3000, 6)
        took, large = timed(lambda: linked(Path(home) / "large", CLIPS, SPEAKERS))
        print(f"{CLIPS} clips of {SPEAKERS} speakers linked in {took:.1f} s")
        time.sleep(3)  # a folder changed just now is not trusted: see core.browsing.opening
        open_index(str(small))
        calls: list[int] = []
        took, _ = timed(lambda: open_index(str(large), calls.append))
        print(f"first scan: {took:.2f} s, {len(calls)} signs of progress, the last {calls[-1]}")

        seconds: dict[Path, list[float]] = {small: [], large: []}
        for _ in range(ROUNDS):
            for root, some in seconds.items():
                some.append(timed(lambda root=root: open_index(str(root)))[0])
        of_small, of_large = (1000 * statistics.median(some) for some in seconds.values())
        print(
            f"second opening, median of {ROUNDS}: {of_large:.2f} ms, with 3,000 clips "
            f"{of_small:.2f} ms: {of_large / of_small:.2f}x (goal: at most 2x)"
        )

        view(str(large))
        memory(str(small), str(large))


def view(large: str) -> None:
    index = open_index(large)
    choice = Choice(digits=(3, 7), split="test")
    filtering, places = timed(lambda: chosen(index, choice))
    counting, table = timed(lambda: counts(index, chosen(index, Choice())))
    listing, _ = timed(lambda: index.recordings(places[:20]))
    cells, _ = timed(lambda: index.cells)
    print(
        f"filter {1000 * filtering:.1f} ms ({len(places)} fit), count {1000 * counting:.1f} ms "
        f"({table.sum()} in {table.size} cells), twenty recordings {1000 * listing:.2f} ms, "
        f"all cells once {1000 * cells:.0f} ms"
    )


def memory(small: str, large: str) -> None:
    open_index(small)
    before = resident()
    index = open_index(large)
    cells, table = index.cells, counts(index, chosen(index, Choice()))
    growth = (resident() - before) / CLIPS
    print(
        f"memory: {growth:.0f} bytes a clip with {len(cells)} cells and {table.size} counts "
        "(goal: under 1000)"
    )
    before = resident()
    catalogue = index.catalogue()
    growth = (resident() - before) / len(catalogue)
    print(f"  as a catalogue of recordings on top: {growth:.0f} bytes a clip")


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
