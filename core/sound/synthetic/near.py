# ruff: noqa: SIM905 - lists of words are read more easily as lines of words
"""The set ``near``: words that live next to a digit, and the usual commands, said by the crowd.

In: the tables below, a seed. Out: lines for ``core.sound.synthetic.crowd``. A recogniser that has
heard "tree" 27 times and "three" 2,000 times takes most of what lies between them for a digit.
"""

from dataclasses import replace

import numpy as np

from core.sound.recordings import DIGIT_WORDS
from core.sound.synthetic.crowd import By, Line, drawn, speakers
from core.sound.synthetic.voices import training_voices
from core.sound.synthetic.words import PRONOUNCED

COMMANDS = (
    "yes no up down left right off stop go bed bird cat dog happy house marvin sheila wow backward "
    "forward follow learn visual"
).split()
"""What people say to machines, and what Speech Commands holds besides digits."""

NEIGHBOURS: dict[int, tuple[str, ...]] = {
    0: tuple(
        "hero arrow narrow sorrow row low know so zone zeal zebra mirror yellow hello".split()
    ),
    1: tuple("run sun fun gun gone none when win want won't wand own dawn what once bun".split()),
    2: tuple("do true chew shoe few you new who tool tooth threw through chewed view".split()),
    3: tuple("free tea see she key he we me street treat agree thread green ski fee pre".split()),
    4: tuple("fall far fort form more door store or floor full foe war your force fourth".split()),
    5: tuple("fire fine fight life live hive dive wife pie hi bye my why fifth drive line".split()),
    6: tuple("sick fix mix stick sit kick this sing sixth sixty pick thick seek its".split()),
    7: tuple("heaven eleven Kevin save several having sudden seventh seventy Devon clever".split()),
    8: tuple(
        "hate late wait ache aid ape it at eat date gate great out take hey eighth yeah".split()
    ),
    9: tuple("night mine sign wine time nice noon name knife nun ninth ninety lion none".split()),
}
"""By the digit that each was meant to lie near; none sounds like a digit in any usual accent."""

TAKES = {"tree": 240, "on": 200}
"""The two that pass for a digit most often."""
COMMAND_TAKES = 40
NEIGHBOUR_TAKES = 13
DIGIT_TAKES = 12
"""Of each digit: a set without any is no set of spoken digits to the app."""

SAID = {"tree": ("tɹˈi", "ʧɹˈi"), "on": ("ˈɔn", "ˈɑn", "ˈɔn")}
"""In misaki's phonemes, as ``crowd.SAID``: how people from many places say them."""

PROGRAMS: tuple[By, ...] = ("hibari", "piper", "espeak-ng", "kokoro")
SHARES = (0.45, 0.2, 0.2, 0.15)


def lines(seed: int) -> list[Line]:
    """Return everything that is said in the set."""
    rng = np.random.default_rng([seed, 13])
    crowd = speakers(seed)
    formant = [voice for voice in training_voices() if voice.synthesiser == "espeak-ng"]
    takes = dict.fromkeys(sum(NEIGHBOURS.values(), ()), NEIGHBOUR_TAKES)
    takes |= dict.fromkeys(COMMANDS, COMMAND_TAKES) | TAKES
    said = []
    for word, n in takes.items():
        label = "".join(c for c in word.lower() if c.isalpha())
        for _ in range(n):
            program = PROGRAMS[int(rng.choice(len(PROGRAMS), p=SHARES))]
            text = word
            if word in SAID and program in ("hibari", "kokoro"):
                text = f"/{rng.choice(SAID[word])}/"
            said.append(drawn(program, "other", label, text, crowd, formant, rng, None))
    for digit, word in enumerate(DIGIT_WORDS):
        for _ in range(DIGIT_TAKES):
            line = drawn("espeak-ng", "digits", str(digit), word, crowd, formant, rng, None)
            language = line.voice.voice.split("+")[0] if line.voice else ""
            said.append(replace(line, text=PRONOUNCED.get((language, word), word)))
    return said
