"""The set ``people``: words that people recorded for free programs, out of Debian's packages.

In: a folder in which the packages are unpacked, a seed. Out: pieces of sound, each with its name
in the archive. What is no digit is as the endpointer hears it; three people say the digits too,
once each, and are heard in several throats so that they count beside FSDD's six men. The set is
not distributed: whoever wants it makes it from the packages (LICENCES.md says whose they are).
"""

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from core.errors import LabError
from core.sound.synthetic.crowd import MARGIN, pieces
from core.sound.synthetic.synthesis import SAMPLE_RATE, cut, to_int16

PACKAGES = (
    "asterisk-core-sounds-en-wav", "asterisk-core-sounds-es-wav", "asterisk-core-sounds-fr-wav",
    "asterisk-core-sounds-it-wav", "asterisk-core-sounds-ru-wav", "fillets-ng-data-cs",
    "fillets-ng-data-nl", "klettres-data", "ktuberling-data", "tuxpaint-stamps-default",
)  # fmt: skip
"""What apt installs, or apt-get download and dpkg -x put into one folder."""

OTHERS: tuple[tuple[str, str], ...] = (
    (r"asterisk/sounds/(es|fr|it|ru)_.*\.wav", "asterisk"),
    (r"asterisk/sounds/(en)_.*\.wav", "asterisk"),
    (r"games/fillets-ng/sound/[^/]+/(cs|nl)/.*\.ogg", "fillets"),
    (r"klettres/(\w+)/(?:alpha|syllab)/.*\.ogg", "klettres"),
    (r"ktuberling/sounds/(\w+)/.*\.ogg", "ktuberling"),  # sr@latin and the like are sr again
    (r"tuxpaint/stamps/.*_(\w\w|zh_tw)\.ogg", "tuxpaint"),
)
"""Where words lie below ``usr/share``, with the language in brackets, and the program's name."""

DIGITS = {
    "allison": "asterisk/sounds/en_US_f_Allison/digits/{}.wav",
    "stamps-us": "tuxpaint/stamps/symbols/math/{}.ogg",
    "stamps-gb": "tuxpaint/stamps/symbols/math/{}_en_GB.ogg",
}
"""Who says the ten digits in English."""
THROATS = tuple(np.geomspace(0.84, 1.25, 20).tolist())
"""How much faster and higher each of them is played."""

LIKE_DIGITS = re.compile(
    r"(^|[-_/])(to|too|tu|two|for|fo|fore|one|onefor|won|silence)([-_.]|$)|(digits|math)/[06][._]",
    re.IGNORECASE,
)
"""Names of what sounds like an English digit, in whatever language: "zero" is Italian too, "six"
French, "sex" Swedish."""
LONGEST_ENGLISH = 1.2
"""Seconds: longer English prompts may have a digit in them, or "to", or "for"."""
FROM_EACH = 160
"""Files of each program and language."""
MOST_PIECES = 5
"""Of each file."""


@dataclass(frozen=True)
class Heard:
    """One file to be heard."""

    path: Path
    speaker: str
    digit: int | None
    warp: float
    seed: int

    @property
    def label(self) -> str:
        """What a file name says of it."""
        if self.digit is not None:
            return str(self.digit)
        return re.sub(r"[^a-z]+", "-", self.path.stem.lower()).strip("-")[:24] or "word"


def files(root: Path, seed: int) -> list[Heard]:
    """Return what is heard of the unpacked packages.

    Raises
    ------
    LabError
        If a package is missing.
    """
    share = root / "usr" / "share"
    found = defaultdict(list)
    for path in sorted(share.rglob("*")):
        name = path.relative_to(share).as_posix()
        if path.suffix not in (".ogg", ".wav") or LIKE_DIGITS.search(name):
            continue
        for pattern, program in OTHERS:
            if match := re.fullmatch(pattern, name):
                english_digit = program == "asterisk" and re.search(r"en_.*digits/\d\.", name)
                if not english_digit and match[1] != "GB":
                    found[f"{program}-{match[1].lower().replace('_', '-')}"].append(path)
                break
    programs = {speaker.split("-")[0] for speaker in found}
    if programs != {program for _, program in OTHERS}:
        raise LabError(
            f"Below {share} only {', '.join(sorted(programs)) or 'nothing'} was found. Unpack "
            f"there: {' '.join(PACKAGES)}."
        )
    heard = []
    for speaker, paths in sorted(found.items()):
        rng = np.random.default_rng([seed, 14, zlib.crc32(speaker.encode())])
        chosen = sorted(rng.permutation(len(paths))[:FROM_EACH].tolist())
        heard += [Heard(paths[i], speaker, None, 1.0, int(rng.integers(2**31))) for i in chosen]
    for speaker, pattern in DIGITS.items():
        for digit in range(10):
            for warp in THROATS:
                name = f"{speaker}-w{round(100 * warp):03d}"
                heard.append(Heard(share / pattern.format(digit), name, digit, warp, 0))
    return heard


def sounds(heard: Heard) -> list[npt.NDArray[np.int16]]:
    """Return the words in a file at 8 kHz: a digit whole, of anything else what an ear would cut.

    Silence, and what is too long to be free of digits, gives nothing.
    """
    y, sr = soundfile.read(heard.path, dtype="float64", always_2d=True)
    y = soxr.resample(y.mean(axis=1), sr * heard.warp, SAMPLE_RATE, quality="HQ")
    seconds, peak = len(y) / SAMPLE_RATE, float(np.abs(y).max(initial=0))
    if peak < 0.01 or (heard.speaker == "asterisk-en" and seconds > LONGEST_ENGLISH):
        return []
    peak = min(peak, 0.9)
    if heard.digit is not None:
        return [to_int16(cut(y, MARGIN, 36.0), peak)]
    n_cuts = 1 if seconds > 1.5 else 0
    return list(pieces(to_int16(y, peak), heard.seed, n_cuts))[:MOST_PIECES]


def named(
    heard: Sequence[Heard], made: Iterable[list[npt.NDArray[np.int16]]]
) -> Iterator[tuple[str, npt.NDArray[np.int16]]]:
    """Yield each sound with its name in the archive; takes count within a word and speaker."""
    count: Counter[tuple[str, str]] = Counter()
    for one, found in zip(heard, made, strict=True):
        folder = "other" if one.digit is None else "digits"
        for y in found:
            take = count[one.label, one.speaker]
            count[one.label, one.speaker] += 1
            yield f"{folder}/{one.label}_{one.speaker}_{take}.flac", y
