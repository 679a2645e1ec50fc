"""The set ``crowd``: what a large number of neural and formant voices say, digits and much else.

In: the tables of words, a seed. Out: batches of lines for the generator. A line is one utterance;
a batch is spoken by one session of one synthesiser, so that the same seed gives the same samples
whatever else is made beside it.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import soxr

from core.sound.recordings import DIGIT_WORDS
from core.sound.synthetic import words
from core.sound.synthetic.neural import Manner, open_engine
from core.sound.synthetic.sentences import sentence
from core.sound.synthetic.synthesis import SAMPLE_RATE, Take, cut, speak, to_int16
from core.sound.synthetic.voices import Voice, training_voices

By = Literal["hibari", "kokoro", "piper", "espeak-ng"]
Folder = Literal["digits", "other", "sentence"]

BATCH = 150
"""Lines a session."""
MARGIN = 0.1
"""Seconds around a word; sentences keep more, for the endpointer."""
VOCABULARY = tuple((Path(__file__).parent / "vocabulary.txt").read_text(encoding="utf-8").split())
"""1,706 English words, drawn by chance from CMUdict: 900 within two sounds of a digit, 150 with a
digit inside ("weight", "everyone"), the others anything. What sounds just like a digit is out."""

SAID: dict[int, tuple[str, ...]] = {
    0: ("zˈɪɹO", "zˈɪɹO", "zˈiɹO", "zˈɛɹO", "sˈɪɹO"),
    1: ("wˈʌn", "wˈʌn", "wˈʌn", "wˈɑn"),
    2: ("tˈu",),
    3: ("θɹˈi",),
    4: ("fˈɔɹ", "fˈɔɹ", "fˈɔ", "fˈOɹ"),
    5: ("fˈIv", "fˈIv", "fˈIf"),
    6: ("sˈɪks", "sˈɪks", "sˈiks"),
    7: ("sˈɛvən", "sˈɛvən", "sˈɛvɪn", "sˈɛvɛn"),
    8: ("ˈAt", "ˈAt", "ˈAt", "ˈɛt"),
    9: ("nˈIn", "nˈIn", "nˈIn", "nˈIn", "nˈIŋ"),
}
"""How people from many places say the digits, in misaki's phonemes: A is "ay", I "eye", O "oh"."""

TAKES: dict[By, int] = {"hibari": 5, "kokoro": 1, "piper": 5}
"""How often each speaker says each digit."""
VOWEL_ADDED = (2, 6, 7, 8)
"""Digits that Kokoro's Japanese voices end with a vowel more ("eighto"): not asked of them."""
SHARES: dict[By, float] = {"hibari": 2.0, "piper": 1.0, "espeak-ng": 1.0, "kokoro": 0.3}
"""How often each other word is said, by anybody; the commands four times as often."""
SENTENCES: dict[By, int] = {"hibari": 700, "piper": 250, "espeak-ng": 250}


@dataclass(frozen=True)
class Line:
    """One utterance to be made."""

    folder: Folder
    label: str
    """The digit, or what is said, as a file name has it."""
    text: str
    speaker: str
    by: By
    manner: Manner
    warp: float
    """As ``Voice.warp``."""
    peak: float
    voice: Voice | None = None
    """For espeak-ng."""


@dataclass(frozen=True)
class Speaker:
    """One of the crowd: a neural voice in some throat."""

    name: str
    by: By
    warp: float
    pitch: float = 1.0
    mix: tuple[float, ...] = ()
    rate: float = 1.0


def speakers(seed: int) -> dict[By, tuple[Speaker, ...]]:
    """Return the neural speakers: a third deep, a third like a woman's voice, the rest high."""
    rng = np.random.default_rng([seed, 11])
    crowd: dict[By, tuple[Speaker, ...]] = {}
    made = []
    for i in range(110):
        kind = ("man", "woman", "child")[(0, 1, 0, 1, 2)[i % 5]]
        low, high, f_low, f_high = {
            "man": (0.78, 0.93, 80, 155), "woman": (0.92, 1.1, 150, 250),
            "child": (1.08, 1.3, 220, 330),
        }[kind]  # fmt: skip
        warp = rng.uniform(low, high)
        # her own mean is near 190 Hz, and playing faster raises it too
        pitch = float(np.exp(rng.uniform(np.log(f_low), np.log(f_high)))) / 190 / warp
        rate = float(rng.uniform(0.9, 1.5))
        made.append(Speaker(f"lark{i:03d}-{kind}", "hibari", warp, pitch, rate=rate))
    crowd["hibari"] = tuple(made)
    made = []
    for i in range(110):
        mix = rng.dirichlet(np.full(5, 0.4))
        rate = float(rng.uniform(1.0, 1.6))
        name = f"blend{i:03d}"
        made.append(Speaker(name, "kokoro", rng.uniform(0.84, 1.18), mix=tuple(mix), rate=rate))
    crowd["kokoro"] = tuple(made)
    made = [
        Speaker(f"joe{i:02d}", "piper", warp, rate=float(rng.uniform(0.75, 1.25)))
        for i, warp in enumerate(np.linspace(0.88, 1.3, 40))
    ]
    crowd["piper"] = tuple(made)
    return crowd


