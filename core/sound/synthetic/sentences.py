# ruff: noqa: SIM905 - lists of words are read more easily as lines of words
"""Sentences without a digit in them, put together by chance from frames and words.

In: a random generator. Out: text for the synthesisers; what it means does not matter, how running
speech sounds between its pauses does. No word in it sounds like a digit ("to", "for", "won").
"""

import numpy as np

FRAMES = (
    "The {a} {n} is on the {n}.",
    "I would like a {a} {n} with {n}, please.",
    "Could you {v} the {n} and the {n}?",
    "My {n} likes the {a} {n}, but not the {n}.",
    "We {v} it every {t}.",
    "She said that the {n} was {a}, and then she left.",
    "Please {v} the {n} when you get home.",
    "Can I have some {n} and a {n}?",
    "They {v} a {n} near the {n}.",
    "It was a {a} {t}, really {a}.",
    "Let us {v} the {a} {n} again.",
    "Why did he {v} my {n}?",
    "That is a very {a} {n}, is it not?",
    "Well, {n}, {n} and {n} are all {a}.",
    "I don't know where the {n} is, sorry.",
    "You should {v} the {n} before {t}.",
    "He can {v}, she can {v}, but I cannot.",
    "Make the {n} {a}, no {n}, and add some {n}.",
    "There was a {n} in the {n} all {t}.",
    "What about the {n} that we saw last {t}?",
    "Hello, this is about the {a} {n}.",
    "Yes. No. Maybe the {n}.",
    "Turn the {n} up and the {n} down.",
    "Okay, thank you, see you this {t}.",
)
"""n: noun, a: adjective, v: verb, t: time of day or year."""

NOUNS = (
    "coffee milk sugar kitchen window garden dog cat table door train station letter phone "
    "computer screen music river mountain teacher doctor brother sister house shirt jacket paper "
    "ticket market bottle glass cake butter cheese bread orange lemon apple potato onion rabbit "
    "horse bird farmer engine battery button camera picture island beach castle bridge tower "
    "street corner bicycle driver pilot captain uncle cousin neighbour lawyer student lesson "
    "question answer problem reason story movie ticket song guitar piano whistle hammer ladder "
    "blanket pillow mirror candle basket pocket wallet umbrella weather thunder snow cloud shadow"
).split()
ADJECTIVES = (
    "small large hot cold green yellow blue red black white happy lonely quiet loud heavy light "
    "early late cheap expensive clean dirty simple difficult beautiful strange funny serious fresh "
    "empty full broken golden silver wooden medium double extra lovely terrible sudden gentle"
).split()
VERBS = (
    "open close bring take find lose carry follow visit remember forget clean paint sell buy move "
    "lift drop wash cook watch hear mention describe finish begin cancel order hold push pull "
    "borrow repair measure answer change leave keep show explain improve collect deliver"
).split()
TIMES = "morning evening summer winter autumn spring afternoon weekend Monday Friday night".split()


def sentence(rng: np.random.Generator) -> str:
    """Return one sentence."""
    text = str(rng.choice(FRAMES))
    for mark, choices in (("n", NOUNS), ("a", ADJECTIVES), ("v", VERBS), ("t", TIMES)):
        while f"{{{mark}}}" in text:
            text = text.replace(f"{{{mark}}}", str(rng.choice(choices)), 1)
    return text
