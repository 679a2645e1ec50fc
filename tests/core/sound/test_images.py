"""The image a network sees: one config, one function, the same for training and for live."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.sound.images as images
from core.sound.images import (
    LOG_MEL,
    PRESETS,
    SEED,
    WORD,
    ImageConfig,
    images_of_windows,
    to_image,
    to_images,
)
from core.sound.spectrograms import SPECTROGRAMS, Analysis, spectrogram
from core.sound.windows import place

CONFIGS = {
    **PRESETS,
    "mfcc": ImageConfig(kind="mfcc"),
    "mfcc drawn": ImageConfig(kind="mfcc", fit="stretch"),
    "row mean": ImageConfig(scale="row_mean"),
    "short": ImageConfig(kind="stft", seconds=0.5, scale="unit"),
}


@pytest.fixture(params=CONFIGS, ids=str)
def config(request) -> ImageConfig:
    return CONFIGS[request.param]


def clips(n, shortest=200, longest=12000, seed=0):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(shortest, longest, size=n)
    return [0.1 * rng.standard_normal(k).astype(np.float32) for k in lengths]


def tone(frequency, n):
    return np.sin(2 * np.pi * frequency * np.arange(n) / 8000).astype(np.float32)


def test_the_default_image_has_40_mel_rows_and_51_frames():
    assert LOG_MEL.shape == (40, 51, 1)


def test_the_first_experiments_image_has_65_rows_and_51_frames():
    assert SEED.shape == (65, 51, 1)


def test_images_have_the_shape_that_the_config_states_and_are_finite(config):
    found = to_images(clips(7), config)
    assert found.shape == (7, *config.shape)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_no_clips_give_no_images(config):
    assert to_images([], config).shape == (0, *config.shape)


@pytest.mark.parametrize("chunk", [1, 3, 256])
def test_how_many_clips_are_turned_at_once_does_not_change_images(config, chunk, monkeypatch):
    some = clips(8)
    monkeypatch.setattr(images, "CHUNK", chunk)
    found = to_images(some, config)
    alone = np.stack([to_image(y, config) for y in some])
    np.testing.assert_allclose(found, alone, atol=1e-4)


@pytest.mark.parametrize("n", [0, 1, 5000, 20000])
def test_silence_is_a_finite_image(config, n):
    image = to_image(np.zeros(n, np.float32), config)
    assert np.isfinite(image).all()
    assert np.ptp(image) < 1e-3 or config.kind in ("mfcc", "plotted")


@pytest.mark.parametrize("n", [1, 2, 79, 160, 255])
def test_a_clip_of_a_few_samples_is_a_finite_image(config, n):
    assert np.isfinite(to_image(tone(440, n), config)).all()


@pytest.mark.parametrize("key", ["log_mel", "mfcc", "seed"])
def test_a_standardised_image_has_zero_mean_and_unit_variance(key):
    found = to_images(clips(4), CONFIGS[key])
    np.testing.assert_allclose(found.mean(axis=(1, 2, 3)), 0, atol=1e-4)
    np.testing.assert_allclose(found.std(axis=(1, 2, 3)), 1, atol=1e-4)


@pytest.mark.parametrize("fit", ["place", "word", "stretch"])
def test_a_unit_image_is_zero_at_the_floor_and_one_at_the_loudest(fit):
    config = replace(SEED, fit=fit, scale="unit")
    y = np.concatenate([tone(440, 2000), np.zeros(2000, np.float32)])
    image = to_image(y, config)
    assert image.max() == pytest.approx(1, abs=0.01)
    assert image.min() == 0


def test_row_mean_takes_away_what_a_microphone_colours():
    config = CONFIGS["row mean"]
    y = place(clips(1, 3000, 4000)[0], 8000)
    first = images_of_windows(y[None], config)
    rows = first.mean(axis=2)
    np.testing.assert_allclose(rows, 0, atol=1e-4)
    # the same words 20 dB weaker are the same image
    np.testing.assert_allclose(images_of_windows(0.1 * y[None], config), first, atol=0.01)


@pytest.mark.parametrize("key", ["log_mel", "seed"])
def test_how_loudly_a_word_is_said_does_not_change_its_image(key):
    y = clips(1, 4000, 5000)[0]
    np.testing.assert_allclose(
        to_image(0.03 * y, CONFIGS[key]), to_image(y, CONFIGS[key]), atol=0.01
    )


@pytest.mark.parametrize("frequency", [440, 1500])
def test_a_tone_stands_in_its_row_of_the_image(frequency):
    image = to_image(tone(frequency, 8000), SEED)[..., 0]
    assert (image[:, 5:-5].argmax(axis=0) == round(frequency / (8000 / 128))).all()


@given(st.integers(1, 16_000), st.integers(1, 2**31))
@settings(max_examples=30, deadline=None)
def test_stretching_keeps_the_width_whatever_the_clip_is_long(n, seed):
    y = np.random.default_rng(seed).standard_normal(n).astype(np.float32)
    assert to_image(y, SEED).shape == (65, 51, 1)


def test_stretching_draws_the_whole_clip_over_the_whole_width():
    """A word that rises in the middle rises in the middle of the picture, however long it is."""
    for n in (2000, 4000, 7000):
        y = np.concatenate([tone(500, n), tone(2000, n)])[: 2 * n]
        rows = to_image(y, replace(SEED, seconds=2.0))[..., 0].argmax(axis=0)
        low, high = round(500 / 62.5), round(2000 / 62.5)
        half = len(rows) // 2
        assert (rows[2 : half - 3] == low).all()
        assert (rows[half + 3 : -2] == high).all()


@pytest.mark.parametrize("around", [0, 800, 2400])
def test_a_words_picture_has_it_from_edge_to_edge_however_much_room_is_around_it(around):
    """The same rise in the middle, from tight clips and from what a listener cuts out."""
    room = 0.01 * np.random.default_rng(0).standard_normal(around).astype(np.float32)
    y = np.concatenate([room, tone(500, 1600), tone(2000, 1600), room])
    rows = to_image(y, replace(SEED, fit="word"))[..., 0].argmax(axis=0)
    half = len(rows) // 2
    assert (rows[2 : half - 3] == round(500 / 62.5)).all()
    assert (rows[half + 3 : -2] == round(2000 / 62.5)).all()


def test_a_word_between_two_hops_of_the_fine_picture_is_as_librosa_draws_it():
    """At full width, with a hop of the image's own, drawing a word changes nothing."""
    y = np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    fine = replace(WORD, analysis=replace(WORD.analysis, hop_length=40), word_db=80)
    np.testing.assert_allclose(
        to_image(y, fine), to_image(y, replace(fine, fit="place")), atol=1e-4
    )