def lines(seed: int) -> list[Line]:
    """Return everything that the crowd says."""
    rng = np.random.default_rng([seed, 12])
    crowd = speakers(seed)
    formant = [voice for voice in training_voices() if voice.synthesiser == "espeak-ng"]
    said: list[Line] = []

    def by(program: By, folder: Folder, label: str, text: str, who: int | None = None) -> None:
        said.append(drawn(program, folder, label, text, crowd, formant, rng, who))

    for digit in range(10):
        for program, takes in TAKES.items():
            if program == "kokoro" and digit in VOWEL_ADDED:
                continue
            for who in range(len(crowd[program])):
                for _ in range(takes):
                    spoken = DIGIT_WORDS[digit]
                    if program != "piper":
                        spoken = f"/{rng.choice(SAID[digit])}/"
                    by(program, "digits", str(digit), spoken, who)
    commands = set(words.COMMON)
    for word in [*words.COMMON, *words.MORE, *words.PHRASES, *words.SYLLABLES, *VOCABULARY]:
        times = 4 if word in commands else 1
        label = "".join(c for c in word.lower() if c.isalnum() or c == " ").replace(" ", "-")
        for program, share in SHARES.items():
            for _ in range(int(times * share + rng.uniform())):
                by(program, "other", label, word)
    for program, n in SENTENCES.items():
        for i in range(n):
            by(program, "sentence", f"{program[0]}{i:03d}", sentence(rng))
    return said


def drawn(
    program: By,
    folder: Folder,
    label: str,
    text: str,
    crowd: dict[By, tuple[Speaker, ...]],
    formant: list[Voice],
    rng: np.random.Generator,
    who: int | None,
) -> Line:
    """Return one line with its chances drawn."""
    ending = str(rng.choice([".", ".", "?", "!", ","])) if folder != "sentence" else ""
    rate = float(np.exp(rng.uniform(np.log(0.75), np.log(1.3))))
    raised = float(2 ** (rng.uniform(-3, 3) / 12))
    spread = float(rng.uniform(0.5, 1.6))
    liveliness = float(rng.uniform(0.35, 0.9))
    peak = float(np.exp(rng.uniform(np.log(0.07), np.log(0.7))))
    if program == "espeak-ng":
        voice = formant[int(rng.integers(len(formant)))]
        manner = Manner(rate, raised, spread)
        return Line(folder, label, text, voice.name, program, manner, voice.warp, peak, voice)
    members = crowd[program]
    speaker = members[int(rng.integers(len(members))) if who is None else who]
    # phonemes carry their punctuation inside the strokes
    text = f"{text[:-1]}{ending}/" if text.startswith("/") else text + ending
    manner = Manner(
        rate * speaker.rate / speaker.warp,
        raised * speaker.pitch,
        spread,
        speaker.mix,
        liveliness,
    )
    return Line(folder, label, text, speaker.name, program, manner, speaker.warp, peak)


def batches(seed: int, said: Iterable[Line] | None = None) -> list[tuple[int, list[Line]]]:
    """Return lines (all of the crowd's) as (seed of the session, lines), each by one program."""
    by: dict[str, list[Line]] = {}
    for line in lines(seed) if said is None else said:
        by.setdefault(line.by, []).append(line)
    found = []
    for program, theirs in sorted(by.items()):
        for start in range(0, len(theirs), BATCH):
            number = zlib.crc32(f"{seed} {program} {start}".encode()) % 2**31
            found.append((number, theirs[start : start + BATCH]))
    return found


def make_batch(batch: tuple[int, list[Line]]) -> list[tuple[Line, npt.NDArray[np.int16]]]:
    """Return a batch's lines with their samples at 8 kHz; what came out silent is left out."""
    seed, said = batch
    engine = None if said[0].by == "espeak-ng" else open_engine(said[0].by, seed)
    made = []
    for line in said:
        if line.voice is not None:
            semitones = 12 * float(np.log2(line.manner.pitch))
            take = Take(line.manner.rate, semitones, line.manner.pitch_range, ".", line.peak)
            made.append((line, speak(line.voice, line.text, take, MARGIN)))
            continue
        assert engine is not None
        y, sr = engine.say(line.text, line.manner)
        y = soxr.resample(y, sr * line.warp, SAMPLE_RATE, quality="HQ")
        y = cut(y, MARGIN, 36.0)
        if y.size:
            made.append((line, to_int16(y, line.peak)))
    return made


def pieces(y: npt.NDArray[np.int16], seed: int, n_cuts: int = 2) -> Iterator[npt.NDArray[np.int16]]:
    """Yield what the endpointer takes for a word in a sentence, and some pieces cut at random.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], int16
        A sentence.
    seed : int
        Of the room's noise: the endpointer needs one to tell a pause.
    n_cuts : int
        Pieces cut at random.
    """
    # the generator is a program above both: nothing of core.sound that the app runs goes up here
    from core.listening.endpointing import Endpointer

    rng = np.random.default_rng(seed)
    heard = np.pad(y.astype(np.float32) / 32768, SAMPLE_RATE // 2)
    level = float(np.sqrt(np.square(heard).mean())) * 10 ** (-rng.uniform(20, 45) / 20)
    heard += (rng.standard_normal(len(heard)) * max(level, 3e-5)).astype(np.float32)
    endpointer = Endpointer()
    for utterance in endpointer.feed(heard) + endpointer.flush():
        yield to_int16(utterance.y.astype(np.float64), float(np.abs(utterance.y).max()))
    for _ in range(n_cuts):
        length = int(rng.uniform(0.3, 0.9) * SAMPLE_RATE)
        start = int(rng.integers(0, max(1, len(y) - length)))
        cut_out = y[start : start + length]
        if np.abs(cut_out.astype(np.int32)).max() > 500:
            yield cut_out
