"""What the benchmarks of Live read out of a stream: known answers."""

import itertools
import json

import numpy as np
import pytest

from benchmarks.latency import matched, on_screen
from benchmarks.streams import Placed, words_with_gaps
from benchmarks.taps import HeardAt, Tapped, offset_of, read_taps
from benchmarks.thousand_words import paired
from benchmarks.word_pairs import owner
from core.listening.recogniser import Answer
from core.listening.stream import Word

SR = 8000


def heard(number: int, start: float, end: float, digit: int | None = 7) -> HeardAt:
    return HeardAt(number, start, end, digit, 0.9, 0.003, 0.2, 0.0, 0.0, 0)


def word(start: float, end: float) -> Word:
    answer = Answer(7, 0.9, (0.1,) * 10, 0.003)
    return Word(1, start, end, answer, np.zeros(1, np.float32), 0.2, -20.0, -60.0)


def test_gaps_may_differ_from_word_to_word():
    tone = np.sin(np.arange(SR // 2) / 3).astype(np.float32)
    _, places = words_with_gaps(
        [("a", tone), ("b", tone), ("c", tone)], [0.25, 1.5, 0.5], 20, "hum"
    )
    gaps = [b.start - a.end for a, b in itertools.pairwise(places)]
    assert gaps == [SR // 4, SR * 3 // 2]


def test_a_pair_counts_as_split_only_where_each_word_has_its_own():
    pair = [Placed("a", 0, SR), Placed("b", SR * 5 // 4, SR * 9 // 4)]
    assert [owner(w, pair) for w in (word(0, 1), word(1.25, 2.25))] == [0, 1]
    assert owner(word(0, 2.25), pair) is None  # both in one
    assert [owner(w, pair) for w in (word(0, 0.5), word(0.5, 1))] == [0, 0]  # one in two


def test_a_difference_says_on_how_many_words_it_rests():
    both = np.array([[True, True]] * 90 + [[True, False]] * 2 + [[False, True]] * 8)
    assert paired(both).startswith("-6.0 points (95 % interval -12.")
    assert "2 only the first, 8 only the second" in paired(both)


def test_a_tap_tells_arrivals_lost_frames_and_where_the_sound_began(tmp_path):
    played = np.random.default_rng(0).standard_normal(2 * SR).astype(np.float32) * 0.1
    came = played[SR // 2 :]  # the connection took half a second
    n = 160
    rows = [(100 + i * 0.02, n, SR, i * n) for i in range(len(came) // n)]
    rows[40:] = [(t, k, sr, pts + 2 * n) for t, k, sr, pts in rows[40:]]  # two frames lost
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "0.blocks").write_text(text + "[101.5, 1", "utf-8")  # a line still being written
    (tmp_path / "0.samples").write_bytes((32768 * came).astype(np.int16).tobytes())
    (tapped,) = read_taps(tmp_path)
    assert tapped.words == []
    assert tapped.lost == pytest.approx(2 / (len(rows) + 1))
    assert tapped.arrival(0.5) == pytest.approx(100 + 0.02 * 24)
    assert offset_of(tapped, played) == pytest.approx(-0.5, abs=1e-3)


def test_words_are_matched_to_what_was_spoken_and_to_what_was_shown():
    spoken = [(Placed("7", 2 * SR, 3 * SR), 7), (Placed("3", 5 * SR, 6 * SR), 3)]
    words = [heard(1, 1.0, 2.0), heard(2, 8.0, 8.4)]
    assert matched(words, spoken, offset=-1.0) == [[words[0]], [], [words[1]]]
    seen = [(1, 10.0), (3, 11.0)]  # two words came between two polls
    assert [on_screen(n, seen) for n in (1, 2, 3, 4)] == [10.0, 11.0, 11.0, float("inf")]


def test_a_tapped_stream_knows_its_length():
    tapped = Tapped(np.array([0.0, 0.02]), np.array([960, 960]), 48000, np.array([0, 960]),
                    np.zeros(1920, np.float32), [])  # fmt: skip
    assert tapped.seconds == pytest.approx(0.04)
    assert tapped.lost == 0
