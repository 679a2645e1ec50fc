"""Suspicious clips: what is odd is found, with its reason, and nothing else is."""

import numpy as np
import pytest

from core.browsing.index import Index
from core.browsing.quality import quality_of
from core.browsing.suspicion import outlyingness, suspicious
from core.sound.layouts import scan
from tests.core.browsing.sounds import noise, tone


def word(seed, seconds=0.4, level=0.3):
    """A tone that swells and fades over a little noise: loud and quiet parts, as a word has."""
    rng = np.random.default_rng(seed)
    y = tone(300 + 5 * seed, seconds + 0.02 * rng.random(), level)
    return y * np.hanning(len(y)) + noise(len(y) / 8000, 0.001 * level, seed)[: len(y)]


@pytest.fixture
def clips():
    return {f"{d}_a_{i}": word(20 * d + i) for d in range(2) for i in range(12)}


def found(folder_of, clips):
    index = Index.of(scan(folder_of(clips)))
    return {index.recording(s.place).name: s for s in suspicious(index, quality_of(index))}


def test_nothing_is_suspicious_among_good_clips(folder_of, clips):
    assert found(folder_of, clips) == {}


@pytest.mark.parametrize(
    ("y", "reason"),
    [
        (np.zeros(3000, np.float32), "no sound at all"),
        (word(50, seconds=1.2), "long: 1."),
        (word(50, seconds=0.15), "short: 0.1"),
        (word(50, level=0.01), "quiet: "),
        (word(50, level=0.002), "very quiet"),
        (np.clip(word(50, level=0.9), -0.4, 0.4), "flat tops"),
        (word(50) + noise(0.5, 0.2)[: len(word(50))], "noisy"),
        (np.concatenate([np.zeros(4000, np.float32), word(50)]), "0.5"),
        (np.concatenate([word(50), np.zeros(4000, np.float32)]), "silence after"),
        (word(3), "exactly the same samples as 0_a_3.wav"),
        (word(23), "another digit"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_odd_is_found_with_its_reason(folder_of, clips, y, reason):
    odd = "0_a_99.wav"
    suspicions = found(folder_of, {**clips, "0_a_99": y})
    if reason == "another digit":  # the earlier one of the two keeps its good name
        odd = "1_a_3.wav"
    assert [*suspicions] == [odd]
    assert reason in " ".join(suspicions[odd].reasons)


def test_an_unreadable_clip_is_the_most_suspicious(folder_of, clips):
    root = folder_of({**clips, "0_a_98": word(50, seconds=1.5), "0_a_99": word(1)})
    (root / "0_a_5.wav").write_bytes(b"nothing")
    index = Index.of(scan(root))
    ranked = suspicious(index, quality_of(index))
    assert index.recording(ranked[0].place).name == "0_a_5.wav"
    assert [s.score for s in ranked] == sorted((s.score for s in ranked), reverse=True)
    assert len(ranked) == 3


def test_outlyingness_is_in_standard_deviations_of_a_normal_distribution():
    values = np.random.default_rng(0).normal(5, 2, 100_001).astype(np.float32)
    z = outlyingness(values, np.zeros(len(values), np.int64))
    np.testing.assert_allclose(z, (values - 5) / 2, atol=0.05)


def test_groups_too_small_or_all_equal_say_nothing():
    values = np.array([1, 1, 1, 1, 1, 1, 1, 1, 9, 1, 100], np.float32)
    groups = np.array([0] * 9 + [1] * 2)
    assert outlyingness(values, groups).tolist() == [0.0] * 11
