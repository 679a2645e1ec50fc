"""Splits: which recordings train, which choose the best epoch, which are scored.

In: a catalogue. Out: index arrays for training and evaluation. Nobody's take is on two sides.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError
from core.sound.recordings import Recording

Indices = NDArray[np.int64]

TEST_SHARE = 0.1
"""First takes of each speaker and digit that are kept for scoring. On FSDD's 50 takes this is
index 0 to 4, its official test set."""
PLAIN_SPLITS = ("official", "random", "all")
"""Splits that name nobody."""
FEW_TAKES = 3
"""With fewer takes a speaker and digit, whole speakers are kept for scoring instead."""


@dataclass(frozen=True)
class Split:
    """Index arrays into the recordings; no index stands in two of them, unless a spec leaks."""

    train: Indices
    validation: Indices
    known: Indices
    """Scored: takes not trained on, of speakers trained on."""
    unseen: Indices
    """Scored: speakers of whom nothing was trained on."""
    protocol: str
    """In words, as it stands beside every score."""


def leaving_out(names: Sequence[str]) -> str:
    """Return the split that scores these speakers as unseen; ``official`` for nobody."""
    if not names:
        return "official"
    # JSON, since a name may hold any sign that could stand between two
    listed = json.dumps(sorted(set(names)), ensure_ascii=False)
    return f"speaker:{names[0]}" if len(set(names)) == 1 else f"speakers:{listed}"


def held_out_by(split: str) -> tuple[str, ...]:
    """Return the speakers that a split names to be scored as unseen.

    Raises
    ------
    ValueError
        If it is no split.
    """
    if split in PLAIN_SPLITS:
        return ()
    if split.startswith("speaker:"):
        return (split.removeprefix("speaker:"),)
    try:
        kind, _, listed = split.partition(":")
        names = json.loads(listed) if kind == "speakers" else None
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise ValueError(
            f"split={split!r}: expected {', '.join(PLAIN_SPLITS)}, speaker:NAME or "
            'speakers:["NAME", ...].'
        )
    return tuple(names)


def _takes(recordings: Sequence[Recording]) -> dict[tuple[str, str], list[int]]:
    """Return the indices of each (speaker, word), in the order of their takes."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i in sorted(range(len(recordings)), key=lambda i: recordings[i].take):
        groups[recordings[i].speaker, recordings[i].word].append(i)
    return groups


def _first_takes(groups: dict[tuple[str, str], list[int]]) -> set[int]:
    """Return the first tenth of every group, at least one of it."""
    return {i for takes in groups.values() for i in takes[: max(1, round(len(takes) * TEST_SHARE))]}


def _random_takes(groups: dict[tuple[str, str], list[int]], seed: int) -> set[int]:
    """Return a tenth of every group by chance, at least one of it."""
    rng = np.random.default_rng([seed, 2])
    return {
        takes[i]
        for _, takes in sorted(groups.items())
        for i in rng.permutation(len(takes))[: max(1, round(len(takes) * TEST_SHARE))]
    }


def _some_of(
    train: list[int], groups: dict[tuple[str, str], list[int]], share: float, seed: int
) -> list[int]:
    """Return a share of the training clips of every group, and of every word at least one.

    Where the share of a group is less than half a clip, some groups give one and others none, so
    that as many clips are left as the share says. A smaller share is part of a larger one: accuracy
    over the share then compares like with like.
    """
    if share >= 1:
        return train
    rng, turns = np.random.default_rng([seed, 3]), _turns(groups, seed)
    kept, first = [], {}
    for group, takes in sorted(groups.items(), key=lambda item: item[0]):
        mine = sorted({*takes} & {*train})
        if not mine:
            continue
        order = rng.permutation(len(mine))
        expected = len(mine) * share
        n = max(1, round(expected)) if expected >= 0.5 else int(turns[group] < expected)
        kept += [mine[i] for i in order[:n]]
        first[group] = mine[order[0]]
    there = {word for (_, word), takes in groups.items() if {*takes} & {*kept}}
    for group in sorted(first, key=lambda group: turns[group]):
        if group[1] not in there:
            kept.append(first[group])
            there.add(group[1])
    return kept


def _turns(groups: dict[tuple[str, str], list[int]], seed: int) -> dict[tuple[str, str], float]:
    """Return when each group's turn comes among those of its word, evenly spread over (0, 1)."""
    rng = np.random.default_rng([seed, 4])
    turns = {}
    for word in sorted({word for _, word in groups}):
        same = sorted(group for group in groups if group[1] == word)
        for place, i in enumerate(rng.permutation(len(same))):
            turns[same[i]] = (place + 0.5) / len(same)
    return turns


