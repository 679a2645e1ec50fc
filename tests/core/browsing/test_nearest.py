"""The nearest clips: what a model hears as alike, and whether a voice is new to it."""

from pathlib import Path

import numpy as np
import pytest

from core.browsing.nearest import nearest
from core.errors import DataError
from core.sound.recordings import Recording


def clip(speaker: str, take: int) -> Recording:
    return Recording(7, speaker, take, Path("x"), f"7_{speaker}_{take}.wav", "seven")


CLIPS = [clip(s, t) for t in range(20) for s in ("ann", "bob")]
RNG = np.random.default_rng(0)
# two people who sound alike: their clips lie around one direction
VECTORS = (np.eye(8)[0] + 0.05 * RNG.standard_normal((40, 8))).astype(np.float32)


def test_the_nearest_clip_comes_first_and_lengths_do_not_count():
    found = nearest(3 * VECTORS[11], VECTORS, CLIPS, 4)
    assert found.recordings[0] == CLIPS[11]
    assert found.distances[0] == pytest.approx(0.0, abs=1e-6)
    assert list(found.distances) == sorted(found.distances)
    assert len(found.recordings) == 4
    assert not found.is_new


def test_a_word_far_from_everything_is_new():
    found = nearest(np.eye(8, dtype=np.float32)[1], VECTORS, CLIPS)
    assert found.is_new
    assert found.further == 1.0
    assert found.distances[0] > 10 * found.usual


def test_one_speaker_alone_says_nothing_of_what_is_usual_and_none_is_a_sentence():
    alone = nearest(VECTORS[0], VECTORS[:5], [clip("ann", t) for t in range(5)])
    assert np.isnan(alone.usual)
    assert not alone.is_new
    with pytest.raises(DataError, match="no recording"):
        nearest(VECTORS[0], VECTORS[:0], [])
