# ruff: noqa: SIM905 - the variants are read more easily as lines of names
"""The synthetic speakers: which program speaks, with which voice and changes, under which licence.

In: nothing; these are tables. Out: ``synthesis.speak`` and the generator.
Which espeak-ng variants are fit to use was measured: a classifier trained on FSDD had to recognise
their digits, and one trained on the other variants too (LICENCES.md says what was left out).
"""

from dataclasses import dataclass
from typing import Literal

Synthesiser = Literal["espeak-ng", "flite", "festival"]
Kind = Literal["woman", "man", "child"]

LICENCES: dict[Synthesiser, str] = {
    "espeak-ng": "GPL-3.0-or-later",
    "flite": "MIT-Festival",
    "festival": "MIT-Festival",
}
"""SPDX names of the programs' licences; LICENCES.md says what they mean for recordings."""


@dataclass(frozen=True)
class Voice:
    """One synthetic speaker."""

    name: str
    """How the archive calls the speaker: lower case, no underscore."""
    synthesiser: Synthesiser
    voice: str
    """The synthesiser's own name of the voice; for espeak-ng language+variant."""
    kind: Kind
    """Whom it is to sound like; after a large ``warp`` not who recorded the original."""
    accent: str
    warp: float = 1.0
    """Played this much faster: above 1 is a shorter vocal tract, pitch and formants both higher."""
    semitones: float = 0.0
    """Pitch above the synthesiser's own for this voice."""
    rate: float = 1.0
    """Speaking rate relative to the synthesiser's usual one."""
    f0: float = 110.0
    """Mean pitch in Hz, for flite and festival, before ``semitones`` and ``warp``."""
    floor_db: float = 40.0
    """How far below its loudest moment the word still reaches (the synthesiser's hiss lies below).
    """
    takes: int = 7
    """Recordings of each digit."""

    def __post_init__(self) -> None:
        if "_" in self.name or self.name != self.name.lower():
            raise ValueError(
                f"name={self.name!r} has capitals or an underscore, which separates the parts of "
                "a recording's name. Use lower case and hyphens."
            )

    @property
    def licence(self) -> str:
        """SPDX name of the licence of the program and its voice."""
        return LICENCES[self.synthesiser]


EMBEDDED: tuple[Voice, ...] = (
    Voice("sally-us", "flite", "slt", "woman", "American", f0=170, floor_db=36),
    Voice(
        "judy-us", "festival", "ked_diphone", "woman", "American", 1.18, 5, 1.0, 105, floor_db=40
    ),
    Voice("wendy-us", "espeak-ng", "en-us+klatt5", "woman", "American", 1.17, 7),
    Voice("fiona-gb", "espeak-ng", "en+f2", "woman", "British", 0.92),
    Voice("helen-gb", "espeak-ng", "en+f3", "woman", "British", 1.06),
    Voice("grace-rp", "espeak-ng", "en-gb-x-rp+f5", "woman", "British, received", 0.92),
    Voice("steph-lancaster", "espeak-ng", "en-gb-x-gbclan+steph", "woman", "Lancashire", 0.92),
    Voice("isla-scotland", "espeak-ng", "en-gb-scotland+f5", "woman", "Scottish", 1.06),
    Voice("mia-rp", "espeak-ng", "en-gb-x-rp+anika", "child", "British, received", 0.94, rate=0.85),
    Voice("carl-us", "festival", "kal_diphone", "man", "American", f0=105, floor_db=34),
    Voice("ross-us", "flite", "rms", "man", "American", rate=1.15, floor_db=34),
    Voice("angus-scotland", "flite", "awb", "man", "Scottish", f0=120, rate=1.2, floor_db=34),
    Voice("mike-us", "espeak-ng", "en-us+miguel", "man", "American"),
    Voice("henry-gb", "espeak-ng", "en+Henrique", "man", "British"),
    Voice("mitch-lancaster", "espeak-ng", "en-gb-x-gbclan+michel", "man", "Lancashire", 0.96),
    Voice("eddie-scotland", "espeak-ng", "en-gb-scotland+edward", "man", "Scottish"),
)
"""The speakers of the committed archive."""

_ACCENTS = {
    "en-us": ("us", "American"),
    "en": ("gb", "British"),
    "en-gb-x-rp": ("rp", "British, received"),
    "en-gb-scotland": ("scotland", "Scottish"),
    "en-us-nyc": ("nyc", "New York"),
    "en-gb-x-gbclan": ("lancaster", "Lancashire"),
    "en-029": ("caribbean", "Caribbean"),
    "en-gb-x-gbcwmd": ("midlands", "West Midlands"),
}
# espeak-ng calls British English "en": "en-gb+f2" silently speaks without the variant.

