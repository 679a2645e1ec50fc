"""How good each clip is as a recording: length, level, clipping, silence, noise, duplicates.

In: waveforms of a whole data set. Out: one column a measure, for tables, histograms and the list of
suspicious clips. All clips of a chunk at once: 3,000 take about a second, reading included.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.browsing import store
from core.browsing.index import Index, Indices
from core.browsing.reading import Clips, in_chunks
from core.sound.audio import SAMPLE_RATE

FLOOR_DB = -120.0
"""Stands for the level of a clip without any sound, whose true level is minus infinity (dB)."""

FRAME = 80
"""Samples of the frames in which silence and noise are looked for (10 ms)."""

SILENCE_DB = 30.0
"""A frame this far below the clip's loudest one is silence, as in ``core.sound.windows.trim``."""

CLIPPED_RUN = 3
"""Samples in a row at the very top of a clip that count as clipped. A sine of 100 Hz and of a
tenth of full scale has two samples at 8 kHz within a step of its top, higher tones fewer."""

QUIETEST = 0.05
"""Clips whose peak is lower are not looked at for clipping: few steps make any top look flat."""

_STEP = 1.5 / 2**15
"""Samples at most this far below a clip's top stand at it: the steps of 16 bits, rounded once."""

_LOW = 0.1
_LOW_OF_NOISE = 0.81
"""The quietest tenth of 10 ms frames of white noise begins at this share of its mean power (the
10 % point of chi-squared with 80 degrees of freedom, divided by 80)."""


@dataclass(frozen=True)
class Quality:
    """One clip as a recording. All levels are relative to full scale."""

    seconds: float
    peak: float
    """Largest absolute sample; 1 is full scale."""
    rms_db: float
    """Root-mean-square level (dB)."""
    clipped: int
    """Samples in flat tops: ``CLIPPED_RUN`` or more in a row at the clip's highest or lowest."""
    leading: float
    """Silence before the first sound (s), in steps of 10 ms."""
    trailing: float
    """Silence after the last sound (s)."""
    snr_db: float
    """Estimated signal-to-noise ratio (dB); NaN for a clip without sound. The noise is taken to
    be what the quietest tenth of the clip holds: where a clip is cut tightly around the word,
    that is still speech, and the true ratio is higher."""
    duplicate_of: int
    """The first clip with exactly the same samples; -1 where there is none."""
    readable: bool


@dataclass(frozen=True, eq=False)
class QualityTable:
    """``Quality`` of many clips, one column [shape=(n,)] a field."""

    places: Indices
    """Which recordings of the index the rows are; ``duplicate_of`` counts in these places too."""
    seconds: NDArray[np.float32]
    peak: NDArray[np.float32]
    rms_db: NDArray[np.float32]
    clipped: NDArray[np.int32]
    leading: NDArray[np.float32]
    trailing: NDArray[np.float32]
    snr_db: NDArray[np.float32]
    duplicate_of: NDArray[np.int64]
    readable: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.places)

    def row(self, k: int) -> Quality:
        """Return the ``k``-th row."""
        return Quality(**{f.name: getattr(self, f.name)[k].item() for f in fields(Quality)})

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return all columns by name, ``places`` first, for a data frame."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def _clipped(y: NDArray[np.float32], starts: Indices, top: NDArray[np.float32]) -> Indices:
    """Return for each clip how many samples stand in runs at its top [shape=(n_clips,)]."""
    lengths = np.diff(starts, append=len(y))
    high = y >= np.repeat(top - np.float32(_STEP), lengths)
    high &= np.repeat(top >= QUIETEST, lengths)
    # a run must not lead from one clip into the next: number the runs, then measure them
    begins = high & ~np.concatenate([[False], high[:-1]])
    begins[starts] = high[starts]
    at = np.flatnonzero(high)
    if not len(at):
        return np.zeros(len(starts), np.int64)
    run = np.cumsum(begins)[at] - 1
    long = np.bincount(run)[run] >= CLIPPED_RUN
    clip = np.searchsorted(starts, at[long], side="right") - 1
    return np.bincount(clip, minlength=len(starts))


