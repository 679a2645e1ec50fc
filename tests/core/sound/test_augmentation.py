"""Augmentation: chance that can be repeated, changes that leave a word what it is."""

import numpy as np
import pytest

import core.sound.augmented as augmented
from core.sound.augmentation import AUGMENTATIONS, MIXTURE, MIXTURES
from core.sound.augmented import alone, augmented_images, augmented_window
from core.sound.blending import blend_weights, blended
from core.sound.changes import (
    add_breath,
    add_noise,
    change_gain,
    change_speed,
    change_throat,
    clip_loudly,
    coloured_noise,
    equalise,
    limit_band,
    put_in_room,
    shift,
    tilt,
    weaken_hisses,
)
from core.sound.images import LOG_MEL, SEED, ImageConfig, to_image
from core.sound.masks import mask
from core.sound.spectrograms import Analysis

LENGTH = 8000


def rng(seed=0) -> np.random.Generator:
    return np.random.default_rng(seed)


def word(n=4000, seed=0, hiss=0.3):
    """Return something between a tone and noise, loudest in its middle; its end is a hiss."""
    t = np.arange(n)
    noise = rng(seed).standard_normal(n)
    y = np.sin(2 * np.pi * 300 * t / 8000) + 0.3 * noise
    y = np.where(t < (1 - hiss) * n, y, np.diff(noise, append=0.0))
    return (0.2 * y * np.hanning(n + 2)[1:-1]).astype(np.float32)


def tone(frequency, n=8000):
    return np.sin(2 * np.pi * frequency * np.arange(n) / 8000).astype(np.float32)


def rms(y):
    return float(np.sqrt(np.square(y, dtype=float).mean()))


def pitch(y):
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y)), 2**17))
    return spectrum.argmax() * 8000 / 2**17


CHANGES = [key for key, entry in AUGMENTATIONS.items() if entry.change is not None]
"""The augmentations that change the sound itself."""

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


@pytest.mark.parametrize("key", CHANGES)
@pytest.mark.parametrize("n", [1, 2, 7, 100, 4000, 20000])
def test_every_change_leaves_finite_samples(key, n):
    for seed in range(20):
        y = word(n, seed)
        changed = AUGMENTATIONS[key].change(y, rng(seed))
        assert changed.dtype == np.float32
        assert changed.ndim == 1
        assert len(changed) > 0
        assert np.isfinite(changed).all()


@pytest.mark.parametrize("key", CHANGES)
def test_every_change_leaves_silence_silent(key):
    changed = AUGMENTATIONS[key].change(np.zeros(1000, np.float32), rng())
    np.testing.assert_allclose(changed, 0, atol=1e-12)


@pytest.mark.parametrize("key", CHANGES)
def test_every_change_depends_on_the_generator_alone(key):
    y = word()
    change = AUGMENTATIONS[key].change
    np.testing.assert_array_equal(change(y, rng(5)), change(y, rng(5)))
    first, second = change(y, rng(5)), change(y, rng(6))
    assert len(first) != len(second) or np.abs(first - second).max() > 1e-4


@pytest.mark.parametrize("key", CHANGES)
def test_every_change_leaves_a_word_about_as_long_and_as_loud(key):
    y = word()
    for seed in range(30):
        changed = AUGMENTATIONS[key].change(y, rng(seed))
        assert 0.7 < len(changed) / len(y) < 2
        energy = np.square(changed).sum() / np.square(y).sum()
        assert (0.015 if key == "gain" else 0.1) < energy < 4


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


def test_another_throat_moves_the_formants_and_leaves_pitch_and_length():
    t = np.arange(8000) / 8000
    voice = sum(
        np.sin(2 * np.pi * 125 * k * t) / (1 + ((125 * k - 1000) / 150) ** 2) for k in range(1, 30)
    )
    voice = (0.1 * voice).astype(np.float32)
    centres = []
    for seed in range(10):
        changed = change_throat(voice, rng(seed))
        assert len(changed) == len(voice)
        power = np.square(np.abs(np.fft.rfft(changed * np.hanning(8000))))  # a bin a Hz
        between = power[60:190].argmax() + 60  # the lowest overtone stays where it was
        assert between == pytest.approx(125, abs=2)
        centres.append(float((power[:2500] * np.arange(2500)).sum() / power[:2500].sum()))
    throats = [float(np.exp(rng(s).uniform(np.log(0.85), np.log(1.2)))) for s in range(10)]
    assert np.corrcoef(throats, centres)[0, 1] > 0.95
    assert min(centres) < 970
    assert max(centres) > 1040


