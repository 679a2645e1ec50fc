"""The set ``accents``: English digits as people say them whose mother tongue is another.

In: the table below, a seed. Out: lines for ``core.sound.synthetic.crowd``. A formant synthesiser's
voice of another language is given each digit as that language would spell its sound, so that it is
said with that language's sounds and melody: "sri" and "faif" by a German one, "सिक्स" by a Hindi
one. Besides, each says neighbours of the digits as its own language reads them, and numbers.
"""

import numpy as np

from core.sound.synthetic.crowd import Folder, Line
from core.sound.synthetic.near import NEIGHBOURS
from core.sound.synthetic.neural import Manner
from core.sound.synthetic.voices import Kind, Voice
from core.sound.synthetic.words import FOREIGN

SPELT: dict[str, str] = {
    "de": "siroh/sihro wann tu sri/fri for/foa faif/faiv sicks seven/sewwen eit/eet nain",
    "nl": "ziero wan/wun toe srie/frie foor/for faaiv/faif siks seven/sevven eet/eit nain",
    "sv": "siro/zirå oann/vann to sri/fri får fajv siks seven ejt najn",
    "da": "siro/ziro uan tu sri/fri får fajv/fajf siks seven ejt/æjt najn",
    "nb": "siro uann to/tu sri får fajv siks seven ejt nain",
    "fr-fr": "zirô/zérô ouane tou sri/fri/zri fore/faure faïve sixe/sikse sévène/sèvenne "
    "éïte/ète naïne",
    "fr-be": "zirô/zérô ouane tou sri/fri for/faure faïve/faïf sixe sèvenne éïte/ète naïne",
    "es": "siro/zirou uan/guan tu zri/sri for/foar faif/faiv sics/siks seven/seben eit/éit nain",
    "es-419": "siro/zirou uan tu sri/zri for faif/faiv sics/siks seven/seben eit nain",
    "pt": "zirou/zírou uane tu/tú sri/fri for/fór faive/faiv sikse/sics séven/sévene êite nain",
    "pt-br": "zirou/zíro uã/uan tiú/tu sri/fri fór/for faiv sics/siks séven êit/êiti nain",
    "it": "ziro/zirou uan tu sri/fri for/foor faiv/faif sics/siks sèven/seven eit/éit nain",
    "ro": "zirou/ziro uan tu sri/fri for faiv/faif sics/siks seven eit/ăit nain",
    "pl": "ziro/zirou łan tu sri/fri for fajw/fajf siks sewen/sewyn ejt najn",
    "cs": "zirou/zíro uan/van tů sri/frí fór/for fajv/fajf siks seven/sevn ejt najn",
    "hu": "ziró/ziro van/uan tú szrí/frí fór/for fájv/fájf sziksz szeven ét/éjt nájn",
    "fi": "siirou/tsiirou uan/van tuu srii/frii foor/fo faiv/faif siks seven eit/eiht nain",
    "tr": "ziro/zirö van/uan tu sri/fri for/fo fayv/fayf siks sevın/seven eyt nayn",
    "el": "ζίρο/ζίροου ουάν/γουάν του θρι/σρι φορ/φόαρ φάιβ/φάιφ σιξ σέβεν/σέβν έιτ/έητ νάιν",
    "ru": "зироу/зиро уан/ван ту сри/фри фор/фо файв/файф сикс сэвен/севен эйт найн",
    "uk": "зіроу/зіро уан/ван ту срі/фрі фор файв/файф сікс севен/сэвен ейт найн",
    "hi": "ज़ीरो/जीरो वन टू थ्री फ़ोर/फोर फ़ाइव/फाइव सिक्स सेवन एट/एइट नाइन",
    "mr": "झीरो/झिरो वन टू थ्री फोर फाइव्ह/फाइव सिक्स सेव्हन/सेवन एट/एइट नाईन",
    "bn": "জিরো ওয়ান টু থ্রি ফোর ফাইভ সিক্স সেভেন এইট নাইন",
    "ta": "ஜீரோ ஒன்/வன் டூ த்ரீ ஃபோர் ஃபைவ் சிக்ஸ்/ஸிக்ஸ் செவன்/ஸெவன் எய்ட் நைன்",
    "te": "జీరో వన్ టూ త్రీ ఫోర్ ఫైవ్ సిక్స్ సెవెన్ ఎయిట్ నైన్",
    "id": "ziro/siro wan tu sri/fri for/foor faif/faiv siks seven/sefen eit/et nain",
    "sw": "ziro wan tu sri/thri for/foo faivu/faiv siksi/siks seven eiti/eit naini/nain",
    "fa-latn": "ziro vân/uan tu sri foor faiv siks seven eit nain",
}
"""By espeak-ng's name of the language: how each digit's sound would be spelt, or several ways."""

VARIANTS = (
    "f1", "f2", "f3", "f4", "f5", "anika", "belinda", "linda", "m1", "m2", "m3", "m4", "m6", "m7",
    "Diogo", "miguel", "Hugo", "edward",
)  # fmt: skip
VOICES_EACH = 12
"""Variants and throats in each language."""
TAKES = 2
"""Of each digit by each voice."""
OTHERS = 14
"""Other words of each voice."""


def voices(seed: int) -> list[Voice]:
    """Return the voices: of every language, half of them women's, in longer and shorter throats."""
    rng = np.random.default_rng([seed, 15])
    found = []
    for language in SPELT:
        chosen = rng.permutation(VARIANTS)[:VOICES_EACH]
        for number, variant in enumerate(chosen):
            woman = variant[0] in "fabl"
            low, high = (0.95, 1.22) if woman else (0.85, 1.08)
            kind: Kind = "woman" if woman else "man"
            name = f"{language}{number:02d}-{variant.lower()}"
            voice, warp = f"{language}+{variant}", round(float(rng.uniform(low, high)), 2)
            accent = f"mother tongue {language}"
            found.append(Voice(name, "espeak-ng", voice, kind, accent, warp, rate=0.95))
    return found


def lines(seed: int) -> list[Line]:
    """Return everything that is said in the set."""
    rng = np.random.default_rng([seed, 16])
    near = [word for words in NEIGHBOURS.values() for word in words]
    said = []

    def say(voice: Voice, folder: Folder, label: str, text: str) -> None:
        manner = Manner(
            rate=float(np.exp(rng.uniform(np.log(0.72), np.log(1.3)))),
            pitch=float(2 ** (rng.uniform(-3, 3) / 12)),
            pitch_range=float(rng.uniform(0.5, 1.6)),
        )
        peak = float(np.exp(rng.uniform(np.log(0.07), np.log(0.7))))
        said.append(
            Line(folder, label, text, voice.name, "espeak-ng", manner, voice.warp, peak, voice)
        )

    for voice in voices(seed):
        language = voice.voice.split("+")[0]
        for digit, spelt in enumerate(SPELT[language].split()):
            for _ in range(TAKES):
                say(voice, "digits", str(digit), str(rng.choice(spelt.split("/"))))
        numbers = FOREIGN.get(language[:2], "").split()
        for word in [*rng.permutation(near)[: OTHERS - 4], *rng.permutation(numbers)[:4]]:
            label = "".join(c for c in str(word).lower() if c.isalpha())
            say(voice, "other", label, str(word))
    return said
