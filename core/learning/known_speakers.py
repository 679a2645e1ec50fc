"""Whom a model has heard: the difference between its two honest numbers.

In: a model's card, speakers of a data set. Out: names of speakers.
"""

from collections.abc import Iterable, Set

from core.learning.cards import Card
from core.learning.splits import held_out_by
from core.sound.datasets import DATASETS, OWN
from core.voices.called import names_ever


def known_speakers(card: Card) -> frozenset[str]:
    """Return the speakers on whom a model was trained.

    Cards of before named no more than the first 400 in alphabetical order, synthetic ones among
    them: four of FSDD's six men passed for strangers. So the people of each public data set that
    it was trained on are counted too, but for those whom its split leaves out.
    """
    named = set(card.result.get("speakers") or ())
    training = card.training
    try:
        left_out = set(held_out_by(str(training.get("split", "official"))))
    except ValueError:
        return frozenset(named)  # of another version: only what it says itself is known
    data = [DATASETS[key] for key in training.get("data") or () if key in DATASETS]
    people = {person.name for dataset in data for person in dataset.people}
    chosen = set(training.get("train_speakers") or people)
    return frozenset(named | ((people & chosen) - left_out))


def known_among(speakers: Iterable[str], data: str, heard: Set[str]) -> frozenset[str]:
    """Return which speakers of a data set a model has heard.

    Parameters
    ----------
    speakers : iterable of str
        ``Recording.speaker`` of each.
    data : str
        The data set: a key of ``DATASETS``, or a path. An own voice may have been renamed since,
        and is known by any name that it had.
    heard : set of str
        ``known_speakers`` of the model's card.
    """
    ever = names_ever() if data == OWN else {}
    return frozenset(s for s in speakers if not heard.isdisjoint(ever.get(s, (s,))))
