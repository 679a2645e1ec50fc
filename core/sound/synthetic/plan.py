"""The list of recordings to make, each with its own chance: which voice says what, and how.

In: the tables of voices and words, a seed. Out: ``Clip`` by ``Clip`` for the generator.
Everything about a clip follows from the seed and its name, so any clip can be made again alone.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.sound.recordings import DIGIT_WORDS
from core.sound.synthetic import words
from core.sound.synthetic.noises import NOISES, make_noise
from core.sound.synthetic.synthesis import SAMPLE_RATE, Take, speak, to_int16
from core.sound.synthetic.voices import EMBEDDED, Voice, training_voices

SetName = Literal["embedded", "training"]


@dataclass(frozen=True)
class Clip:
    """One recording to be made."""

    member: str
    """Its name in the archive."""
    voice: Voice | None
    """Who speaks; None for a noise."""
    text: str
    """What is said, or the kind of noise."""
    part: Literal["all", "head", "tail"] = "all"
    """A fragment keeps only the first or the last 45 % of the word."""


@dataclass(frozen=True)
class Style:
    """How freely the takes of a set vary."""

    slowest: float
    fastest: float
    semitones: float
    margin: float
    """Seconds of silence around the word."""


STYLES: dict[SetName, Style] = {
    "embedded": Style(slowest=0.82, fastest=1.25, semitones=2.5, margin=0.01),
    "training": Style(slowest=0.7, fastest=1.35, semitones=4.0, margin=0.1),
}


def voices_of(name: SetName) -> tuple[Voice, ...]:
    """Return the speakers of a set."""
    return EMBEDDED if name == "embedded" else training_voices()


def plan(name: SetName, seed: int) -> list[Clip]:
    """Return every clip of a set, in the order of the archive."""
    voices = voices_of(name)
    digits = [
        Clip(f"digits/{digit}_{voice.name}_{take}.flac", voice, word)
        for digit, word in enumerate(DIGIT_WORDS)
        for voice in voices
        for take in range(voice.takes)
    ]
    rng = np.random.default_rng([seed, 1])
    others = _few_others(voices, rng) if name == "embedded" else _many_others(voices, rng)
    noises = [
        Clip(f"noise/{kind}_synthetic_{take}.flac", None, kind)
        for kind in NOISES
        for take in range(2 if name == "embedded" else 12)
    ]
    return [*digits, *others, *noises]


def make(clip: Clip, name: SetName, seed: int) -> npt.NDArray[np.int16]:
    """Return the samples of one clip at 8 kHz; the same for the same seed and synthesisers."""
    rng = np.random.default_rng([seed, zlib.crc32(clip.member.encode())])
    style = STYLES[name]
    take = Take(
        rate=float(np.exp(rng.uniform(np.log(style.slowest), np.log(style.fastest)))),
        semitones=float(rng.uniform(-style.semitones, style.semitones)),
        pitch_range=float(rng.uniform(0.6, 1.5)),
        ending=str(rng.choice([".", ".", "?", "!", ","])),
        # recordings differ a lot in level: FSDD's speakers have mean peaks from 0.06 to 0.51
        peak=float(np.exp(rng.uniform(np.log(0.07), np.log(0.7)))),
    )
    if clip.voice is None:
        return to_int16(make_noise(clip.text, rng), take.peak / 2)
    language = clip.voice.voice.split("+")[0]
    text = words.PRONOUNCED.get((language, clip.text), clip.text)
    y = speak(clip.voice, text, take, style.margin)
    if clip.part == "all":
        return y
    pad = round(style.margin * SAMPLE_RATE)
    keep = (y.size - 2 * pad) * 45 // 100
    return y[: pad + keep] if clip.part == "head" else y[y.size - pad - keep :]


def _pick(voices: tuple[Voice, ...], rng: np.random.Generator) -> Voice:
    return voices[int(rng.integers(len(voices)))]


def _label(text: str) -> str:
    """Return a phrase as it may stand in a file name."""
    return "-".join("".join(c for c in text.lower() if c.isalnum() or c in " -").split())


def _foreign(language: str, word: str, rng: np.random.Generator) -> Clip:
    """Return a number word of another language, by an espeak-ng variant."""
    variant = str(rng.choice(["f1", "f2", "f3", "f4", "belinda", "m1", "m2", "m3", "m7", "Hugo"]))
    voice = Voice(
        name=f"{variant.lower()}-{language}",
        synthesiser="espeak-ng",
        voice=f"{language}+{variant}",
        kind="man" if variant[0] in "mH" else "woman",
        accent=f"speaks {language}",
    )
    return Clip("", voice, word)


def _numbered(clips: Iterator[Clip]) -> list[Clip]:
    """Return the clips with their names: takes count within a word and speaker."""
    count: dict[tuple[str, str], int] = {}
    named = []
    for clip in clips:
        assert clip.voice is not None
        label = _label(clip.text)
        if clip.part != "all":
            label = f"cut-{label}"
        elif clip.voice.accent.startswith("speaks "):
            label = f"{clip.voice.accent[-2:]}-{label}"
        key = (label, clip.voice.name)
        take = count.get(key, 0)
        count[key] = take + 1
        named.append(replace(clip, member=f"other/{label}_{clip.voice.name}_{take}.flac"))
    return sorted(named, key=lambda clip: clip.member)


def _few_others(voices: tuple[Voice, ...], rng: np.random.Generator) -> list[Clip]:
    def clips() -> Iterator[Clip]:
        for word in words.COMMON:
            for choice in rng.choice(len(voices), size=4, replace=False):
                yield Clip("", voices[int(choice)], word)
        for language, word in words.FOREIGN_FEW:
            for _ in range(3):
                yield _foreign(language, word, rng)

    return _numbered(clips())


def _many_others(voices: tuple[Voice, ...], rng: np.random.Generator) -> list[Clip]:
    def clips() -> Iterator[Clip]:
        for word in words.COMMON:
            for _ in range(10):
                yield Clip("", _pick(voices, rng), word)
        for word in [*words.MORE, *words.PHRASES, *words.SYLLABLES]:
            for _ in range(3):
                yield Clip("", _pick(voices, rng), word)
        for language, line in words.FOREIGN.items():
            for word in line.split():
                for _ in range(2):
                    yield _foreign(language, word, rng)
        for word in DIGIT_WORDS:
            for _ in range(15):
                yield Clip("", _pick(voices, rng), word, "head")
                yield Clip("", _pick(voices, rng), word, "tail")

    return _numbered(clips())
