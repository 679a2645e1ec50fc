"""The faint noise around a file: how loud it is, and that it leaves the file alone."""

import numpy as np
import pytest

from core.listening.loudness import FrameMeter
from core.listening.padding import pad_with_noise

SR = 8000


def level_db(y: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(y, dtype=np.float64))))


def hiss(seconds: float, db: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (10 ** (db / 20) * rng.standard_normal(round(seconds * SR))).astype(np.float32)


def test_the_recording_itself_is_unchanged():
    y = hiss(0.4, -20)
    padded = pad_with_noise(y, seconds=0.25)
    assert padded.dtype == np.float32
    assert len(padded) == len(y) + 2 * 2000
    np.testing.assert_array_equal(padded[2000:-2000], y)


def test_a_room_goes_on_at_its_own_level():
    y = hiss(1, -50)
    y[3000:5000] += hiss(0.25, -15, seed=1)
    padded = pad_with_noise(y)
    assert level_db(padded[:4000]) == pytest.approx(-50, abs=2)
    assert level_db(padded[-4000:]) == pytest.approx(-50, abs=2)


def test_a_clip_without_a_quiet_moment_gets_noise_30_db_below():
    assert level_db(pad_with_noise(hiss(0.3, -20))[:4000]) == pytest.approx(-50, abs=2)


@pytest.mark.parametrize("n", [0, 1, 300, SR])
def test_digital_silence_gets_noise_that_is_barely_there(n: int):
    padded = pad_with_noise(np.zeros(n, dtype=np.float32))
    assert len(padded) == n + SR
    assert level_db(padded[:4000]) == pytest.approx(-80, abs=1)


def test_the_same_file_is_always_heard_alike_and_seeds_differ():
    y = hiss(0.3, -20)
    np.testing.assert_array_equal(pad_with_noise(y), pad_with_noise(y))
    assert not np.array_equal(pad_with_noise(y), pad_with_noise(y, seed=1))


def test_a_long_file_is_measured_a_little_at_a_time_and_to_the_same_bits(monkeypatch):
    y = hiss(20, -50)
    y[3000:5000] += hiss(0.25, -15, seed=1)
    measured, sizes = FrameMeter._measure, []

    def counted(meter, frames):
        sizes.append(len(frames))
        return measured(meter, frames)

    monkeypatch.setattr(FrameMeter, "_measure", counted)
    in_pieces = pad_with_noise(y)
    assert max(sizes) < 300  # of 2,000 frames
    monkeypatch.setattr(FrameMeter, "measure", measured)
    np.testing.assert_array_equal(in_pieces, pad_with_noise(y))


def test_both_sides_differ():
    padded = pad_with_noise(hiss(0.3, -20))
    assert not np.array_equal(padded[:4000], padded[-4000:])


def test_samples_that_are_not_finite_become_zeros():
    y = hiss(0.3, -20)
    y[[5, 900]] = np.nan, np.inf
    padded = pad_with_noise(y)
    assert np.all(np.isfinite(padded))
    assert padded[4005] == padded[4900] == 0


@pytest.mark.parametrize(
    ("y", "seconds"), [(np.zeros((10, 2), np.float32), 0.5), (np.zeros(10, np.float32), -1.0)]
)
def test_what_cannot_be_padded_is_refused_with_the_remedy(y: np.ndarray, seconds: float):
    with pytest.raises(ValueError, match=r"expected mono .* Mix the channels"):
        pad_with_noise(y, seconds)
