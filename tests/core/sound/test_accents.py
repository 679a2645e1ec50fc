"""The set of accents: digits spelt as other languages would spell their sound."""

from collections import Counter

import pytest

from core.sound.synthetic import accents
from core.sound.synthetic.near import NEIGHBOURS

LINES = accents.lines(20)


@pytest.mark.parametrize("language", accents.SPELT)
def test_every_language_spells_the_ten_digits(language):
    spelt = accents.SPELT[language].split()
    assert len(spelt) == 10
    assert all(way for ways in spelt for way in ways.split("/"))


def test_every_voice_says_every_digit_as_often_as_any_other():
    said = Counter((line.speaker, line.label) for line in LINES if line.folder == "digits")
    assert len(said) == len(accents.SPELT) * accents.VOICES_EACH * 10
    assert set(said.values()) == {accents.TAKES}


def test_each_line_is_said_by_a_voice_of_the_language_that_spells_it():
    for line in LINES:
        if line.folder == "digits":
            language = line.voice.voice.split("+")[0]
            assert line.text in accents.SPELT[language].split()[int(line.label)].split("/")


def test_speakers_have_names_that_a_file_may_have():
    assert all(line.speaker.isascii() and "_" not in line.speaker for line in LINES)
    assert all("_" not in line.label and "/" not in line.label for line in LINES)


def test_other_words_are_no_digits():
    others = {line.text for line in LINES if line.folder == "other"}
    near = {word for words in NEIGHBOURS.values() for word in words}
    assert len(others & near) > 100
    assert not others & {way for ways in accents.SPELT.values() for way in ways.split()}


def test_half_of_the_voices_are_womens():
    kinds = Counter(voice.kind for voice in accents.voices(20))
    assert 0.35 < kinds["woman"] / kinds.total() < 0.65


def test_the_same_seed_says_the_same():
    assert accents.lines(20) == LINES
    assert accents.lines(21) != LINES
