"""Spectrograms against librosa, against known tones, and against silence."""

from dataclasses import replace

import librosa
import numpy as np
import pytest

from core.sound.spectrograms import (
    SPECTROGRAMS,
    Analysis,
    mel_power,
    n_frames,
    power_to_db,
    spectrogram,
    stft_power,
)

ANALYSES = {
    "default": Analysis(),
    "seed": Analysis(n_fft=128),
    "fine": Analysis(n_fft=512, hop_length=80, n_mels=64, fmin=100, fmax=3800, n_mfcc=13),
    "odd": Analysis(n_fft=250, hop_length=77, n_mels=20, n_mfcc=20),
}


@pytest.fixture(params=ANALYSES, ids=str)
def analysis(request) -> Analysis:
    return ANALYSES[request.param]


@pytest.fixture
def windows() -> np.ndarray:
    """Three clips of one second: noise, a chirp with an echo, and noise at another level."""
    rng = np.random.default_rng(0)
    t = np.arange(8000) / 8000
    chirp = np.sin(2 * np.pi * (200 * t + 1500 * t**2)) * np.exp(-3 * t)
    clips = [rng.standard_normal(8000), chirp, 1e-3 * rng.standard_normal(8000)]
    return np.stack(clips).astype(np.float32)


def tone(frequency, n=8000):
    return np.sin(2 * np.pi * frequency * np.arange(n) / 8000).astype(np.float32)


def librosa_stft_power(y, analysis):
    return (
        abs(librosa.stft(y, n_fft=analysis.n_fft, hop_length=analysis.hop_length, center=True)) ** 2
    )


def librosa_mel_power(y, analysis):
    return librosa.feature.melspectrogram(
        y=y,
        sr=analysis.sr,
        n_fft=analysis.n_fft,
        hop_length=analysis.hop_length,
        n_mels=analysis.n_mels,
        fmin=analysis.fmin,
        fmax=analysis.fmax,
        center=True,
    )


def test_stft_power_is_librosas(windows, analysis):
    for ours, y in zip(stft_power(windows, analysis), windows, strict=True):
        theirs = librosa_stft_power(y, analysis)
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-6 * theirs.max())


def test_mel_power_is_librosas(windows, analysis):
    for ours, y in zip(mel_power(windows, analysis), windows, strict=True):
        theirs = librosa_mel_power(y, analysis)
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-6 * theirs.max())


def test_log_mel_is_librosas_power_to_db_with_the_loudest_cell_at_zero(windows, analysis):
    for y in windows:
        theirs = librosa.power_to_db(
            librosa_mel_power(y, analysis), ref=np.max, top_db=analysis.top_db
        )
        np.testing.assert_allclose(spectrogram(y, "log_mel", analysis), theirs, atol=0.02)


def test_mfcc_is_librosas(windows, analysis):
    for y in windows:
        S_db = librosa.power_to_db(
            librosa_mel_power(y, analysis), ref=np.max, top_db=analysis.top_db
        )
        theirs = librosa.feature.mfcc(S=S_db, n_mfcc=analysis.n_mfcc)
        np.testing.assert_allclose(spectrogram(y, "mfcc", analysis), theirs, atol=0.1)


@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_every_kind_has_the_rows_and_frames_that_it_states(kind, windows, analysis):
    entry = SPECTROGRAMS[kind]
    pictures = entry.builder(windows, analysis)
    assert pictures.shape == (3, entry.n_rows(analysis), n_frames(8000, analysis))
    assert pictures.dtype == np.float32
    assert np.isfinite(pictures).all()


@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_a_clip_gives_the_same_picture_alone_and_among_others(kind, windows, analysis):
    together = SPECTROGRAMS[kind].builder(windows, analysis)
    for y, picture in zip(windows, together, strict=True):
        np.testing.assert_allclose(spectrogram(y, kind, analysis), picture, atol=1e-3)


@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_every_entry_says_what_it_is_and_whose(kind):
    entry = SPECTROGRAMS[kind]
    assert entry.label and entry.source and entry.row_unit
    assert entry.summary.endswith(".")


@pytest.mark.parametrize("frequency", [220, 440, 1000, 3000])
def test_a_tone_peaks_in_its_own_bin(frequency):
    analysis = Analysis(n_fft=256)  # bins of 31.25 Hz
    picture = spectrogram(tone(frequency), "stft", analysis)
    assert picture[:, 5:-5].argmax(axis=0).tolist() == [round(frequency / 31.25)] * 41


