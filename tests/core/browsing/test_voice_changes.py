"""Voice changes: each slider changes what it says, and nothing else."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import scipy.signal

from core.browsing.voice_changes import VoiceChange, change_voice
from core.sound.audio import load_waveform
from core.sound.datasets import open_dataset
from tests.core.browsing.sounds import noise, tone

SLIDERS = {
    "loudness": VoiceChange(loudness_db=6),
    "pitch": VoiceChange(semitones=5),
    "deep": VoiceChange(semitones=-7),
    "speed": VoiceChange(speed=1.5),
    "slow": VoiceChange(speed=0.6),
    "formants": VoiceChange(formants=1.2),
    "noise": VoiceChange(snr_db=10),
    "room": VoiceChange(room_seconds=0.4),
    "all": VoiceChange(-6, 3, 1.2, 0.9, 20, 0.3),
}


def peak_hz(y):
    """Return the frequency of the strongest partial (Hz)."""
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y)), 2**16))
    return spectrum.argmax() * 8000 / 2**16


def vowel(f0=120.0, resonances=(600, 2000), seconds=0.8):
    """Return pulses through resonances: a buzz as a throat shapes it."""
    n = round(8000 * seconds)
    y = np.zeros(n)
    y[np.round(np.arange(0, n - 1, 8000 / f0)).astype(int)] = 1
    for f in resonances:
        r = np.exp(-np.pi * 80 / 8000)
        y = scipy.signal.lfilter([1], [1, -2 * r * np.cos(2 * np.pi * f / 8000), r * r], y)
    return (0.3 * y / np.abs(y).max()).astype(np.float32)


def pitch_hz(y):
    """Return the pitch by autocorrelation (Hz), between 60 and 500."""
    correlation = np.correlate(y, y, "full")[len(y) - 1 :]
    some = correlation[16:134]
    # the first peak that is nearly the highest: two or three periods fit as well as one
    peaks = scipy.signal.find_peaks(some, height=0.8 * some.max())[0]
    return 8000 / (16 + peaks[0])


def formant_hz(y):
    """Return the first resonance: the centre of power below 1 kHz of a smoothed spectrum (Hz)."""
    frequencies, power = scipy.signal.welch(y, 8000, nperseg=64, nfft=512)
    low = frequencies < 1000
    return float((frequencies[low] * power[low] ** 2).sum() / (power[low] ** 2).sum())


def rms_db(y):
    return 10 * np.log10(np.square(y, dtype=np.float64).mean())


def test_sliders_in_the_middle_change_nothing_at_all():
    y = noise(0.3)
    assert change_voice(y, VoiceChange()) is y
    assert change_voice(y, VoiceChange(seed=5)) is y


@pytest.mark.parametrize("change", SLIDERS.values(), ids=SLIDERS)
@pytest.mark.parametrize("n", [1, 30, 511, 512, 1100, 6000])
def test_a_clip_of_any_length_stays_finite_and_in_range(change, n):
    y = 0.9 * tone(300, 1.0)[:n] + noise(1.0, 0.01)[:n]
    before = y.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = change_voice(y, change)
    assert found.dtype == np.float32 and found.ndim == 1 and len(found) >= 1
    assert np.isfinite(found).all() and np.abs(found).max() <= 1
    np.testing.assert_array_equal(y, before)


@pytest.mark.parametrize("change", SLIDERS.values(), ids=SLIDERS)
def test_silence_stays_silence(change):
    assert np.abs(change_voice(np.zeros(3000, np.float32), change)).max() < 1e-6


@pytest.mark.parametrize("change", SLIDERS.values(), ids=SLIDERS)
def test_the_same_sliders_give_the_same_sound(change):
    y = vowel()
    np.testing.assert_array_equal(change_voice(y, change), change_voice(y, change))


def test_loudness_is_gain_and_full_scale_is_its_end():
    y = tone(440, level=0.1)
    np.testing.assert_allclose(
        change_voice(y, VoiceChange(loudness_db=6)), y * 10 ** (6 / 20), rtol=1e-5
    )
    assert np.abs(change_voice(y, VoiceChange(loudness_db=40))).max() == 1


@pytest.mark.parametrize(("semitones", "ratio"), [(12, 2.0), (-12, 0.5), (7, 2 ** (7 / 12))])
def test_a_tone_is_moved_by_its_semitones_and_keeps_its_length(semitones, ratio):
    y = tone(600, 0.8)
    found = change_voice(y, VoiceChange(semitones=semitones))
    assert len(found) == len(y)
    assert peak_hz(found) == pytest.approx(600 * ratio, rel=0.01)


@pytest.mark.parametrize("semitones", [-5, 5, 9])
def test_pitch_moves_and_formants_stay(semitones):
    y = vowel()
    found = change_voice(y, VoiceChange(semitones=semitones))
    assert pitch_hz(found) == pytest.approx(120 * 2 ** (semitones / 12), rel=0.03)
    assert formant_hz(found) == pytest.approx(formant_hz(y), rel=0.12)  # not 25 to 68 %
    assert rms_db(found) == pytest.approx(rms_db(y), abs=1)


@pytest.mark.parametrize("factor", [0.8, 1.2])
def test_formants_move_and_pitch_and_length_stay(factor):
    y = vowel()
    found = change_voice(y, VoiceChange(formants=factor))
    assert len(found) == len(y)
    assert pitch_hz(found) == pytest.approx(120, rel=0.02)
    assert formant_hz(found) / formant_hz(y) == pytest.approx(factor, abs=0.08)


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.5, 2.0])
def test_speed_changes_length_and_keeps_pitch(speed):
    y = tone(500, 0.8)
    found = change_voice(y, VoiceChange(speed=speed))
    assert len(found) == pytest.approx(len(y) / speed, abs=1)
    assert peak_hz(found) == pytest.approx(500, rel=0.01)


@pytest.mark.parametrize("snr_db", [0, 10, 30])
def test_noise_stands_at_its_ratio(snr_db):
    y = tone(440, 1.0, level=0.2)
    added = change_voice(y, VoiceChange(snr_db=snr_db)) - y
    assert rms_db(y) - rms_db(added) == pytest.approx(snr_db, abs=0.1)


def test_another_seed_is_another_noise():
    y = tone(440)
    a, b = (change_voice(y, VoiceChange(snr_db=10, seed=seed)) for seed in (0, 1))
    assert np.abs(a - b).max() > 0.01


def test_a_room_rings_on_and_falls_by_60_db_in_its_time():
    y = np.zeros(4000, np.float32)
    y[0] = 1
    found = change_voice(y, VoiceChange(room_seconds=1.0))
    assert len(found) == 4000 + 4000
    assert found[0] == pytest.approx(1) and np.abs(found[1:20]).max() < 1e-6

    def level(start):
        part = found[round(8000 * start) : round(8000 * (start + 0.1))]
        return rms_db(part)

    assert level(0.1) - level(0.4) == pytest.approx(18, abs=2)


@pytest.mark.parametrize(
    "values",
    [
        {"loudness_db": 50},
        {"semitones": -13},
        {"speed": 0},
        {"speed": float("nan")},
        {"formants": 2},
        {"snr_db": 100},
        {"room_seconds": -1},
    ],
    ids=str,
)
def test_a_slider_beyond_its_end_is_refused(values):
    with pytest.raises(ValueError, match="must lie between"):
        replace(VoiceChange(), **values)


def test_a_real_word_stays_as_long_and_as_loud():
    """Not a tone: a synthetic voice's word, through pitch and formants at once."""
    recording = next(r for r in open_dataset("synthetic").recordings if r.digit == 7)
    y = load_waveform(recording)
    found = change_voice(y, VoiceChange(semitones=4, formants=1.1))
    assert len(found) == len(y)
    assert rms_db(found) == pytest.approx(rms_db(y), abs=1)
