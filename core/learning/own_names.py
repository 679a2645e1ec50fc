"""Names of own voices, and cards and specs without them: what leaves the data folder names nobody.

In: a model's card, a run's spec. Out: the same, in which whoever spoke into this app is a number.
Speakers of the public data sets keep their names: those are published, and scores need them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from core.errors import LabError
from core.learning.saved_models import SHIPPED, Card, find_model
from core.learning.specs import RunSpec
from core.learning.splits import held_out_by, leaving_out
from core.sound.datasets import DATASETS, OWN, open_dataset

NUMBERED = "own voice"
"""What stands before the number."""


def own_names(card: Card) -> tuple[str, ...]:
    """Return the speakers on a card who are in no public data set, in alphabetical order.

    These are the own voices, and the speakers of a folder of one's own. A card that was trained on
    public data alone has none; that is known without opening a data set.
    """
    return _unpublished(card.training.get("data") or (), _names_on(card))


def _unpublished(data: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    """Return which of the names that some data sets brought are in no public one, sorted."""
    public = [key for key in data if key in DATASETS and key != OWN]
    if len(public) == len(data):
        return ()
    known = set(_published())
    for key in public:
        known |= {person.name for person in DATASETS[key].people}
        try:
            known |= set(DATASETS[key].speakers or open_dataset(key).speakers)
        except LabError:
            continue  # it is not on this machine: its names are numbered too
    return tuple(sorted(name for name in names if name not in known and not _numbered(name)))


@cache
def _published() -> frozenset[str]:
    """Return whom the shipped model's card names: most of them are in sets that few have made."""
    try:
        return frozenset(_names_on(find_model(SHIPPED).card))
    except LabError:
        return frozenset()


def _numbers(names: Iterable[str]) -> dict[str, str]:
    return {name: f"{NUMBERED} {i}" for i, name in enumerate(names, start=1)}


def spec_without_own_names(spec: RunSpec) -> RunSpec:
    """Return a spec in which each own voice is called by a number; the same one where none is.

    It can no longer be trained here: nobody is called so.
    """
    left_out = held_out_by(spec.split)
    number = _numbers(_unpublished(spec.data, {*left_out, *spec.train_speakers}))
    if not number:
        return spec
    return replace(
        spec,
        split=leaving_out([number.get(n, n) for n in left_out]) if left_out else spec.split,
        train_speakers=tuple(sorted(number.get(n, n) for n in spec.train_speakers)),
    )


def _names_on(card: Card) -> set[str]:
    """Return every speaker whom a card names."""
    found = {*card.result.get("speakers", ()), *card.training.get("train_speakers", ())}
    found |= {*_held_out(card)}
    for score in (card.result.get("scores") or {}).values():
        found |= {*(score or {}).get("by_speaker", ())}
    return {name for name in found if isinstance(name, str)}


def _numbered(name: str) -> bool:
    """Return whether a name is a number already: a model may have been brought in."""
    return re.fullmatch(rf"{NUMBERED} \d+", name) is not None


def _held_out(card: Card) -> tuple[str, ...]:
    try:
        return held_out_by(str(card.training.get("split", "official")))
    except ValueError:
        return ()  # of another version


def without_own_names(card: Card) -> Card:
    """Return a card on which each own voice is called by a number; the same one where none is.

    Parameters
    ----------
    card : Card

    Returns
    -------
    card : Card
        Its training, scores and protocol call own voices "own voice 1", "own voice 2" and so on;
        what it was begun with is left out, since that model may be called after somebody.
    """
    names = own_names(card)
    if not names:
        return card
    number = _numbers(names)
    training, result = dict(card.training), dict(card.result)
    if _held_out(card):
        training["split"] = leaving_out([number.get(n, n) for n in _held_out(card)])
    for values, key in ((training, "train_speakers"), (result, "speakers")):
        if key in values:
            values[key] = sorted(number.get(n, n) for n in values[key])
    training.pop("start", None)
    if isinstance(adapted := result.get("adapted"), dict):
        result["adapted"] = {k: v for k, v in adapted.items() if k != "from"}
    if "protocol" in result:
        result["protocol"] = _in_text(str(result["protocol"]), number)
    if result.get("scores"):
        result["scores"] = {part: _score(score, number) for part, score in result["scores"].items()}
    return replace(card, training=training, result=result)


def _score(score: dict[str, Any] | None, number: Mapping[str, str]) -> dict[str, Any] | None:
    if not score or "by_speaker" not in score:
        return score
    by_speaker = {number.get(name, name): value for name, value in score["by_speaker"].items()}
    return {**score, "by_speaker": by_speaker}


def _in_text(text: str, number: Mapping[str, str]) -> str:
    """Return a text with every name in it replaced, the longest first."""
    longest = sorted(number, key=len, reverse=True)
    either = "|".join(re.escape(name) for name in longest)
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", lambda found: number[found[0]], text)
