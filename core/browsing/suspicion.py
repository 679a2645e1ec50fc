"""Suspicious clips, worst first, each with its reasons in words: to be reviewed by ear.

In: the quality of many clips. Out: a ranked list. A rule is a function that says how serious it is
and why; nothing is called wrong here, only worth hearing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.browsing.index import NO_DIGIT, Index
from core.browsing.quality import QualityTable
from core.sound.recordings import DIGIT_WORDS

OUTLYING = 3.5
"""Modified z-scores beyond this are outliers (Iglewicz & Hoaglin 1993, "How to detect and handle
outliers")."""

_LOW_SNR = 5.0
"""Estimated ratios below this are told (dB): one FSDD clip in fifty, cut tightly as they are."""

Found = Iterator[tuple[int, float, str]]
"""Row of the table, severity (1 is worth a look, 10 is useless), reason."""


@dataclass(frozen=True)
class Suspicion:
    """One clip worth hearing."""

    place: int
    """Which recording of the index."""
    score: float
    """Sum of its reasons' severities."""
    reasons: tuple[str, ...]
    """The most serious first."""


def outlyingness(values: NDArray[np.float32], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how far each value lies from the middle of its group, robustly.

    Parameters
    ----------
    values : np.ndarray [shape=(n,)]
        NaN is left out and stays NaN.
    groups : np.ndarray [shape=(n,)]
        Which group each belongs to; groups of fewer than eight say nothing and give 0.

    Returns
    -------
    z : np.ndarray [shape=(n,)]
        0.6745 * (value - median) / median absolute deviation: for a normal distribution, standard
        deviations from the mean.
    """
    z = np.zeros(len(values))
    for group in np.unique(groups):
        here = np.flatnonzero(groups == group)
        some = values[here].astype(np.float64)
        if np.isfinite(some).sum() < 8:
            continue
        middle = np.nanmedian(some)
        spread = np.nanmedian(np.abs(some - middle))
        if spread > 0:
            z[here] = 0.6745 * (some - middle) / spread
    return z


def _unreadable(index: Index, table: QualityTable) -> Found:
    for k in np.flatnonzero(~table.readable).tolist():
        yield k, 10.0, "it cannot be read"


def _silent(index: Index, table: QualityTable) -> Found:
    for k in np.flatnonzero(table.readable & (table.peak == 0)).tolist():
        yield k, 10.0, "it holds no sound at all"


def _duplicate(index: Index, table: QualityTable) -> Found:
    for k in np.flatnonzero(table.duplicate_of >= 0).tolist():
        first = index.recording(int(table.duplicate_of[k]))
        if first.digit != index.recording(int(table.places[k])).digit:
            yield k, 9.0, f"exactly the same samples as {first.name}, which is another digit"
        else:
            yield k, 5.0, f"exactly the same samples as {first.name}"


def _clipped(index: Index, table: QualityTable) -> Found:
    n = np.maximum(table.seconds * 8000, 1)
    for k in np.flatnonzero(table.clipped >= 6).tolist():  # two flat tops
        share = float(table.clipped[k] / n[k])
        yield (
            k,
            float(min(4.0, 1 + 100 * share)),
            f"{table.clipped[k]} samples ({100 * share:.1f} %) stand in flat tops",
        )


def _length(index: Index, table: QualityTable) -> Found:
    heard = table.readable & (table.seconds > 0)
    digits = index.digits[table.places].astype(np.int64)
    # within each digit and speaker, on a log scale: twice as long is as odd as half as long
    groups = digits * (len(index.speakers) + 1) + index.speaker_codes[table.places]
    logs = np.log(np.where(heard, table.seconds, np.nan))
    z = outlyingness(logs.astype(np.float32), groups)
    for k in np.flatnonzero(heard & (np.abs(z) > OUTLYING)).tolist():
        usual = float(np.exp(np.nanmedian(logs[groups == groups[k]])))
        if max(usual / table.seconds[k], table.seconds[k] / usual) < 1.5:
            continue  # very even takes make small differences stand out
        what = DIGIT_WORDS[digits[k]] if digits[k] != NO_DIGIT else "word"
        word = "short" if table.seconds[k] < usual else "long"
        yield (
            k,
            float(min(5.0, abs(z[k]) / 2)),
            f"{word}: {table.seconds[k]:.2f} s, where this speaker's {what!r} usually takes "
            f"{usual:.2f} s",
        )


def _level(index: Index, table: QualityTable) -> Found:
    heard = table.readable & (table.peak > 0)
    for k in np.flatnonzero(heard & (table.peak < 0.005)).tolist():
        yield k, 4.0, f"very quiet: its peak is {table.peak[k]:.4f} of full scale"
    level = np.where(heard, table.rms_db, np.nan).astype(np.float32)
    speakers = index.speaker_codes[table.places].astype(np.int64)
    z = outlyingness(level, speakers)
    for k in np.flatnonzero(heard & (np.abs(z) > OUTLYING)).tolist():
        usual = float(np.nanmedian(level[speakers == speakers[k]]))
        if abs(level[k] - usual) >= 10:  # half or twice as loud to the ear
            word = "quiet" if level[k] < usual else "loud"
            yield (
                k,
                float(min(4.0, abs(z[k]) / 2)),
                f"{word}: {level[k]:.0f} dB, where this speaker usually has {usual:.0f} dB",
            )


def _noise(index: Index, table: QualityTable) -> Found:
    for k in np.flatnonzero(table.snr_db < _LOW_SNR).tolist():
        yield (
            k,
            1 + (_LOW_SNR - float(table.snr_db[k])) / 5,
            f"noisy, or cut into the word: {table.snr_db[k]:.0f} dB from quiet to loud parts",
        )


def _silence_around(index: Index, table: QualityTable) -> Found:
    for where, column in (("before", table.leading), ("after", table.trailing)):
        for k in np.flatnonzero(column >= 0.3).tolist():
            severity = 1 + min(3.0, float(column[k]))
            yield k, severity, f"{column[k]:.2f} s of silence {where} the word"


RULES: tuple[Callable[[Index, QualityTable], Found], ...] = (
    _unreadable, _silent, _duplicate, _clipped, _length, _level, _noise, _silence_around,
)  # fmt: skip
"""What makes a clip suspicious: to add a rule, write its function and list it."""


def suspicious(index: Index, table: QualityTable) -> tuple[Suspicion, ...]:
    """Return the clips worth hearing, the most suspicious first.

    Parameters
    ----------
    index : Index
    table : QualityTable
        From ``core.browsing.quality.quality_of`` and the same index.
    """
    reasons: dict[int, list[tuple[float, str]]] = {}
    for rule in RULES:
        for k, severity, reason in rule(index, table):
            reasons.setdefault(int(k), []).append((float(severity), reason))
    found = [
        Suspicion(
            int(table.places[k]),
            round(sum(severity for severity, _ in some), 2),
            tuple(reason for _, reason in sorted(some, reverse=True)),
        )
        for k, some in reasons.items()
    ]
    return tuple(sorted(found, key=lambda s: (-s.score, s.place)))