def split_recordings(
    recordings: Sequence[Recording],
    split: str,
    validation_share: float,
    seed: int,
    train_speakers: Sequence[str] = (),
    train_share: float = 1.0,
    others_train: bool = False,
) -> Split:
    """Return who trains, who chooses, who is scored.

    Parameters
    ----------
    recordings : sequence of Recording
    split : str
        ``official``: the first tenth of each speaker's takes of each digit is scored (FSDD's own
        rule). ``random``: a tenth by chance. ``speaker:NAME`` or ``speakers:["NAME", ...]``: they
        are scored as unseen as well, and never trained on. ``all``: nothing is scored.
    validation_share : float
        Share of each training speaker's takes of each digit by which the best epoch is chosen.
    seed : int
        Which takes these are.
    train_speakers : sequence of str
        Who trains and chooses the epoch; empty for everybody whom the split does not hold out.
        Others are then neither trained on nor scored.
    train_share : float
        Share of the training clips of each speaker and word that is used, in (0, 1]; of every word
        one at least.
    others_train : bool
        Whether another data set trains too: then nothing of this one need be left to train on.

    Raises
    ------
    DataError
        If the speaker does not occur, or nothing is left to train on.
    """
    groups = _takes(recordings)
    speakers = sorted({r.speaker for r in recordings})
    held_out = set(held_out_by(split))
    tested: set[int] = set()
    for name in sorted((held_out | {*train_speakers}) - set(speakers)):
        shown = ", ".join(speakers[:12])
        raise DataError(f"No recording is by {name!r}. The speakers here are: {shown}.")
    if split != "all":
        tested = _random_takes(groups, seed) if split == "random" else _first_takes(groups)
        typical = np.median([len(takes) for takes in groups.values()])
        if typical < 2 and held_out:
            tested = set()  # a single take each: scoring it would leave nothing to train on
        if typical < FEW_TAKES and not held_out:
            tested = set()
            # one in ten by a hash of the name: the same speakers whoever else is there
            held_out = {s for s in speakers if zlib.crc32(s.encode()) % 10 == 0}
            held_out = held_out or {speakers[0]}
    rng = np.random.default_rng(seed)
    train: list[int] = []
    validation: list[int] = []
    for (speaker, _), takes in sorted(groups.items()):
        if speaker in held_out or (train_speakers and speaker not in train_speakers):
            continue
        rest = [i for i in takes if i not in tested]
        chosen = rng.permutation(len(rest))[: round(len(rest) * validation_share)]
        validation += [rest[i] for i in chosen]
        train += [rest[i] for i in sorted(set(range(len(rest))) - set(chosen.tolist()))]
    if validation == [] and len(train) > 10:  # too few takes each: cut across speakers
        order = rng.permutation(len(train))
        n = max(1, round(len(train) * validation_share))
        validation, train = [train[i] for i in order[:n]], [train[i] for i in order[n:]]
    train = _some_of(train, groups, train_share, seed)
    if not (train and validation) and not others_train:
        raise DataError(
            f"{len(recordings)} recordings are too few to train on with the split {split!r}. "
            "Choose a data set with at least a few takes of each digit."
        )
    trained = {*train_speakers} or {*speakers} - held_out
    known = [i for i in sorted(tested) if recordings[i].speaker in trained]
    unseen = [i for i, r in enumerate(recordings) if r.speaker in held_out]
    arrays = [np.array(sorted(i), np.int64) for i in (train, validation, known, unseen)]
    words = _in_words(split, held_out, speakers)
    if train_speakers:
        words += f"; trained on {', '.join(sorted({*train_speakers}))} only"
    if train_share < 1:
        words += f"; trained on {train_share:.0%} of their clips"
    return Split(arrays[0], arrays[1], arrays[2], arrays[3], words)


def _in_words(split: str, held_out: set[str], speakers: Sequence[str]) -> str:
    """Return the protocol in words."""
    if split == "all":
        return "nothing held out"
    if held_out:
        who = ", ".join(sorted(held_out)) if len(held_out) < 4 else f"{len(held_out)} speakers"
        return f"trained without {who}; known speakers: first tenth of their takes"
    if split == "random":
        return f"a tenth by chance of the takes of each of {len(speakers)} speakers"
    return f"first tenth of the takes of each of {len(speakers)} speakers (FSDD: index 0-4)"
