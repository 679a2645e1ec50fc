"""Where a word lies in the frames of a noise that may be one, and where two words touch.

In: level and voicing of each 10 ms since something began to sound, from
``core.listening.endpointing``. Out: frame numbers, counted from the first of them.
"""

import numpy as np


def runs_of(mask: np.ndarray) -> list[tuple[int, int]]:
    """Return (first, one past the last) of each stretch of neighbouring true frames."""
    steps = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    edges = np.flatnonzero(steps).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def word_in(
    sounding: np.ndarray, voiced: np.ndarray, longest_head: int, longest_tail: int
) -> tuple[int, int] | None:
    """Return (first, one past the last) frame of the word, or None without a voice.

    Every English digit is a voice with noise around it, so the word is what sounds from a little
    before the first voiced frame to a little after the last.

    Parameters
    ----------
    sounding, voiced : np.ndarray [shape=(n,)], bool
        Frames loud enough, and those of them that are a voice.
    longest_head, longest_tail : int
        Frames of noise that may come before and after the voice: /s/ does, a breath is longer.
    """
    where = np.flatnonzero(voiced)
    if len(where) == 0:
        return None
    earliest, latest = int(where[0]) - longest_head, int(where[-1]) + 1 + longest_tail
    runs = [
        (max(first, earliest), min(last, latest))
        for first, last in runs_of(sounding)
        if last > earliest and first < latest
    ]
    # A click or a breath before the word: nothing in a digit is followed by a pause before its
    # voice has begun.
    while len(runs) > 1 and runs[0][1] <= where[0]:
        length, pause = runs[0][1] - runs[0][0], runs[1][0] - runs[0][1]
        if not ((length <= CLICK and pause >= CLICK_PAUSE) or pause >= BREATH_PAUSE):
            break
        runs.pop(0)
    return runs[0][0], runs[-1][1]


CLICK = 4
"""Frames (40 ms): what is shorter and stands alone before a word is a click."""
CLICK_PAUSE = 5
"""Frames (50 ms) that make it stand alone."""
BREATH_PAUSE = 10
"""Frames (100 ms) after which even a longer noise does not belong to the word that follows."""


def gap_between_words(
    level_db: np.ndarray,
    voiced: np.ndarray,
    floor_db: float,
    depth_db: float,
    range_db: float,
    n_voiced: int,
    n_deep: int,
    n_shallow: int,
) -> tuple[int, int] | None:
    """Return (first, one past the last) frame of a gap with a word on both sides, or None.

    Voice, quiet, voice: inside a digit the quiet (the closure of /t/ or /k/) is followed by noise
    only, and a soft middle ("seven", "zero") is neither deep nor long.

    Parameters
    ----------
    level_db, voiced : np.ndarray [shape=(n,)]
        Level of each frame, and whether it is a voice.
    floor_db : float
        What is below this is noise of the room.
    depth_db : float
        How far a gap lies below the weaker of its two sides.
    range_db : float
        What is this far below the weaker side is no sound of either word.
    n_voiced : int
        Voiced frames needed on each side.
    n_deep, n_shallow : int
        Shortest gap in frames, where the room lets us look ``depth_db`` down and where it is too
        loud for that.
    """
    voice_db = np.where(voiced, level_db, -np.inf)
    left = np.maximum.accumulate(voice_db)
    right = np.maximum.accumulate(voice_db[::-1])[::-1]
    weaker = np.minimum(left, right)
    deep = weaker - depth_db
    quiet = level_db < np.maximum(deep, floor_db)
    best: tuple[int, int] | None = None
    for first, last in runs_of(quiet):
        needed = n_deep if float(np.max(deep[first:last])) >= floor_db else n_shallow
        if last - first < max(needed, 0 if best is None else best[1] - best[0] + 1):
            continue
        top = max(float(np.max(deep[first:last])), floor_db)
        loud = voiced & (level_db > top)
        if np.sum(loud[:first]) >= n_voiced and np.sum(loud[last:]) >= n_voiced:
            best = (first, last)
    if best is None:
        return None
    # Soft edges of both words (the /s/ of "six") may lie in the gap: leave them to their words.
    first, last = best
    bottom = max(float(np.max(weaker[first:last])) - range_db, floor_db)
    silent = runs_of(level_db[first:last] < bottom)
    if not silent:
        middle = first + int(np.argmin(level_db[first:last]))
        return middle, middle + 1
    a, b = max(silent, key=lambda run: run[1] - run[0])
    return first + a, first + b