def test_placing_never_stretches():
    """The same word in the same window is as wide as before, and stands in the middle."""
    y = tone(1000, 3200)
    image = to_image(y, ImageConfig(kind="stft", scale="unit"))[..., 0]
    loud = np.flatnonzero(image[32] > 0.8)  # 1000 Hz / 31.25 Hz
    assert abs(len(loud) - 20) <= 2
    assert abs(loud.mean() - 25) <= 0.5


def test_the_image_of_a_placed_clip_is_the_image_of_its_window():
    y = clips(1, 3000, 4000)[0]
    np.testing.assert_array_equal(
        to_image(y, LOG_MEL), images_of_windows(place(y, 8000)[None], LOG_MEL)[0]
    )


def test_the_default_image_is_the_log_mel_picture_scaled():
    y = place(clips(1, 3000, 4000)[0], 8000)
    picture = spectrogram(y, "log_mel", Analysis())
    expected = (picture - picture.mean()) / picture.std()
    np.testing.assert_allclose(to_image(y, LOG_MEL)[..., 0], expected, atol=1e-3)


def test_turning_clips_into_images_leaves_the_clips_alone(config):
    some = clips(2)
    before = [y.copy() for y in some]
    to_images(some, config)
    for y, was in zip(some, before, strict=True):
        np.testing.assert_array_equal(y, was)


def test_a_config_survives_json(config):
    assert ImageConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_a_config_of_fewer_words_has_the_defaults():
    assert ImageConfig.from_dict({}) == ImageConfig()
    assert ImageConfig.from_dict({"kind": "stft"}) == ImageConfig(kind="stft")


@pytest.mark.parametrize(
    "values",
    [
        {"colour": "red"},
        {"analysis": {"window": "hann"}},
        {"analysis": {"n_fft": "256"}},
        {"analysis": None},
        {"analysis": [256]},
        {"seconds": "1"},
        {"seconds": None},
        {"kind": ["log_mel"]},
        {"kind": "cqt"},
        {"analysis": {"fmax": 4001.0}},
        [],
        None,
        "log_mel",
    ],
    ids=repr,
)
def test_a_damaged_config_is_a_sentence_and_no_other_error(values):
    with pytest.raises(ValueError, match=r"\w+.*\."):
        ImageConfig.from_dict(values)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "cqt"}, r"kind='cqt': expected one of \['log_mel', 'stft', 'mfcc', 'plotted'\]"),
        ({"fit": "crop"}, r"fit='crop': expected one of \['place', 'word', 'stretch'\]"),
        ({"word_db": 0.0}, r"word_db=0.0 must lie between 1 and 80 dB"),
        ({"word_db": float("nan")}, r"word_db=nan must lie between"),
        ({"scale": "none"}, r"scale='none': expected 'standardise'"),
        ({"kind": "mfcc", "scale": "unit"}, r"scale='unit' needs dB"),
        ({"seconds": 0.05}, r"seconds=0.05 must lie between 0.1 and 10"),
        ({"seconds": 11.0}, r"seconds=11.0 must lie between 0.1 and 10"),
        ({"seconds": float("nan")}, r"seconds=nan must lie between"),
    ],
)
def test_every_bad_setting_says_what_came_and_what_was_expected(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(ImageConfig(), **changes)


@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_every_spectrogram_can_be_an_image(kind):
    config = ImageConfig(kind=kind)
    assert to_image(clips(1)[0], config).shape == config.shape