def test_row_zero_is_the_lowest_frequency():
    analysis = Analysis()
    low, high = (spectrogram(tone(f), "log_mel", analysis)[:, 25].argmax() for f in (200, 3000))
    assert low < 8 < 30 < high


def test_frame_t_is_centred_on_t_hops():
    click = np.zeros(8000, np.float32)
    click[20 * 160] = 1
    power = stft_power(click[None], Analysis())[0].sum(axis=0)
    assert power.argmax() == 20


@pytest.mark.parametrize("kind", ["log_mel", "stft"])
@pytest.mark.parametrize("top_db", [30.0, 80.0])
def test_decibels_lie_between_the_floor_and_zero(kind, top_db, windows):
    analysis = Analysis(top_db=top_db)
    for y in windows:
        picture = spectrogram(y, kind, analysis)
        assert picture.max() == 0
        assert picture.min() >= -top_db
    assert spectrogram(windows[1], kind, analysis).min() == -top_db


@pytest.mark.parametrize("level", [0.0, 1e-9])
@pytest.mark.parametrize("kind", ["log_mel", "stft"])
def test_silence_is_all_floor(kind, level):
    noise = np.random.default_rng(0).standard_normal(8000)
    picture = spectrogram((level * noise).astype(np.float32), kind, Analysis())
    assert (picture == -80).all()


def test_power_to_db_knows_a_tenth_is_ten_db_less():
    power = np.array([[[1.0, 0.1, 0.01, 1e-12]]], np.float32)
    np.testing.assert_allclose(power_to_db(power, 60.0), [[[0, -10, -20, -60]]], atol=1e-5)


def test_each_picture_is_relative_to_its_own_loudest_cell():
    power = np.array([[[1.0, 0.1]], [[100.0, 1.0]]], np.float32)
    np.testing.assert_allclose(power_to_db(power, 80.0), [[[0, -10]], [[0, -20]]], atol=1e-5)


@pytest.mark.parametrize("kind", ["log_mel", "stft"])
def test_how_loud_a_clip_is_does_not_move_the_floor_around_it(kind):
    """librosa's absolute ``amin`` would: it draws the silence around a quiet clip 20 dB louder."""
    y = np.concatenate([np.zeros(2000, np.float32), tone(440, 4000), np.zeros(2000, np.float32)])
    loud, quiet = (spectrogram(level * y, kind, Analysis()) for level in (1, 1e-3))
    assert loud.min() == quiet.min() == -80
    np.testing.assert_allclose(quiet, loud, atol=0.05)


@pytest.mark.parametrize("n", [0, 1, 10, 159, 160, 161])
@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_a_clip_shorter_than_a_frame_still_gives_a_finite_picture(kind, n):
    picture = spectrogram(tone(440, n), kind, Analysis())
    assert picture.shape[1] == 1 + n // 160
    assert np.isfinite(picture).all()


def test_an_unknown_kind_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match=r"kind='cqt' is not a spectrogram.*'log_mel'"):
        spectrogram(tone(440), "cqt", Analysis())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"n_fft": 8}, "expected n_fft >= 16"),
        ({"hop_length": 0}, "hop_length >= 1"),
        ({"fmax": 5000.0}, r"fmax=5000.0 Hz is above half the sample rate .* Choose fmax <= 4000"),
        ({"fmin": -1.0}, r"fmin=-1.0 Hz must lie in"),
        ({"fmin": 4000.0}, r"fmin=4000.0 Hz must lie in"),
        ({"fmin": float("nan")}, r"fmin=nan Hz must lie in"),
        ({"fmax": float("nan")}, r"must lie in"),
        ({"n_mfcc": 0}, r"n_mfcc=0 must lie in"),
        ({"n_mfcc": 41}, r"n_mfcc=41 must lie in \[1, n_mels=40\]"),
        ({"n_mels": 0, "n_mfcc": 0}, r"must lie in"),
        ({"top_db": 0.0}, "top_db=0.0 dB must be above 0"),
        ({"top_db": float("inf")}, "top_db=inf dB must be above 0 and finite"),
        ({"top_db": float("nan")}, "top_db=nan dB must be above 0"),
        ({"sr": 0}, "above half the sample rate"),
        ({"n_fft": 256.5}, "n_fft=256.5 must be a whole number"),
        ({"hop_length": 160.0}, "hop_length=160.0 must be a whole number"),
        ({"n_mels": 40.0}, "n_mels=40.0 must be a whole number"),
    ],
)
def test_every_bad_setting_is_a_sentence(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(Analysis(), **changes)
