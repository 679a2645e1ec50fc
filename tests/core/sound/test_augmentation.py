"""Augmentation: chance that can be repeated, changes that leave a word what it is."""

import numpy as np
import pytest

import core.sound.augmentation as augmentation
from core.sound.augmentation import (
    AUGMENTATIONS,
    augmented_images,
    augmented_window,
    change_speed,
    clip_loudly,
    coloured_noise,
    limit_band,
    mask,
    put_in_room,
    tilt,
)
from core.sound.images import LOG_MEL, SEED, ImageConfig
from core.sound.spectrograms import Analysis

LENGTH = 8000


def rng(seed=0) -> np.random.Generator:
    return np.random.default_rng(seed)


def word(n=4000, seed=0):
    """Return something between a tone and noise, loudest in its middle."""
    t = np.arange(n)
    y = np.sin(2 * np.pi * 300 * t / 8000) + 0.3 * rng(seed).standard_normal(n)
    return (0.2 * y * np.hanning(n + 2)[1:-1]).astype(np.float32)


def tone(frequency, n=8000):
    return np.sin(2 * np.pi * frequency * np.arange(n) / 8000).astype(np.float32)


def rms(y):
    return float(np.sqrt(np.square(y, dtype=float).mean()))


def pitch(y):
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y)), 2**17))
    return spectrum.argmax() * 8000 / 2**17


CLIPS = [word(n, seed=n) for n in (1500, 4000, 7000, 12000)]


# One (seed, epoch, index), one image.


