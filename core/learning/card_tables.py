"""What a card tells of its training and its scores, checked to be what is read from it.

In: the two tables of a card, which may have come from anywhere. Out: nothing, or what is wrong with
them: a page that shows a model, and an export that numbers its speakers, may then rely on them.
What is not read from a card is not looked at, so a later version may tell more.
"""

import math
from typing import Any

LISTS = {"training": ("data", "train_speakers"), "result": ("speakers",)}
"""Lists of names, by table."""


def check_tables(training: dict[str, Any], result: dict[str, Any]) -> None:
    """Check what is read from a card's tables; what is absent is no mistake.

    Raises
    ------
    TypeError, ValueError
        If a list of names is none, or a score has no sample or no interval.
    """
    for table, values in (("training", training), ("result", result)):
        for name in LISTS[table]:
            found = values.get(name, ())
            if not (isinstance(found, list | tuple) and all(isinstance(x, str) for x in found)):
                raise TypeError(f"{table}.{name}={found!r:.60} is no list of names")
    scores = result.get("scores") or {}
    if not isinstance(scores, dict):
        raise TypeError(f"result.scores={scores!r:.60} is no table")
    for part, score in scores.items():
        if score is not None:
            _check_score(str(part)[:40], score)


def _check_score(part: str, score: Any) -> None:
    """Check one accuracy: a sample, an interval, and perhaps each speaker's."""
    if not isinstance(score, dict) or not isinstance(score.get("by_speaker", {}), dict):
        raise TypeError(f"the score {part!r} is no table: {score!r:.60}")
    right, total = score.get("right"), score.get("total")
    if not (type(right) is int and type(total) is int and 0 <= right <= total and total > 0):
        raise ValueError(f"the score {part!r} is {right!r:.20} right of {total!r:.20}")
    for name in ("low", "high"):
        share = score.get(name)
        if not (isinstance(share, int | float) and math.isfinite(share) and 0 <= share <= 1):
            raise ValueError(f"the score {part!r} has {name}={share!r:.20}, expected 0 to 1")
