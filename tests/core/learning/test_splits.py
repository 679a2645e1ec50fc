"""Splits: nobody's take on two sides, and FSDD's official test set to the letter."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DataError
from core.learning.splits import held_out_by, leaving_out, split_recordings
from core.sound.recordings import DIGIT_WORDS, Recording

FSDD_SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")


def recordings(speakers, takes, digits=10, first_take=0):
    return [
        Recording(d, s, t, Path("root"), f"{d}_{s}_{t}.wav", DIGIT_WORDS[d])
        for d in range(digits)
        for s in speakers
        for t in range(first_take, first_take + takes)
    ]


FSDD = recordings(FSDD_SPEAKERS, 50)


def all_of(split):
    return [split.train, split.validation, split.known, split.unseen]


def takes_of(some, indices):
    return {(some[i].speaker, some[i].digit, some[i].take) for i in indices}


def test_the_official_split_of_fsdd_is_index_zero_to_four():
    split = split_recordings(FSDD, "official", 0.1, seed=0)
    assert {FSDD[i].take for i in split.known} == {0, 1, 2, 3, 4}
    assert len(split.known) == 300
    assert len(split.unseen) == 0
    assert min(FSDD[i].take for i in [*split.train, *split.validation]) == 5
    assert len(split.train) + len(split.validation) == 2700


def test_the_official_split_of_the_four_speakers_of_2019_is_1800_and_200():
    split = split_recordings(recordings(FSDD_SPEAKERS[:4], 50), "official", 0.1, seed=0)
    assert (len(split.train) + len(split.validation), len(split.known)) == (1800, 200)


@pytest.mark.fsdd
def test_the_official_split_of_the_real_recordings_is_by_their_names(fsdd_folder):
    from core.sound.layouts import scan

    real = scan(fsdd_folder).recordings
    split = split_recordings(real, "official", 0.1, seed=0)
    names = {real[i].name.rpartition("/")[2] for i in split.known}
    assert names == {f"{d}_{s}_{i}.wav" for d in range(10) for s in FSDD_SPEAKERS for i in range(5)}


def test_the_order_of_the_files_does_not_move_the_test_set():
    mixed = [FSDD[i] for i in np.random.default_rng(0).permutation(len(FSDD))]
    split = split_recordings(mixed, "official", 0.1, seed=0)
    assert {mixed[i].take for i in split.known} == {0, 1, 2, 3, 4}


def test_the_seed_moves_validation_and_never_the_test_set():
    first, second = (split_recordings(FSDD, "official", 0.1, seed) for seed in (0, 1))
    np.testing.assert_array_equal(first.known, second.known)
    assert set(first.validation) != set(second.validation)


def test_the_same_seed_gives_the_same_split():
    first, again = (split_recordings(FSDD, "official", 0.1, 3) for _ in range(2))
    for a, b in zip(all_of(first), all_of(again), strict=True):
        np.testing.assert_array_equal(a, b)


def test_validation_is_a_share_of_every_speakers_takes_of_every_digit():
    split = split_recordings(FSDD, "official", 0.2, seed=0)
    counts = {}
    for i in split.validation:
        counts[FSDD[i].speaker, FSDD[i].digit] = counts.get((FSDD[i].speaker, FSDD[i].digit), 0) + 1
    assert set(counts.values()) == {9}  # a fifth of 45
    assert len(counts) == 60


def test_a_speaker_left_out_is_scored_and_never_trained_on():
    split = split_recordings(FSDD, "speaker:theo", 0.1, seed=0)
    assert {FSDD[i].speaker for i in split.unseen} == {"theo"}
    assert len(split.unseen) == 500
    for indices in (split.train, split.validation, split.known):
        assert "theo" not in {FSDD[i].speaker for i in indices}
    assert {FSDD[i].take for i in split.known} == {0, 1, 2, 3, 4}
    assert len(split.known) == 250


@pytest.mark.parametrize("names", [["theo"], ["theo", "george"], ["a:b", 'c", "d', "李", "e/f,g"]])
def test_a_split_names_whoever_is_left_out_whatever_they_are_called(names):
    some = recordings([*names, "somebody else"], takes=5)
    split = split_recordings(some, leaving_out(names), 0.2, seed=0)
    assert set(held_out_by(leaving_out(names))) == set(names)
    assert {some[i].speaker for i in split.unseen} == set(names)
    assert {some[i].speaker for i in [*split.train, *split.known]} == {"somebody else"}


def test_leaving_nobody_out_is_the_official_split():
    assert leaving_out([]) == "official"


def test_with_nothing_held_out_only_validation_is_not_trained_on():
    split = split_recordings(FSDD, "all", 0.1, seed=0)
    assert len(split.known) == len(split.unseen) == 0
    assert len(split.train) + len(split.validation) == 3000


def test_where_everybody_has_one_take_whole_speakers_are_kept_for_scoring():
    crowd = recordings([f"speaker{i}" for i in range(40)], takes=1)
    split = split_recordings(crowd, "official", 0.1, seed=0)
    strangers = {crowd[i].speaker for i in split.unseen}
    assert 1 <= len(strangers) <= 12
    assert strangers.isdisjoint({crowd[i].speaker for i in [*split.train, *split.validation]})
    assert len(split.known) == 0


def test_who_is_kept_for_scoring_does_not_depend_on_who_else_is_there():
    names = [f"speaker{i}" for i in range(60)]
    many, few = recordings(names, takes=1), recordings(names[1::2], takes=1)
    left_out = [
        {some[i].speaker for i in split_recordings(some, "official", 0.1, 0).unseen}
        for some in (many, few)
    ]
    assert left_out[1]
    assert left_out[1] == left_out[0] & {r.speaker for r in few}


def test_somebody_is_kept_for_scoring_however_few_there_are():
    for pair in (["anna", "bert"], ["carl", "dora"], ["emil", "frieda"]):
        some = recordings(pair, takes=2)
        split = split_recordings(some, "official", 0.1, seed=0)
        assert len(split.unseen) > 0
        assert len(split.train) > 0


def test_single_takes_train_rather_than_being_scored_where_somebody_is_left_out():
    some = recordings(["s0", "s1", "s2", "s3", "s4"], takes=1)
    split = split_recordings(some, "speaker:s0", 0.1, seed=0)
    assert len(split.known) == 0
    assert len(split.unseen) == 10
    assert len(split.train) + len(split.validation) == 40


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 5),
    st.integers(1, 12),
    st.integers(1, 10),
    st.sampled_from(["official", "all", "speaker:s0"]),
    st.floats(0.02, 0.5),
    st.integers(0, 5),
)
def test_no_recording_is_on_two_sides_and_none_is_lost(
    n_speakers, takes, digits, name, share, seed
):
    some = recordings([f"s{i}" for i in range(n_speakers)], takes, digits)
    try:
        split = split_recordings(some, name, share, seed)
    except DataError:
        assert n_speakers == 1 or takes * digits * n_speakers <= 40
        return
    indices = np.concatenate(all_of(split))
    assert len(set(indices.tolist())) == len(indices)
    assert len(split.train) > 0
    assert len(split.validation) > 0
    training = takes_of(some, split.train)
    for other in (split.validation, split.known, split.unseen):
        assert training.isdisjoint(takes_of(some, other))
    if name == "all":
        assert len(indices) == len(some)


def test_an_unknown_speaker_is_named_with_those_there_are():
    with pytest.raises(DataError, match=r"No recording is by 'anna'.*george, jackson"):
        split_recordings(FSDD, "speaker:anna", 0.1, 0)


def test_the_only_speaker_cannot_be_left_out():
    with pytest.raises(DataError, match="too few to train on"):
        split_recordings(recordings(["theo"], 50), "speaker:theo", 0.1, 0)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_handful_of_recordings_is_too_few(n):
    with pytest.raises(DataError, match=f"{n} recordings are too few"):
        split_recordings(recordings(["theo"], 1, digits=n), "all", 0.1, 0)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("official", "first tenth of the takes of each of 6 speakers"),
        ("all", "nothing held out"),
        ("speaker:theo", "trained without theo"),
    ],
)
def test_the_protocol_is_said_in_words(name, words):
    assert words in split_recordings(FSDD, name, 0.1, 0).protocol


# By chance, by name, and less of it.


def test_a_random_split_takes_a_tenth_of_every_speaker_and_digit_by_chance():
    split = split_recordings(FSDD, "random", 0.1, seed=0)
    assert len(split.known) == 300
    assert {FSDD[i].take for i in split.known} != {0, 1, 2, 3, 4}
    assert len(takes_of(FSDD, split.known)) == 300
    for speaker in FSDD_SPEAKERS:
        assert sum(FSDD[i].speaker == speaker for i in split.known) == 50
    assert split.protocol.startswith("a tenth by chance")
    again, other = (split_recordings(FSDD, "random", 0.1, seed) for seed in (0, 1))
    np.testing.assert_array_equal(split.known, again.known)
    assert set(split.known) != set(other.known)


def test_nobody_but_the_training_speakers_trains_chooses_or_is_known():
    split = split_recordings(FSDD, "speaker:theo", 0.1, 0, train_speakers=("lucas", "george"))
    for part in (split.train, split.validation, split.known):
        assert {FSDD[i].speaker for i in part} == {"lucas", "george"}
    assert {FSDD[i].speaker for i in split.unseen} == {"theo"}
    assert "trained on george, lucas only" in split.protocol


def test_an_unknown_training_speaker_is_named():
    with pytest.raises(DataError, match="No recording is by 'nobody'"):
        split_recordings(FSDD, "official", 0.1, 0, train_speakers=("nobody",))


def test_a_share_of_the_training_clips_leaves_validation_and_scoring_as_they_are():
    whole = split_recordings(FSDD, "official", 0.1, 0)
    half, tenth = (split_recordings(FSDD, "official", 0.1, 0, (), share) for share in (0.5, 0.1))
    for part in ("validation", "known", "unseen"):
        np.testing.assert_array_equal(getattr(half, part), getattr(whole, part))
    assert len(half.train) == pytest.approx(len(whole.train) / 2, rel=0.05)
    assert len(tenth.train) == pytest.approx(len(whole.train) / 10, rel=0.1)
    assert set(tenth.train) < set(half.train) < set(whole.train)
    assert "50% of their clips" in half.protocol


def test_a_share_below_half_a_clip_a_speaker_leaves_some_speakers_out_and_no_digit():
    def trains(share: float) -> set[int]:
        return {*split_recordings(FSDD, "official", 0.1, 0, (), share).train.tolist()}

    assert len(trains(0.025)) == 60  # 41 of each: one clip of every speaker and digit
    assert len(trains(0.008)) == 20  # a third of a clip each: two of six speakers
    assert {FSDD[i].digit for i in trains(0.0001)} == {*range(10)}
    assert trains(0.0001) < trains(0.008) < trains(0.025) < trains(0.05)
