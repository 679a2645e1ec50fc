"""Which digits travel between speakers: one plain number a digit, with what it stands on.

In: the distances of ``core.browsing.distances``. Out: numbers and sentences for Browse; the whole
table of a data set, kept in the cache.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from core.browsing import store
from core.browsing.distances import (
    ANALYSIS,
    TAKES,
    DigitDistances,
    cell_features,
    digit_distances,
)
from core.browsing.index import Index, evenly
from core.sound.recordings import DIGIT_WORDS

RESAMPLES = 2000
"""How often speakers are drawn anew for the interval."""


@dataclass(frozen=True)
class Travel:
    """Whether a digit is recognisable by its nearness from one speaker to another."""

    digit: int
    share: float
    """In how many of 1 a take is nearer to another speaker's take of the same digit than to that
    speaker's take of another digit. 0.5 is chance; NaN if there is one speaker only."""
    low: float
    high: float
    """95 % interval over speakers; NaN with fewer than three."""
    trials: int
    n_speakers: int

    @property
    def sentence(self) -> str:
        """The number in words, with its interval and what it stands on."""
        word = DIGIT_WORDS[self.digit]
        if not np.isfinite(self.share):
            return f"{word.capitalize()}: not shown; that takes two speakers and two digits."
        span = f", 95 % interval {100 * self.low:.0f} to {100 * self.high:.0f}"
        return (
            f"In {100 * self.share:.0f} of 100 trials, one speaker's {word!r} is nearer to "
            f"another speaker's {word!r} than to another digit of that speaker (chance is 50"
            f"{span if np.isfinite(self.low) else ''}; {self.trials} trials, "
            f"{self.n_speakers} speakers)."
        )


def travels(distances: DigitDistances) -> Travel:
    """Return whether a digit travels between speakers.

    Parameters
    ----------
    distances : DigitDistances

    Returns
    -------
    travel : Travel
        The mean over ordered pairs of different speakers. Trials share takes, so the interval
        comes from drawing whole speakers anew (with a fixed seed) and not from counting trials.

    References
    ----------
    .. [1] Schatz et al. 2013, "Evaluating speech features with the minimal-pair ABX task": X by
       one speaker; A, the same word, and B, another one, both by another speaker; is A nearer?
    .. [2] Efron & Tibshirani 1993, "An introduction to the bootstrap", chapter 13 (percentiles).
    """
    n = len(distances.speakers)
    pairs = np.where(np.eye(n, dtype=bool), np.nan, distances.nearer)
    here = np.flatnonzero(np.isfinite(pairs).any(axis=0) | np.isfinite(pairs).any(axis=1))
    trials = int(distances.trials[np.isfinite(pairs)].sum())
    if not len(here):
        return Travel(distances.digit, np.nan, np.nan, np.nan, 0, 0)
    share = float(np.nanmean(pairs))
    low = high = np.nan
    if len(here) >= 3:
        rng = np.random.default_rng(0)
        means = []
        for drawn in rng.choice(here, size=(RESAMPLES, len(here))):
            some = pairs[np.ix_(drawn, drawn)]
            if np.isfinite(some).any():  # not the same speaker throughout
                means.append(np.nanmean(some))
        low, high = (float(q) for q in np.quantile(means, [0.025, 0.975]))
    return Travel(distances.digit, share, low, high, trials, len(here))


def all_distances(
    index: Index,
    speakers: Sequence[str] | None = None,
    progress: Callable[[float], None] | None = None,
    most_speakers: int = 12,
) -> tuple[DigitDistances, ...]:
    """Return the distances of every digit, from the cache where nothing has changed.

    Parameters
    ----------
    index : Index
    speakers : sequence of str, optional
        Whom to compare; by default all, or ``most_speakers`` spread evenly over the alphabet.
        FSDD's six take about 35,000 pairs.
    progress : callable, optional
        Called with the fraction done; not at all where the cache serves.
    """
    if speakers is None:
        codes = evenly(np.arange(len(index.speakers)), most_speakers)
        speakers = [index.speakers[c] for c in codes]
    mine = {cell: p for cell, p in index.cells.items() if cell[1] in set(speakers)}
    compared = [i for places in mine.values() for i in evenly(places, TAKES)]
    digits = sorted({digit for digit, _ in mine})
    files = store.fingerprint(index.recordings(compared))
    key = store.key_of("distances", files, asdict(ANALYSIS), TAKES, list(speakers))
    names = ("same", "other", "nearer", "trials")
    found = store.load(key)
    if found is not None and {f"{name}-{d}" for name in names for d in digits} <= found[0].keys():
        return tuple(
            DigitDistances(d, tuple(speakers), *(found[0][f"{name}-{d}"] for name in names))
            for d in digits
        )
    tell = progress or (lambda fraction: None)
    clips = cell_features(index, speakers, lambda done: tell(0.05 * done))
    results = []
    for k, digit in enumerate(digits):

        def so_far(done: float, k: int = k) -> None:
            tell(0.05 + 0.95 * (k + done) / len(digits))

        results.append(digit_distances(clips, digit, speakers, so_far))
    arrays = {f"{name}-{d.digit}": getattr(d, name) for d in results for name in names}
    store.save(key, arrays)
    return tuple(results)
