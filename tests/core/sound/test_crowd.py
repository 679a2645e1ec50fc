from collections import Counter

import numpy as np
import pytest

from core.errors import LabError
from core.sound.recordings import DIGIT_WORDS
from core.sound.synthetic import crowd, neural
from core.sound.synthetic.sentences import ADJECTIVES, FRAMES, NOUNS, TIMES, VERBS, sentence

SOUND_LIKE_DIGITS = {"to", "too", "for", "fore", "won", "ate", "nein", "tu", *DIGIT_WORDS}


def test_no_word_among_the_others_sounds_like_a_digit():
    assert not SOUND_LIKE_DIGITS & set(crowd.VOCABULARY)
    spoken = " ".join([*FRAMES, *NOUNS, *ADJECTIVES, *VERBS, *TIMES]).lower()
    assert not SOUND_LIKE_DIGITS & set(spoken.replace(",", " ").replace(".", " ").split())


def test_the_vocabulary_is_large_and_has_no_word_twice():
    assert len(crowd.VOCABULARY) > 1500
    assert len(set(crowd.VOCABULARY)) == len(crowd.VOCABULARY)
    assert all(word.isascii() and word.islower() for word in crowd.VOCABULARY)


def test_a_sentence_is_whole_and_follows_from_the_seed():
    made = [sentence(np.random.default_rng(seed)) for seed in range(200)]
    assert not any("{" in text for text in made)
    assert len(set(made)) > 190
    assert made[3] == sentence(np.random.default_rng(3))


def test_the_crowd_says_every_digit_and_no_digit_dominates():
    said = Counter(line.label for line in crowd.lines(20) if line.folder == "digits")
    assert set(said) == {str(d) for d in range(10)}
    assert max(said.values()) < 1.3 * min(said.values())


def test_the_lines_follow_from_the_seed():
    assert crowd.lines(5)[::500] == crowd.lines(5)[::500]
    assert crowd.lines(5)[::500] != crowd.lines(6)[::500]


def test_a_batch_is_of_one_synthesiser_and_every_line_is_in_one_batch():
    batches = crowd.batches(20)
    assert all(len({line.by for line in lines}) == 1 for _, lines in batches)
    assert len({seed for seed, _ in batches}) == len(batches)
    assert sum(len(lines) for _, lines in batches) == len(crowd.lines(20))


def test_speakers_are_many_and_men_are_not_the_most():
    everybody = [s for group in crowd.speakers(20).values() for s in group]
    assert len({s.name for s in everybody}) == len(everybody) > 200
    assert not any("_" in s.name for s in everybody)
    larks = [s.name for s in everybody if s.by == "hibari"]
    assert sum("man" in n and "woman" not in n for n in larks) * 2 < len(larks)


def test_a_missing_synthesiser_is_an_error_that_says_what_to_install(monkeypatch):
    def missing(name):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(neural.importlib, "import_module", missing)
    with pytest.raises(LabError, match="pip install hibari-tts"):
        neural.open_engine("hibari", 1)


def test_pieces_of_a_sentence_are_what_the_endpointer_hears_and_two_cuts():
    t = np.arange(8000 * 3) / 8000
    on = (t % 1.0) < 0.4  # three "words" with long pauses
    tone = np.sin(2 * np.pi * 150 * t) + 0.5 * np.sin(2 * np.pi * 300 * t)
    y = (8000 * on * tone).astype(np.int16)
    found = list(crowd.pieces(y, 1))
    words = [p for p in found if 0.4 * 8000 <= len(p) <= 0.7 * 8000]
    assert 3 <= len(found) <= 5
    assert len(words) >= 3
    again = list(crowd.pieces(y, 1))
    assert all(np.array_equal(a, b) for a, b in zip(found, again, strict=True))
