from collections import Counter

import numpy as np
import pytest
import soundfile

from core.errors import LabError
from core.sound.recordings import DIGIT_WORDS
from core.sound.synthetic import near, packaged

SOUND_LIKE_DIGITS = {"to", "too", "for", "fore", "won", "ate", "nein", "tu", *DIGIT_WORDS}


def test_near_words_are_no_digits_and_follow_from_the_seed():
    said = near.lines(5)
    words = Counter(line.label for line in said if line.folder == "other")
    assert not SOUND_LIKE_DIGITS & set(words)
    assert words["tree"] > words["off"] > words["hero"] > 0
    digits = Counter(line.label for line in said if line.folder == "digits")
    assert digits == {str(digit): near.DIGIT_TAKES for digit in range(10)}
    caribbean = [line for line in said if line.label == "3" and "en-029" in line.voice.voice]
    assert all(line.text != "three" for line in caribbean)  # it would say "tree"
    assert said[::300] == near.lines(5)[::300] != near.lines(6)[::300]


def tone(path, seconds, sr=16000):
    path.parent.mkdir(parents=True, exist_ok=True)
    t = np.arange(round(seconds * sr)) / sr
    y = 0.3 * np.sign(np.sin(2 * np.pi * 140 * t)) * np.hanning(len(t))
    soundfile.write(path, y, sr)


@pytest.fixture
def unpacked(tmp_path):
    share = tmp_path / "usr" / "share"
    asterisk = share / "asterisk" / "sounds"
    for digit in range(10):
        tone(asterisk / "en_US_f_Allison" / "digits" / f"{digit}.wav", 0.5)
        tone(asterisk / "fr_CA_f_June" / "digits" / f"{digit}.wav", 0.5)
    for name in ("for", "vm-to", "goodbye"):
        tone(asterisk / "en_US_f_Allison" / f"{name}.wav", 0.6)
    tone(asterisk / "en_US_f_Allison" / "vm-intro.wav", 2.0)
    for name in (
        "games/fillets-ng/sound/aztec/cs/mluvi.ogg", "klettres/it/syllab/tu.ogg",
        "klettres/it/syllab/ba.ogg", "ktuberling/sounds/sr@latin/ball.ogg",
        "ktuberling/sounds/de/ball.ogg", "tuxpaint/stamps/symbols/math/6_sv.ogg",
        "tuxpaint/stamps/symbols/math/7_sv.ogg",
    ):  # fmt: skip
        tone(share / name, 0.5)
    return tmp_path


def test_people_say_their_digits_and_nothing_else_that_sounds_like_one(unpacked):
    heard = packaged.files(unpacked, 1)
    others = {(one.speaker, one.path.stem) for one in heard if one.digit is None}
    assert ("asterisk-en", "goodbye") in others
    assert {stem for speaker, stem in others if speaker == "asterisk-fr"} == set("12345789")
    left_out = {"for", "vm-to", "tu", "6_sv", *"0123456789"}
    assert not left_out & {stem for speaker, stem in others if speaker != "asterisk-fr"}
    assert {speaker for speaker, _ in others if "sr" in speaker} == set()
    digits = Counter(one.digit for one in heard if one.digit is not None)
    assert digits == dict.fromkeys(range(10), len(packaged.DIGITS) * len(packaged.THROATS))


def test_a_prompt_that_may_hold_a_digit_is_left_out_and_throats_change_the_length(unpacked):
    heard = packaged.files(unpacked, 1)
    long = next(one for one in heard if one.path.stem == "vm-intro")
    assert packaged.sounds(long) == []
    threes = [one for one in heard if one.digit == 3 and one.speaker.startswith("allison")]
    lengths = [len(packaged.sounds(one)[0]) for one in threes]
    assert lengths[0] > 1.3 * lengths[-1]
    names = [name for name, _ in packaged.named(threes, map(packaged.sounds, threes))]
    assert names[0] == "digits/3_allison-w084_0.flac"
    assert len(set(names)) == len(threes)


def test_a_missing_package_is_an_error_that_names_what_to_unpack(tmp_path):
    with pytest.raises(LabError, match="ktuberling-data"):
        packaged.files(tmp_path, 1)
