"""Distances: dynamic time warping with known answers, and which digits travel."""

import librosa
import numpy as np
import pytest

from core.browsing.distances import (
    DigitDistances,
    cell_features,
    digit_distances,
    distance,
    features,
)
from core.browsing.index import Index
from core.browsing.travelling import all_distances, travels
from core.sound.layouts import scan
from tests.core.browsing.sounds import noise, tone


def word(*frequencies, seconds=0.15):
    return np.concatenate([tone(f, seconds) for f in frequencies])


def apart(a, b):
    return distance(features(a), features(b))


def test_a_clip_is_at_no_distance_from_itself():
    y = word(300, 900, 500) + noise(0.45, 0.01)
    assert apart(y, y) == 0


def test_a_distance_is_the_same_both_ways():
    a, b = word(300, 900), word(400, 800, 1200)
    assert apart(a, b) == pytest.approx(apart(b, a), rel=1e-6)
    assert apart(a, b) > 1


def test_a_shifted_copy_is_near():
    y = word(300, 900, 500) + noise(0.45, 0.01)
    shifted = np.concatenate([noise(0.04, 0.01, seed=1), y])
    assert apart(y, shifted) < 0.2 * apart(y, word(1500, 600, 2500) + noise(0.45, 0.01))


def test_tempo_is_taken_out():
    fast, slow = word(300, 900, 500, seconds=0.1), word(300, 900, 500, seconds=0.2)
    assert apart(fast, slow) < 0.4 * apart(fast, word(500, 300, 900, seconds=0.1))


def test_loudness_is_no_difference():
    y = word(300, 900) + noise(0.3, 0.01)
    assert apart(y, 0.05 * y) < 0.1


def test_it_is_librosas_warping_divided_by_the_length_of_its_path():
    a, b = features(noise(0.3)), features(noise(0.45, seed=1))
    accumulated, path = librosa.sequence.dtw(X=a, Y=b, metric="euclidean")
    expected = accumulated[-1, -1] / len(path) / np.sqrt(len(a))  # root mean square over bands
    assert distance(a, b) == pytest.approx(expected, rel=1e-3)


def test_a_digit_that_all_say_alike_travels(small_set):
    """In the small set a digit is a tone, raised by a tenth for the other speaker."""
    index = Index.of(scan(small_set))
    clips = cell_features(index, index.speakers)
    assert clips.keys() == index.cells.keys()
    found = digit_distances(clips, 1, index.speakers)
    assert found.speakers == ("anna", "bert")
    np.testing.assert_allclose(found.same, found.same.T)
    assert (found.same < found.other).all()
    assert (np.diag(found.same) > 0).all()  # a take is not compared with itself
    assert found.trials.tolist() == [[6 * 5 * 2, 6 * 6 * 2], [6 * 6 * 2, 6 * 5 * 2]]
    travel = travels(found)
    assert travel.share == 1.0
    assert (travel.trials, travel.n_speakers) == (144, 2)
    assert np.isnan(travel.low)
    assert "In 100 of 100 trials" in travel.sentence and "144 trials" in travel.sentence


def test_a_digit_that_each_says_differently_does_not_travel():
    """Anna says her zero as Bert says his one, and the other way round."""
    low = [features(word(300 + i, 400)) for i in range(4)]
    high = [features(word(1500 + i, 2000)) for i in range(4)]
    clips = {(0, "anna"): low, (1, "anna"): high, (0, "bert"): high, (1, "bert"): low}
    assert travels(digit_distances(clips, 0, ("anna", "bert"))).share == 0.0


def test_digits_that_are_all_noise_travel_by_chance():
    rng = np.random.default_rng(0)
    clips = {
        (d, s): [rng.standard_normal((40, 12)).astype(np.float32) for _ in range(5)]
        for d in range(4)
        for s in "abcd"
    }
    travel = travels(digit_distances(clips, 0, [*"abcd"]))
    assert travel.share == pytest.approx(0.5, abs=0.15)
    assert travel.low <= travel.share <= travel.high


def test_one_speaker_or_one_digit_is_not_shown():
    clips = {(0, "anna"): [features(tone(300)), features(tone(310))]}
    found = digit_distances(clips, 0, ("anna",))
    assert found.same[0, 0] > 0
    assert np.isnan(found.other[0, 0])
    travel = travels(found)
    assert np.isnan(travel.share) and travel.trials == 0
    assert "not shown" in travel.sentence


def test_a_speaker_without_the_digit_leaves_a_gap():
    some = [features(tone(300)), features(tone(310))]
    clips = {(0, "a"): some, (1, "a"): some, (1, "b"): some}
    found = digit_distances(clips, 0, ("a", "b"))
    assert np.isnan(found.same[0, 1]) and np.isnan(found.same[1, 1])
    assert np.isfinite(found.other[0, 1])


def test_the_interval_is_narrow_where_all_speakers_agree():
    n = 6
    agree = DigitDistances(
        3, tuple("abcdef"), np.ones((n, n)), np.ones((n, n)), np.full((n, n), 0.8),
        np.full((n, n), 900),
    )  # fmt: skip
    travel = travels(agree)
    assert (travel.low, travel.share, travel.high) == pytest.approx((0.8, 0.8, 0.8))
    mixed = agree.nearer.copy()
    mixed[0] = mixed[:, 0] = 0.2
    differ = travels(
        DigitDistances(3, agree.speakers, agree.same, agree.other, mixed, agree.trials)
    )
    assert differ.high - differ.low > 0.2


def test_all_distances_come_from_the_cache_the_second_time(small_set, monkeypatch):
    index = Index.of(scan(small_set))
    seen = []
    first = all_distances(index, progress=seen.append)
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1)
    monkeypatch.setattr("core.browsing.travelling.cell_features", None)
    second = all_distances(index)
    assert [d.digit for d in second] == [0, 1, 2]
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a.same, b.same)
        np.testing.assert_array_equal(a.nearer, b.nearer)


def test_of_many_speakers_some_are_chosen_the_same_every_time(small_set):
    index = Index.of(scan(small_set))
    assert all_distances(index, most_speakers=1)[0].speakers == ("anna",)
    assert all_distances(index, speakers=["bert"])[0].speakers == ("bert",)


@pytest.mark.fsdd
def test_jacksons_sevens_are_nearer_to_each_other_than_to_his_twos(fsdd_folder):
    catalogue = scan(fsdd_folder).where(lambda r: r.speaker == "jackson" and r.digit in (2, 7))
    index = Index.of(catalogue)
    found = digit_distances(cell_features(index, ["jackson"]), 7, ["jackson"])
    assert found.same[0, 0] < 0.8 * found.other[0, 0]
    assert found.nearer[0, 0] > 0.9
