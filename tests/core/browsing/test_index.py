"""The index: the same recordings as the catalogue, in columns."""

from pathlib import Path

import numpy as np
import pytest

from core.browsing.index import Index, evenly, joined, sample
from core.sound.layouts import scan
from core.sound.recordings import Catalogue, Recording


def recording(digit, speaker, take, root="/a", name=None, word=None):
    name = name or f"{digit}_{speaker}_{take}.wav"
    return Recording(digit, speaker, take, Path(root), name, word or str(digit))


MIXED = Catalogue(
    "mixed",
    (
        recording(0, "Zoë", 3),
        recording(0, "b", 0, root="/b.zip", name="名前/0_b_0.wav"),
        recording(7, "b", 12),
        recording(None, "b", 1, word="bed"),
    ),
)


def test_an_index_gives_back_every_recording():
    index = Index.of(MIXED)
    assert index.recordings() == MIXED.recordings
    assert index.catalogue() == MIXED
    assert index.recording(-1) == MIXED.recordings[-1]
    assert index.recordings([2, 0]) == (MIXED.recordings[2], MIXED.recordings[0])
    assert len(index) == 4
    with pytest.raises(IndexError):
        index.recording(4)


def test_an_index_survives_being_kept():
    index = Index.of(MIXED)
    again = Index.from_arrays(*index.to_arrays())
    assert again.recordings() == MIXED.recordings
    assert (again.title, again.speakers, again.words) == ("mixed", ("Zoë", "b"), index.words)


def test_an_empty_catalogue_has_an_empty_index():
    index = Index.of(Catalogue("none", ()))
    assert (len(index), index.recordings(), index.cells) == (0, (), {})


def test_cells_hold_each_digit_and_speaker_by_take(small_set):
    catalogue = scan(small_set)
    index = Index.of(catalogue)
    assert index.cells.keys() == {(d, s) for d in range(3) for s in ("anna", "bert")}
    for (digit, speaker), places in index.cells.items():
        found = [catalogue.recordings[i] for i in places]
        assert [(r.digit, r.speaker, r.take) for r in found] == [
            (digit, speaker, take) for take in range(6)
        ]


def test_other_words_are_in_no_cell():
    assert sum(len(places) for places in Index.of(MIXED).cells.values()) == 3


def test_a_shared_link_finds_its_recording(small_set):
    index = Index.of(scan(small_set))
    i = index.find(2, "bert", 4)
    assert index.recording(i).name == "2_bert_4.wav"
    assert index.find(2, "bert", 40) is None
    assert index.find(9, "bert", 4) is None
    assert index.find(2, "nobody", 4) is None


def test_official_test_is_takes_0_to_4_of_digits():
    assert Index.of(MIXED).official_test.tolist() == [True, True, False, False]


def test_joined_sets_stand_side_by_side(small_set, folder_of):
    own = folder_of({"1_cleo_0": np.ones(800, np.float32)}, "own")
    both = joined([Index.of(scan(small_set)), Index.of(scan(own))], "both")
    assert both.speakers == ("anna", "bert", "cleo")
    assert len(both) == 37 and len(both.roots) == 2
    assert both.recording(both.find(1, "cleo", 0)).root == own


def test_evenly_keeps_ends_and_number():
    places = np.arange(50) * 2
    assert evenly(places, 100) is places
    found = evenly(places, 10)
    assert (len(set(found)), found[0], found[-1]) == (10, 0, 98)


def test_a_sample_keeps_every_digit_and_speaker_in_its_share(small_set):
    index = Index.of(scan(small_set))
    places = sample(index, np.arange(36), 12)
    assert [(index.digits[places] == d).sum() for d in range(3)] == [4, 4, 4]
    assert [(index.speaker_codes[places] == s).sum() for s in range(2)] == [6, 6]
    np.testing.assert_array_equal(places, sample(index, np.arange(36), 12))
    assert (np.diff(places) > 0).all()


@pytest.mark.parametrize("places", [[], [0], [3, 1, 2], [5, 5], list(range(6))])
def test_a_subset_holds_exactly_these_recordings(places):
    catalogue = Catalogue("set", tuple(recording(d, "aé漢"[d % 3], d) for d in range(6)))
    index = Index.of(catalogue)
    subset = index.subset(np.array(places, np.int64))
    assert subset.recordings() == tuple(index.recording(i) for i in places)


def test_indices_of_other_recordings_have_other_marks():
    index = Index.of(Catalogue("set", tuple(recording(d, "a", d) for d in range(6))))
    marks = {index.subset(np.array(p, np.int64)).mark for p in ([0, 1], [0, 2], [1, 0], [])}
    assert len(marks | {index.mark}) == 5


@pytest.mark.parametrize("names", [[], ["a"], ["a", "b"], ["Zoë 漢", "a\nb"], [""]])
def test_speakers_of_any_name_survive_being_kept(names):
    index = Index.of(Catalogue("set", tuple(recording(1, n, i) for i, n in enumerate(names))))
    assert Index.from_arrays(*index.to_arrays()).speakers == index.speakers == tuple(sorted(names))
