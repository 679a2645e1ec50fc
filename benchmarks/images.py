"""Images of a whole data set, against librosa: ``python -m benchmarks.images``.

Both read all of FSDD's 3,000 clips, place each in one second and make its log-mel image; librosa is
called once beforehand, so that its compilation does not count. The two take turns, ``ROUNDS``
times, in one process; the ratio is of the medians. Then the mel power of both is compared, and the
cache's second start is measured. Needs SPOKEN_DIGITS_FSDD; clock: time.perf_counter.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import librosa
import numpy as np

from core.browsing import pictures
from core.browsing.reading import in_chunks, read_clips
from core.errors import LabError
from core.sound.datasets import open_dataset
from core.sound.images import LOG_MEL
from core.sound.recordings import Recording
from core.sound.spectrograms import mel_power
from core.sound.windows import place

ROUNDS = 3


def cpu(work: Callable[[], Any]) -> float:
    """Return the processor's seconds, which other programs on the machine change little."""
    began = time.process_time()
    work()
    return time.process_time() - began


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def placed(recording: Recording) -> np.ndarray:
    y, _ = librosa.load(recording.root / recording.name, sr=8000)
    return place(y, LOG_MEL.n_samples)


def librosa_power(window: np.ndarray) -> np.ndarray:
    a = LOG_MEL.analysis
    return librosa.feature.melspectrogram(
        y=window, sr=a.sr, n_fft=a.n_fft, hop_length=a.hop_length, n_mels=a.n_mels,
        fmin=a.fmin, fmax=a.fmax, pad_mode="constant",
    )  # fmt: skip


def librosa_image(recording: Recording) -> np.ndarray:
    S_db = librosa.power_to_db(librosa_power(placed(recording)), ref=np.max, top_db=80)
    return (S_db - S_db.mean()) / S_db.std()


def librosa_loop(recordings: tuple[Recording, ...]) -> np.ndarray:
    return np.stack([librosa_image(r) for r in recordings])


def ours(recordings: tuple[Recording, ...]) -> np.ndarray:
    images = [pictures.images_of(clips.waveforms, LOG_MEL) for _, clips in in_chunks(recordings)]
    return np.concatenate(images)


def main() -> None:
    recordings = open_dataset("fsdd").recordings
    for warm in (librosa_loop, ours):
        warm(recordings[:20])
    seconds: dict[str, list[float]] = {"librosa": [], "ours": []}
    for _ in range(ROUNDS):
        seconds["librosa"].append(timed(lambda: librosa_loop(recordings))[0])
        seconds["ours"].append(timed(lambda: ours(recordings))[0])
    for name, some in seconds.items():
        print(f"{name}: {', '.join(f'{s:.2f}' for s in some)} s for {len(recordings)} clips")
    ratio = statistics.median(seconds["librosa"]) / statistics.median(seconds["ours"])
    of_cpu = cpu(lambda: librosa_loop(recordings)) / cpu(lambda: ours(recordings))
    print(
        f"ratio of medians, reading included: {ratio:.1f}x (goal: at least 5x); of processor "
        f"time, once: {of_cpu:.1f}x"
    )

    worst = 0.0
    for some in np.array_split(np.arange(len(recordings)), 12):
        batch = [recordings[i] for i in some]
        windows = np.stack([place(y, LOG_MEL.n_samples) for y in read_clips(batch).waveforms])
        for found, recording in zip(mel_power(windows, LOG_MEL.analysis), batch, strict=True):
            expected = librosa_power(placed(recording))
            worst = max(worst, float(np.abs(found - expected).max() / expected.max()))
    print(f"mel power: largest difference {worst:.1e} of its clip's maximum (goal: 1e-4)")

    with tempfile.TemporaryDirectory() as home:
        os.environ["SPOKEN_DIGITS_HOME"] = home  # a cache that is empty, and not the user's
        first, _ = timed(lambda: pictures.pictures_of(recordings, LOG_MEL))
        starts = [timed(lambda: pictures.pictures_of(recordings, LOG_MEL))[0] for _ in range(5)]
        reading, _ = timed(lambda: np.sum(pictures.pictures_of(recordings, LOG_MEL).images))
        size = sum(path.stat().st_size for path in Path(home).rglob("*") if path.is_file())
    print(
        f"cache: first start {1000 * first:.0f} ms; second start, median of 5, "
        f"{1000 * statistics.median(starts):.1f} ms ({1000 * reading:.0f} ms with every value "
        f"looked at); {size / 1e6:.1f} MB on disk"
    )


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
