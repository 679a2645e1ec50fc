"""Robustness: every sweep changes what it says, and its middle changes nothing."""

import numpy as np
import pytest

from core.browsing.robustness import SWEEPS, sweep
from core.browsing.voice_changes import change_voice


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_has_every_level_and_its_middle_is_the_clip_itself(name):
    entry = SWEEPS[name]
    y = (0.3 * np.sin(2 * np.pi * 300 * np.arange(2400) / 8000)).astype(np.float32)
    heard = []

    def logits_of(clip):
        heard.append(clip)
        return np.eye(10, dtype=np.float32)[4 if np.array_equal(clip, y) else 5]

    told = []
    steps = sweep(name, logits_of, [y], np.array([4], np.int32), told.append)
    assert [s.level for s in steps] == list(entry.levels)
    assert told == sorted(told)
    assert told[-1] == 1
    right = [s.level for s in steps if s.accuracy.right]
    assert right == ([] if entry.as_it_was is None else [entry.as_it_was])
    assert len({h.tobytes() for h in heard}) == len(entry.levels), "every level is another sound"


def test_noise_is_as_far_below_the_voice_as_it_says():
    y = (0.3 * np.sin(2 * np.pi * 300 * np.arange(8000) / 8000)).astype(np.float32)
    for level in SWEEPS["snr"].levels:
        noise = change_voice(y, SWEEPS["snr"].change(level, 1)) - y
        found = 10 * np.log10(np.square(y).mean() / np.square(noise).mean())
        assert found == pytest.approx(level, abs=1.0)  # what exceeds full scale is cut off
