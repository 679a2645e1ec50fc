"""Mean pictures: means with known answers, and thumbnails."""

import numpy as np
import pytest

from core.browsing.index import Index
from core.browsing.mean_pictures import MEAN_PICTURE, difference, mean_pictures, thumbnail
from core.sound.audio import load_waveform
from core.sound.images import to_image
from core.sound.layouts import scan
from tests.core.browsing.sounds import tone


def db(y):
    return (to_image(y, MEAN_PICTURE)[..., 0] - 1) * 80


def test_the_mean_of_a_cell_is_the_mean_of_its_clips(small_set):
    index = Index.of(scan(small_set))
    means = mean_pictures(index)
    clips = [load_waveform(r) for r in index.recordings(index.cells[1, "bert"])]
    expected = np.mean([db(y) for y in clips], axis=0)
    np.testing.assert_allclose(means.of(1, "bert"), expected, atol=1e-3)
    assert means.counts[1, "bert"] == 6


def test_the_mean_over_speakers_weighs_every_clip_alike(folder_of):
    clips = {"0_a_0": tone(300), "0_a_1": tone(600), "0_b_0": tone(1200), "1_b_0": tone(900)}
    means = mean_pictures(Index.of(scan(folder_of(clips))))
    pcm = {name: np.round(y * 2**15) / np.float32(2**15) for name, y in clips.items()}
    for found, names in (
        (means.of(digit=0), ["0_a_0", "0_a_1", "0_b_0"]),
        (means.of(speaker="b"), ["0_b_0", "1_b_0"]),
        (means.of(), [*clips]),
    ):
        expected = np.mean([db(pcm[name]) for name in names], axis=0)
        np.testing.assert_allclose(found, expected, atol=1e-2)
    assert means.of(1, "a") is None
    assert means.of(digit=9) is None


def test_only_the_speakers_asked_for_are_computed(small_set):
    means = mean_pictures(Index.of(scan(small_set)), ["bert"])
    assert {speaker for _, speaker in means.cells} == {"bert"}


def test_an_unreadable_clip_is_in_no_mean(small_set):
    (small_set / "1_bert_2.wav").write_bytes(b"")
    means = mean_pictures(Index.of(scan(small_set)))
    assert means.counts[1, "bert"] == 5
    assert means.of(1, "bert").max() > -10


def test_the_difference_of_a_picture_and_itself_is_nothing():
    picture = db(tone(440))
    assert not difference(picture, picture).any()
    np.testing.assert_allclose(difference(picture, picture - 7), 0, atol=1e-4)


def test_a_difference_shows_which_is_stronger_where():
    a, b = db(tone(300)), db(tone(2000))
    found = difference(a, b)
    low, high = a.mean(axis=1).argmax(), b.mean(axis=1).argmax()
    assert found[low].mean() > 20 and found[high].mean() < -20
    np.testing.assert_allclose(found, -difference(b, a), atol=1e-4)


def test_pictures_of_different_shapes_have_no_difference():
    with pytest.raises(ValueError, match="expected the same"):
        difference(np.zeros((2, 3)), np.zeros((3, 2)))


def test_a_thumbnail_is_small_and_spans_all_greys():
    found = thumbnail(db(tone(440)))
    assert (found.shape, found.dtype, found.min(), found.max()) == ((20, 26), np.uint8, 0, 255)
    rows = found.mean(axis=1)
    assert abs(rows.argmax() - db(tone(440)).mean(axis=1).argmax() / 2) <= 1


def test_a_thumbnails_cells_are_means():
    picture = np.arange(24, dtype=np.float32).reshape(4, 6)
    found = thumbnail(picture, 2, 3)
    blocks = picture.reshape(2, 2, 3, 2).mean(axis=(1, 3))
    expected = np.round((blocks - blocks.min()) * 255 / np.ptp(blocks))
    np.testing.assert_array_equal(found, expected)


def test_a_flat_picture_has_a_dark_thumbnail():
    assert not thumbnail(np.full((40, 51), -80, np.float32)).any()