def test_the_same_seed_epoch_and_index_give_the_same_images():
    first, again = (augmented_images(CLIPS, range(4), LOG_MEL, seed=3, epoch=2) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("other", [{"epoch": 3}, {"seed": 4}, {"indices": range(4, 8)}])
def test_another_epoch_seed_or_index_gives_other_images(other):
    asked = {"indices": range(4), "seed": 3, "epoch": 2}
    first = augmented_images(CLIPS, config=LOG_MEL, **asked)
    second = augmented_images(CLIPS, config=LOG_MEL, **{**asked, **other})
    for a, b in zip(first, second, strict=True):
        assert np.abs(a - b).max() > 0.5


def test_the_order_of_the_clips_does_not_matter():
    order = [2, 0, 3, 1]
    straight = augmented_images(CLIPS, range(4), LOG_MEL, 0, 1)
    mixed = augmented_images([CLIPS[i] for i in order], order, LOG_MEL, 0, 1)
    np.testing.assert_allclose(mixed, straight[order], atol=1e-5)


def test_how_many_clips_are_changed_at_once_does_not_matter():
    clips = [CLIPS[i % 4] for i in range(260)]  # more than are made at once
    together = augmented_images(clips, range(260), LOG_MEL, 0, 1)
    for some in (slice(0, 1), slice(250, 260)):
        alone = augmented_images(clips[some], range(260)[some], LOG_MEL, 0, 1)
        np.testing.assert_allclose(alone, together[some], atol=1e-5)


def test_the_clips_themselves_are_left_alone():
    before = [y.copy() for y in CLIPS]
    augmented_images(CLIPS, range(4), LOG_MEL, 0, 1)
    for y, was in zip(CLIPS, before, strict=True):
        np.testing.assert_array_equal(y, was)


def test_augmented_images_have_the_shape_that_the_network_expects():
    found = augmented_images(CLIPS, range(4), LOG_MEL, 0, 1)
    assert found.shape == (4, *LOG_MEL.shape)
    assert found.dtype == np.float32


def test_no_clips_give_no_images():
    assert augmented_images([], [], LOG_MEL, 0, 1).shape == (0, *LOG_MEL.shape)


def test_a_stretched_picture_cannot_be_augmented():
    with pytest.raises(ValueError, match="fit='stretch'"):
        augmented_images(CLIPS, range(4), SEED, 0, 1)


@pytest.mark.parametrize(
    "config",
    [
        ImageConfig(seconds=0.1),
        ImageConfig(kind="mfcc", analysis=Analysis(n_mfcc=1)),
        ImageConfig(analysis=Analysis(n_mels=3, n_mfcc=3)),
    ],
    ids=["few frames", "one coefficient", "three bands"],
)
def test_the_smallest_images_can_be_masked(config):
    found = augmented_images(CLIPS * 10, range(40), config, 0, 1)
    assert np.isfinite(found).all()


# Each change by itself.


@pytest.mark.parametrize("key", AUGMENTATIONS)
@pytest.mark.parametrize("n", [1, 2, 7, 100, 4000, 20000])
def test_every_change_leaves_finite_samples(key, n):
    for seed in range(20):
        y = word(n, seed)
        changed = AUGMENTATIONS[key].change(y, rng(seed))
        assert changed.dtype == np.float32
        assert changed.ndim == 1
        assert len(changed) > 0
        assert np.isfinite(changed).all()


@pytest.mark.parametrize("key", AUGMENTATIONS)
def test_every_change_leaves_silence_silent(key):
    changed = AUGMENTATIONS[key].change(np.zeros(1000, np.float32), rng())
    np.testing.assert_allclose(changed, 0, atol=1e-12)


@pytest.mark.parametrize("key", AUGMENTATIONS)
def test_every_change_depends_on_the_generator_alone(key):
    y = word()
    change = AUGMENTATIONS[key].change
    np.testing.assert_array_equal(change(y, rng(5)), change(y, rng(5)))
    first, second = change(y, rng(5)), change(y, rng(6))
    assert len(first) != len(second) or np.abs(first - second).max() > 1e-4


@pytest.mark.parametrize("key", AUGMENTATIONS)
def test_every_change_leaves_a_word_about_as_long_and_as_loud(key):
    y = word()
    for seed in range(30):
        changed = AUGMENTATIONS[key].change(y, rng(seed))
        assert 0.7 < len(changed) / len(y) < 1.5
        energy = np.square(changed).sum() / np.square(y).sum()
        assert 0.1 < energy < 4


@pytest.mark.parametrize("key", AUGMENTATIONS)
def test_every_entry_says_what_it_is_and_how_often_it_comes(key):
    entry = AUGMENTATIONS[key]
    assert entry.label and entry.source
    assert entry.summary.endswith(".")
    assert 0 < entry.probability <= 1


def test_speed_moves_pitch_and_length_together():
    speeds = []
    for seed in range(40):
        changed = change_speed(tone(800), rng(seed))
        speed = 8000 / len(changed)
        speeds.append(speed)
        assert pitch(changed) == pytest.approx(800 * speed, rel=0.005)
    assert 0.74 < min(speeds) < 0.85
    assert 1.2 < max(speeds) < 1.36


def test_tilt_is_a_filter_of_one_tap():
    y = word()
    slopes = []
    for seed in range(40):
        changed = tilt(y, rng(seed))
        a = (y[:-1] @ (y[1:] - changed[1:])) / (y[:-1] @ y[:-1])
        np.testing.assert_allclose(changed[1:], y[1:] - np.float32(a) * y[:-1], atol=1e-5)
        assert changed[0] == y[0]
        slopes.append(a)
    assert -0.61 < min(slopes) < -0.4  # duller
    assert 0.4 < max(slopes) < 0.61  # sharper


def test_band_limits_take_away_hum_and_keep_the_voice():
    for seed in range(10):
        hum, voice = (rms(limit_band(tone(f), rng(seed))) / rms(tone(f)) for f in (20, 1000))
        assert hum < 0.2
        assert voice > 0.8


def test_a_room_answers_after_the_voice_and_fades():
    click = np.zeros(4000, np.float32)
    click[0] = 1
    for seed in range(10):
        answer = put_in_room(click, rng(seed))
        assert answer[0] == pytest.approx(1, abs=1e-6)
        np.testing.assert_allclose(answer[1:8], 0, atol=1e-6)  # the first echo needs 1 ms
        energy = np.square(answer[1:])
        first, second = energy[:400].sum(), energy[400:800].sum()
        assert first > 3 * second
        assert 10 ** (-25 / 10) < np.square(answer[1:]).sum() < 1.01  # -25 to 0 dB


def test_clipping_cuts_the_peaks_and_nothing_else():
    y = word()
    for seed in range(10):
        changed = clip_loudly(y, rng(seed))
        limit = np.abs(changed).max()
        assert 0.3 * np.abs(y).max() <= limit <= 0.9 * np.abs(y).max() + 1e-6
        untouched = np.abs(y) < limit
        np.testing.assert_array_equal(changed[untouched], y[untouched])


# Noise, and where the word stands in the window.


@pytest.mark.parametrize("n", [160, 4000, 8001])
def test_noise_has_unit_rms_whatever_its_colour(n):
    for seed in range(10):
        assert rms(coloured_noise(n, rng(seed))) == pytest.approx(1, abs=1e-3)


def test_noise_comes_in_colours_from_white_to_brown():
    shares = []
    for seed in range(60):
        power = np.square(np.abs(np.fft.rfft(coloured_noise(8000, rng(seed)))))
        shares.append(power[:400].sum() / power.sum())
    assert min(shares) < 0.15  # white noise has a tenth of its power in the lowest tenth
    assert max(shares) > 0.9


@pytest.fixture
def unchanged(monkeypatch):
    """Leave the clip itself as it is, so that only noise and place are left to chance."""
    monkeypatch.setattr(augmentation, "AUGMENTATIONS", {})


def noise_and_start(window, y):
    """Return the window without the word, and where the word was."""
    start = int(np.correlate(window, y, mode="valid").argmax())
    rest = window.copy()
    rest[start : start + len(y)] -= y
    return rest, start


def test_the_signal_to_noise_ratio_is_what_it_says(unchanged):
    y = word(3000)
    ratios, clean = [], 0
    for seed in range(400):
        window = augmented_window(y, LENGTH, rng(seed))
        noise, _ = noise_and_start(window, y)
        if rms(noise) < 1e-6:
            clean += 1
        elif np.count_nonzero(noise) > 0.95 * LENGTH:  # noise all over
            ratios.append(20 * np.log10(rms(y) / rms(noise)))
    assert 0.17 < clean / 400 < 0.33  # a quarter
    assert len(ratios) > 100
    assert 4.9 < min(ratios) < 8
    assert 42 < max(ratios) < 45.1
    assert np.mean(ratios) == pytest.approx(25, abs=2.5)


def test_a_word_cut_by_the_endpointer_stands_in_the_middle_with_a_little_noise(unchanged):
    y = word(3000)
    seen = 0
    for seed in range(200):
        window = augmented_window(y, LENGTH, rng(seed))
        sounding = np.flatnonzero(window)
        if len(sounding) > 0.95 * LENGTH or len(sounding) <= len(y):
            continue
        seen += 1
        first, last = sounding[0], sounding[-1]
        assert abs(first - (LENGTH - 1 - last)) <= 1
        assert len(y) <= last - first + 1 <= len(y) + 2 * 0.25 * 8000
        start = int(np.correlate(window, y, mode="valid").argmax())
        assert first <= start
        assert start + len(y) - 1 <= last
    assert seen > 40


def test_noise_all_over_leaves_the_word_anywhere(unchanged):
    y = word(3000)
    starts = []
    for seed in range(200):
        window = augmented_window(y, LENGTH, rng(seed))
        noise, start = noise_and_start(window, y)
        if np.count_nonzero(noise) > 0.95 * LENGTH:
            starts.append(start)
    assert min(starts) < 700
    assert max(starts) > 4300


def test_a_word_longer_than_the_window_is_cut_to_its_loudest_part(unchanged):
    y = np.concatenate([0.01 * word(6000), word(8000), 0.01 * word(6000)])
    for seed in range(10):
        window = augmented_window(y, LENGTH, rng(seed))
        assert window.shape == (LENGTH,)
        assert np.corrcoef(window, word(8000))[0, 1] > 0.6


@pytest.mark.parametrize("n", [1, 2, 8000, 30000])
def test_every_length_gives_a_finite_window(n):
    for seed in range(30):
        window = augmented_window(word(n, seed), LENGTH, rng(seed))
        assert window.shape == (LENGTH,)
        assert window.dtype == np.float32
        assert np.isfinite(window).all()


def test_silence_gives_a_silent_window():
    for seed in range(10):
        assert not augmented_window(np.zeros(3000, np.float32), LENGTH, rng(seed)).any()


# Masks.


def test_a_mask_blanks_whole_rows_and_frames_with_the_mean():
    for seed in range(30):
        image = rng(seed).standard_normal((40, 51, 1)).astype(np.float32)
        before = image.copy()
        mask(image, rng(seed))
        blank = image[..., 0] == before.mean()
        rows, frames = blank.all(axis=1), blank.all(axis=0)
        np.testing.assert_array_equal(blank, rows[:, None] | frames[None, :])
        np.testing.assert_array_equal(image[~blank], before[~blank])
        assert rows.sum() <= 2 * 7
        assert frames.sum() <= 2 * 9


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 9, 1), (9, 2, 1), (40, 51, 1)])
def test_an_image_of_any_size_can_be_masked(shape):
    for seed in range(30):
        image = rng(seed).standard_normal(shape).astype(np.float32)
        mask(image, rng(seed), most_rows=60, most_frames=60)
        assert np.isfinite(image).all()


def test_masks_come_everywhere_and_not_always():
    hit = np.zeros((40, 51))
    for seed in range(300):
        image = rng(seed).standard_normal((40, 51, 1)).astype(np.float32)
        before = image.copy()
        mask(image, rng(seed))
        hit += image[..., 0] != before[..., 0]
    assert hit.min() > 10
    assert hit.max() < 200