def test_an_equaliser_changes_each_frequency_by_at_most_eight_decibels():
    gains = []
    for seed in range(20):
        for frequency in (100, 500, 1500, 3000):
            gains.append(
                20 * np.log10(rms(equalise(tone(frequency), rng(seed))) / rms(tone(frequency)))
            )
    assert max(np.abs(gains)) < 8.2
    assert min(gains) < -5
    assert max(gains) > 5


def test_noise_lies_zero_to_thirty_decibels_below_the_voice():
    y = word()
    ratios = [20 * np.log10(rms(y) / rms(add_noise(y, rng(seed)) - y)) for seed in range(200)]
    assert -0.1 < min(ratios) < 2
    assert 28 < max(ratios) < 30.1


def test_gain_makes_louder_or_quieter_and_cuts_off_at_full_scale():
    factors = [20 * np.log10(rms(change_gain(word(), rng(s))) / rms(word())) for s in range(100)]
    assert -18.1 < min(factors) < -15
    assert 4 < max(factors) < 6.1
    assert max(np.abs(change_gain(20 * word(), rng(s))).max() for s in range(20)) == 1


def test_a_breath_stands_beside_the_word_and_is_quieter():
    y = word()
    before = set()
    for seed in range(60):
        changed = add_breath(y, rng(seed))
        n = len(changed) - len(y)
        assert 0 < n < 0.43 * 8000
        first = np.array_equal(changed[n:], y)
        before.add(first)
        breath = changed[:n] if first else changed[len(y) :]
        assert first or np.array_equal(changed[: len(y)], y)
        assert -75 < 20 * np.log10(rms(breath[breath != 0]) / rms(y)) < -5.9
    assert before == {True, False}


def test_a_hiss_grows_weaker_and_a_vowel_stays():
    hiss = np.diff(rng(1).standard_normal(4001)).astype(np.float32)  # more of it is high than low
    vowel = sum(tone(f, 4000) for f in (200, 700, 1200)) / 3
    losses = []
    for seed in range(40):
        changed = weaken_hisses(np.concatenate([hiss, vowel]), rng(seed))
        losses.append(20 * np.log10(rms(hiss[500:3500]) / rms(changed[500:3500])))
        np.testing.assert_allclose(changed[4500:7500], vowel[500:3500], atol=1e-6)
    assert -0.1 < min(losses) < 4
    assert 30 < max(losses) < 40.1


def test_a_shift_adds_silence_before_or_after_and_nothing_else():
    y = word()
    sides = set()
    for seed in range(40):
        changed = shift(y, rng(seed))
        n = len(changed) - len(y)
        assert 0 < n < 0.4 * 8000
        early = np.array_equal(changed[: len(y)], y)
        sides.add(early)
        np.testing.assert_array_equal(changed[: len(y)] if early else changed[n:], y)
    assert sides == {True, False}


# Chosen ones instead of the mixture.


def test_the_mixture_is_still_the_one_that_the_shipped_model_was_trained_with():
    assert MIXTURE == ("speed", "tilt", "band", "room", "clipping")
    clips = [word(len(y), seed=len(y), hiss=0) for y in CLIPS]
    found = augmented_images(clips, range(4), LOG_MEL, seed=3, epoch=2)[:, 20, 25, 0]
    # computed before anything could be chosen
    np.testing.assert_allclose(found, [0.4552, 1.2941, 0.6805, 0.3218], atol=2e-3)


def test_the_wide_mixture_changes_more_than_the_plain_one():
    plain, wide, again = (
        augmented_images(CLIPS * 10, range(40), LOG_MEL, 0, 1, mixture=name)
        for name in ("plain", "wide", "wide")
    )
    np.testing.assert_array_equal(wide, again)
    assert np.isfinite(wide).all()
    assert np.abs(wide - plain).max(axis=(1, 2, 3)).min() > 0.5
    assert {*MIXTURES["plain"]} < {*MIXTURES["wide"]}


@pytest.mark.parametrize("key", [k for k in AUGMENTATIONS if not AUGMENTATIONS[k].blends])
def test_every_augmentation_can_be_chosen_alone(key):
    plain = np.stack([to_image(y, LOG_MEL) for y in CLIPS * 5])
    found, again = (augmented_images(CLIPS * 5, range(20), LOG_MEL, 0, 1, [key]) for _ in range(2))
    np.testing.assert_array_equal(found, again)
    other = augmented_images(CLIPS * 5, range(20), LOG_MEL, 0, 2, [key])
    changed = np.abs(found - plain).max(axis=(1, 2, 3)) > 1e-3
    if key == "gain":  # the picture is relative to its loudest cell
        assert not changed.any()
        return
    assert changed.mean() > AUGMENTATIONS[key].probability - 0.35
    assert np.abs(found - other).max() > 0.1