def measure(clips: Clips) -> dict[str, NDArray[Any]]:
    """Return the measures of each clip alone, as columns; see ``Quality``.

    Parameters
    ----------
    clips : Clips
        Up to some hundreds; what cannot be read has length 0 and level ``FLOOR_DB``.

    Returns
    -------
    columns : dict of str to np.ndarray [shape=(n,)]
        All fields of ``Quality`` but ``duplicate_of``, which no clip has alone.
    """
    n = len(clips.waveforms)
    lengths = np.array([len(y) for y in clips.waveforms], np.int64)
    full = np.flatnonzero(lengths)
    columns: dict[str, NDArray[Any]] = {
        "seconds": (lengths / SAMPLE_RATE).astype(np.float32),
        "peak": np.zeros(n, np.float32),
        "rms_db": np.full(n, FLOOR_DB, np.float32),
        "clipped": np.zeros(n, np.int32),
        "leading": np.zeros(n, np.float32),
        "trailing": np.zeros(n, np.float32),
        "snr_db": np.full(n, np.nan, np.float32),
        "readable": clips.readable,
    }
    if not len(full):
        return columns
    y = np.concatenate([clips.waveforms[i] for i in full])  # (total,)
    sizes = lengths[full]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    highest, lowest = np.maximum.reduceat(y, starts), np.minimum.reduceat(y, starts)
    columns["peak"][full] = np.maximum(highest, -lowest)
    columns["clipped"][full] = _clipped(y, starts, highest) + _clipped(-y, starts, -lowest)
    squares = np.square(y, dtype=np.float64)
    power = np.add.reduceat(squares, starts) / sizes
    columns["rms_db"][full] = 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))

    # frames of 10 ms; the last of each clip may be shorter
    n_frames = -(-sizes // FRAME)
    first = np.concatenate([[0], np.cumsum(n_frames)[:-1]])
    within = np.arange(n_frames.sum()) - np.repeat(first, n_frames)
    frame_starts = np.repeat(starts, n_frames) + within * FRAME
    frames = np.add.reduceat(squares, frame_starts) / np.diff(frame_starts, append=len(y))
    for k, i in enumerate(full):
        some = frames[first[k] : first[k] + n_frames[k]]
        loud = np.flatnonzero(some > some.max() * 10 ** (-SILENCE_DB / 10))
        if not len(loud):
            continue  # no sound at all: neither silence around it nor a ratio
        columns["leading"][i] = loud[0] * FRAME / SAMPLE_RATE
        columns["trailing"][i] = max(0, sizes[k] - (loud[-1] + 1) * FRAME) / SAMPLE_RATE
        columns["snr_db"][i] = _snr_db(some)
    return columns


def _snr_db(frames: NDArray[np.float64]) -> float:
    """Return the estimated signal-to-noise ratio of a clip from the power of its frames (dB).

    Notes
    -----
    The noise is what the quietest tenth of the frames begins with, as in minimum statistics
    (Martin 2001), corrected for the minimum's bias; the signal is the mean of the
    frames at least 3 dB above it. Nothing can be quieter than the rounding to 16 bits.
    """
    noise = float(np.quantile(frames, _LOW)) / _LOW_OF_NOISE
    noise = max(noise, (1 / 2**15) ** 2 / 12)
    # over the frames in which something is said: silence around a word must not count
    loud = frames[frames > max(2 * noise, frames.max() * 10 ** (-SILENCE_DB / 10))]
    signal = max(float(loud.mean()) - noise, 0.1 * noise) if len(loud) else 0.1 * noise
    return float(10 * np.log10(signal / noise))


def quality_of(
    index: Index, places: Indices | None = None, progress: Callable[[float], None] | None = None
) -> QualityTable:
    """Return the quality of recordings, from the cache where no file has changed.

    Parameters
    ----------
    index : Index
    places : np.ndarray [shape=(n,)], optional
        Which recordings; all by default.
    progress : callable, optional
        Called with the fraction done; not at all where the cache serves.
    """
    places = np.arange(len(index)) if places is None else np.asarray(places, np.int64)
    recordings = index.recordings(places)
    settings = [FRAME, SILENCE_DB, CLIPPED_RUN, QUIETEST]
    key = store.key_of("quality", store.fingerprint(recordings), settings)
    names = [f.name for f in fields(Quality)]
    found = store.load(key)
    if found is not None and {*names} <= found[0].keys():
        columns = found[0]
    else:
        chunks: list[dict[str, NDArray[Any]]] = []
        hashes: list[bytes] = []
        for place, clips in in_chunks(recordings):
            chunks.append(measure(clips))
            hashes += [hashlib.blake2b(y.tobytes()).digest() for y in clips.waveforms]
            if progress is not None:
                progress(place.stop / len(recordings))
        chunks = chunks or [measure(Clips((), {}))]
        columns = {name: np.concatenate([c[name] for c in chunks]) for name in chunks[0]}
        columns["duplicate_of"] = _duplicates(hashes, columns["readable"])
        store.save(key, columns)
    rows = columns["duplicate_of"]
    first = np.where(rows >= 0, places[rows] if len(places) else rows, -1)
    return QualityTable(places, **{**columns, "duplicate_of": first})


def _duplicates(hashes: list[bytes], readable: NDArray[np.bool_]) -> Indices:
    """Return for each clip the row of the first one with the same samples; -1 where it is first."""
    seen: dict[bytes, int] = {}
    return np.array(
        [
            first if ok and (first := seen.setdefault(h, k)) != k else -1
            for k, (h, ok) in enumerate(zip(hashes, readable, strict=True))
        ],
        np.int64,
    )