_WOMEN = "anika f5 f2 steph f3 f4 linda f1 aunty belinda Andrea".split()
_CLEAREST = "Henrique Diogo miguel michel Hugo klatt5 edward".split()
"""Men so clear that they are also made into women."""
_MEN = (
    "m8 klatt4 edward2 klatt3 adam benjamin klatt2 m6 Denis m2 m5 iven4 Nguyen m7 antonio Gene2 "
    "sandro m3 grandpa ed Mike Jacky m1"
).split()

_RECORDED: tuple[tuple[str, Synthesiser, str, Kind, str, float, float, float], ...] = (
    # name, synthesiser, voice, kind, accent, f0, floor_db, rate
    ("slt", "flite", "slt", "woman", "American", 170, 36, 1.0),
    ("slt-hts", "festival", "cmu_us_slt_arctic_hts", "woman", "American", 165, 36, 1.0),
    ("kal", "festival", "kal_diphone", "man", "American", 105, 34, 1.0),
    ("ked", "festival", "ked_diphone", "man", "American", 105, 40, 1.0),
    ("rms", "flite", "rms", "man", "American", 105, 34, 1.15),
    ("awb", "flite", "awb", "man", "Scottish", 120, 34, 1.2),
)
_WOMAN_WARPS = (0.95, 1.0, 1.06, 1.16, 1.26)
_MAN_WARPS = (0.92, 1.0, 1.08, 1.18, 1.28)


def training_voices() -> tuple[Voice, ...]:
    """Return the many speakers of the training set: variants, accents, longer and shorter throats.

    Returns
    -------
    voices : tuple of Voice
        More than 200, over half of them women's and children's.
    """
    return (
        *_recorded(),
        *_formant(_WOMEN, "woman", each=8, warps=(0.9, 1.08)),
        *_formant(_CLEAREST, "woman", each=4, warps=(1.13, 1.2), semitones=7),
        *_formant(_WOMEN, "child", each=3, warps=(1.12, 1.28)),
        *_formant(_CLEAREST, "man", each=4, warps=(0.9, 1.08)),
        *_formant(_MEN, "man", each=2, warps=(0.9, 1.08)),
    )


def _recorded() -> list[Voice]:
    """Return the voices built from a person's recordings, and the same in other throats."""
    voices = []
    for name, synthesiser, voice, kind, accent, f0, floor_db, rate in _RECORDED:
        for warp in _WOMAN_WARPS if kind == "woman" else _MAN_WARPS:
            heard: Kind = kind if warp < 1.12 else "woman" if warp < 1.2 else "child"
            if kind == "woman" and warp > 1.12:
                heard = "child"
            raised = 5.0 if kind == "man" and warp > 1.12 else 0.0
            voices.append(
                Voice(
                    name=f"{name}-w{round(100 * warp)}",
                    synthesiser=synthesiser,
                    voice=voice,
                    kind=heard,
                    accent=accent,
                    warp=warp,
                    semitones=raised,
                    rate=rate,
                    f0=f0,
                    floor_db=floor_db,
                    takes=20 if warp == 1.0 else 6,
                )
            )
    return voices


def _formant(
    variants: list[str],
    kind: Kind,
    each: int,
    warps: tuple[float, float],
    semitones: float = 0.0,
) -> list[Voice]:
    """Return espeak-ng's variants, each in ``each`` accents, with warps spread over a range."""
    accents = list(_ACCENTS)
    voices = []
    for index, variant in enumerate(variants):
        for step in range(each):
            count = index * each + step
            # 3 and 7 share no factor with 8 and 13: every variant meets other accents and throats
            language = accents[(index + 3 * step) % len(accents)]
            warp = warps[0] + (warps[1] - warps[0]) * ((7 * count) % 13) / 12
            short, accent = _ACCENTS[language]
            voices.append(
                Voice(
                    name=f"{variant.lower()}-{short}-w{round(100 * warp)}",
                    synthesiser="espeak-ng",
                    voice=f"{language}+{variant}",
                    kind=kind,
                    accent=accent,
                    warp=round(warp, 2),
                    semitones=semitones,
                    takes=4,
                )
            )
    return voices