def test_choosing_another_augmentation_besides_changes_nothing_for_the_first():
    one = augmented_images(CLIPS, range(4), LOG_MEL, 0, 1, ["speed"])
    both = augmented_images(CLIPS, range(4), LOG_MEL, 0, 1, ["speed", "gain"])
    np.testing.assert_allclose(one, both, atol=1e-3)


def test_chosen_augmentations_do_not_depend_on_the_order_of_the_clips_or_names():
    names = ["masks", "room", "shift"]
    straight = augmented_images(CLIPS, range(4), LOG_MEL, 0, 1, names)
    order = [3, 1, 0, 2]
    mixed = augmented_images([CLIPS[i] for i in order], order, LOG_MEL, 0, 1, names[::-1])
    np.testing.assert_allclose(mixed, straight[order], atol=1e-5)


def test_a_blend_is_as_much_of_each_answer_as_of_each_image():
    images = rng().standard_normal((50, 4, 5, 1)).astype(np.float32)
    answers = np.arange(50, dtype=np.int32) % 10
    mixed, targets = blended(images, answers, 11, seed=0, epoch=1)
    assert mixed.shape == images.shape
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-6)
    assert (targets.argmax(axis=1) == answers).all()  # the clip itself weighs most
    partners, weights = blend_weights(50, seed=0, epoch=1)
    assert sorted(partners) == list(range(50))
    for i, (partner, weight) in enumerate(zip(partners, weights, strict=True)):
        blend = weight * images[i] + (1 - weight) * images[partner]
        np.testing.assert_allclose(mixed[i], blend, atol=1e-6)
        same = answers[i] == answers[partner]
        assert targets[i, answers[i]] == pytest.approx(1 if same else weight)
    assert 0.5 < np.mean(targets.max(axis=1)) < 0.99
    again, other = (blended(images, answers, 11, 0, epoch)[1] for epoch in (1, 2))
    np.testing.assert_array_equal(targets, again)
    assert np.abs(targets - other).max() > 0.1


@pytest.mark.parametrize("config", [LOG_MEL, SEED], ids=["placed", "stretched"])
@pytest.mark.parametrize("key", AUGMENTATIONS)
def test_every_augmentation_can_be_heard_and_seen_on_one_clip(key, config):
    y, other = CLIPS[1], CLIPS[2]
    sound, image = alone(key, y, other, config, seed=1)
    assert sound.dtype == image.dtype == np.float32
    assert image.shape == config.shape
    assert np.isfinite(sound).all() and np.isfinite(image).all()
    heard = len(sound) != len(y) or np.abs(sound - y).max() > 1e-4
    seen = np.abs(image - to_image(y, config)).max() > 1e-3
    entry = AUGMENTATIONS[key]
    assert heard == (entry.change is not None or entry.blends)
    if key not in ("gain", "shift") and key != "clipping":
        assert seen


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
    monkeypatch.setattr(augmented, "MIXTURE", ())


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
    y = np.concatenate([0.01 * word(6000), word(8000, hiss=0), 0.01 * word(6000)])
    for seed in range(10):
        window = augmented_window(y, LENGTH, rng(seed))
        assert window.shape == (LENGTH,)
        assert np.corrcoef(window, word(8000, hiss=0))[0, 1] > 0.6


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


# Strength: how many of the changes are made.


def test_a_mixture_without_strength_only_moves_the_word(monkeypatch):
    plain = augmented_window(word(), LENGTH, rng(4), strength=0)
    start = int(np.flatnonzero(plain)[0])
    np.testing.assert_array_equal(
        plain[start : start + 3990], word()[np.flatnonzero(word())[0] :][:3990]
    )
    monkeypatch.setattr(augmented, "mask", lambda image, rng: pytest.fail("masked"))
    augmented_images(CLIPS, range(4), LOG_MEL, 0, 1, (), 0.0)


def test_half_the_strength_makes_half_as_many_changes():
    def changed(strength):
        windows = (augmented_window(word(), LENGTH, rng(seed), strength) for seed in range(200))
        return sum(np.count_nonzero(w) != 4000 for w in windows)

    assert changed(0.0) == 0
    assert 0 < changed(0.1) < changed(0.4) < changed(1.0)
