"""The data sets that this repository makes: synthetic voices, and people out of free programs.

In: the embedded archive; what ``core.sound.synthetic.generate`` wrote into the data folder. Out:
entries of ``core.sound.datasets.DATASETS``.
"""

from functools import partial
from pathlib import Path

from core.home import data_folder
from core.sound.dataset import DataSet
from core.sound.synthetic import ARCHIVE


def _embedded() -> Path | None:
    return ARCHIVE if ARCHIVE.is_file() else None


def _place(name: str) -> Path:
    """Return where a large archive is looked for."""
    return data_folder() / "datasets" / f"{name}.zip"


def _there(name: str) -> Path | None:
    return path if (path := _place(name)).is_file() else None


GENERATED: tuple[DataSet, ...] = (
    DataSet(
        key="synthetic",
        label="Synthetic voices (embedded)",
        summary="Ten digits and a few other words and noises, spoken by free speech "
        "synthesisers; it comes with the app and needs no internet.",
        source="python -m core.sound.synthetic.generate, in this repository",
        licence="CC0-1.0; core/sound/synthetic/LICENCES.md states whose synthesisers spoke",
        citation="Made for Spoken Digit Lab with free speech synthesisers.",
        limits="Not people: machines pronounce every take alike. Good to try everything out, "
        "not to judge a recogniser by.",
        find=_embedded,
        missing=lambda: (
            "The embedded synthetic voices are missing; this copy of the app is "
            "incomplete. Download or clone it again."
        ),
    ),
    DataSet(
        key="synthetic-training",
        label="Synthetic voices (large, for training)",
        summary="Some 11,500 digits by 250 voices and variants, 2,300 other words and noises: "
        "what the shipped model was trained on beside FSDD.",
        source="python -m core.sound.synthetic.generate --set training, in this repository",
        licence="core/sound/synthetic/LICENCES.md states whose synthesisers they are",
        citation="Made for Spoken Digit Lab with free speech synthesisers.",
        limits="Not people: machines pronounce every take alike.",
        find=partial(_there, "training-voices"),
        missing=lambda: (
            f"The large synthetic set is not on this machine. Make it, on Debian with "
            f"espeak-ng, flite and festival: python -m core.sound.synthetic.generate "
            f"{_place('training-voices')} --set training"
        ),
    ),
    DataSet(
        key="synthetic-crowd",
        label="Neural voices (large, for training)",
        summary="Some 8,000 digits by 260 voices made from three small neural synthesisers, "
        "15,000 other words and pieces of sentences: trained on beside the other two.",
        source="python -m core.sound.synthetic.generate --set crowd, in this repository",
        licence="core/sound/synthetic/LICENCES.md states whose synthesisers they are",
        citation="Made for Spoken Digit Lab with free speech synthesisers.",
        limits="Not people: three voices and five blended ones, in many throats.",
        find=partial(_there, "crowd-voices"),
        missing=lambda: (
            f"The set of neural voices is not on this machine. Make it, after installing what "
            f"core/sound/synthetic/neural.py lists: python -m core.sound.synthetic.generate "
            f"{_place('crowd-voices')} --set crowd"
        ),
    ),
    DataSet(
        key="synthetic-near",
        label="Near words (large, for training)",
        summary="Some 3,300 words by the same neural voices, none of them a digit: commands, "
        "and words that live next to one, as “tree” does to “three”.",
        source="python -m core.sound.synthetic.generate --set near, in this repository",
        licence="core/sound/synthetic/LICENCES.md states whose synthesisers they are",
        citation="Made for Spoken Digit Lab with free speech synthesisers.",
        limits="Not people, and no digit in it: it trains beside another data set.",
        find=partial(_there, "near-words"),
        missing=lambda: (
            f"The set of near words is not on this machine. Make it, after installing what "
            f"core/sound/synthetic/neural.py lists: python -m core.sound.synthetic.generate "
            f"{_place('near-words')} --set near"
        ),
    ),
    DataSet(
        key="synthetic-accents",
        label="Accents (large, for training)",
        summary="Some 7,000 digits and 4,200 other words by 350 formant voices of 29 other "
        "languages, who say the digits with the sounds of their own.",
        source="python -m core.sound.synthetic.generate --set accents, in this repository",
        licence="core/sound/synthetic/LICENCES.md states whose synthesiser it is",
        citation="Made for Spoken Digit Lab with free speech synthesisers.",
        limits="Not people: one synthesiser, whose idea of an accent it is.",
        find=partial(_there, "accents"),
        missing=lambda: (
            f"The set of accents is not on this machine. Make it, on Debian with espeak-ng: "
            f"python -m core.sound.synthetic.generate {_place('accents')} --set accents"
        ),
    ),
    DataSet(
        key="people",
        label="People out of free programs (for training)",
        summary="Words of many languages that people recorded for games and telephone "
        "exchanges, as the endpointer cuts them; three of them say the ten English digits.",
        source="python -m core.sound.synthetic.generate --set people, in this repository",
        licence="GPL-2+ and CC BY-SA 3.0; core/sound/synthetic/LICENCES.md states whose",
        citation="Cut out of Debian's packages for Spoken Digit Lab.",
        limits="Mostly other words in other languages; it trains beside another data set.",
        find=partial(_there, "people"),
        missing=lambda: (
            f"The set of people out of free programs is not on this machine. Make it on "
            f"Debian, with the packages that core/sound/synthetic/packaged.py lists: "
            f"python -m core.sound.synthetic.generate {_place('people')} --set people"
        ),
    ),
)
"""The one that comes with the app, then the large ones, in the order in which pages list them."""
