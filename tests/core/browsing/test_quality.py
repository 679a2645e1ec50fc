"""Quality: measures with known answers."""

import numpy as np
import pytest

from core.browsing.index import Index
from core.browsing.quality import FLOOR_DB, measure, quality_of
from core.browsing.reading import Clips
from core.sound.audio import write_wav
from core.sound.layouts import scan
from tests.core.browsing.sounds import noise, tone


def measured(*waveforms):
    return measure(Clips(tuple(np.asarray(y, np.float32) for y in waveforms), {}))


def silence(seconds):
    return np.zeros(round(8000 * seconds), np.float32)


def test_length_peak_and_level_of_a_tone_are_known():
    found = measured(tone(440, 0.5, level=0.5))
    assert found["seconds"][0] == pytest.approx(0.5)
    assert found["peak"][0] == pytest.approx(0.5, abs=1e-3)
    assert found["rms_db"][0] == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.01)


def test_each_clip_is_measured_as_if_it_were_alone():
    clips = [tone(300, 0.2), noise(0.31), silence(0.05), noise(0.123, seed=2) * 5, tone(90, 0.4)]
    clips[3] = np.clip(clips[3], -0.5, 0.5)
    together = measured(*clips)
    for k, y in enumerate(clips):
        alone = measured(y)
        for name, column in together.items():
            np.testing.assert_allclose(column[k], alone[name][0], rtol=1e-6, err_msg=name)


@pytest.mark.parametrize(("before", "after"), [(0.1, 0.3), (0.0, 0.25), (0.2, 0.0)])
def test_silence_around_a_word_is_found_to_a_hundredth_of_a_second(before, after):
    y = np.concatenate([silence(before), tone(440, 0.4), silence(after)])
    found = measured(y + noise(len(y) / 8000, 1e-4))
    assert found["leading"][0] == pytest.approx(before, abs=0.011)
    assert found["trailing"][0] == pytest.approx(after, abs=0.011)


@pytest.mark.parametrize("snr_db", [5, 10, 20, 30, 40])
@pytest.mark.parametrize("seed", range(3))
def test_the_snr_of_a_known_mixture_is_found_within_2_db(snr_db, seed):
    word = tone(300, 0.4) + tone(900, 0.4, 0.1)
    level = np.sqrt(np.square(word).mean()) * 10 ** (-snr_db / 20)
    y = np.concatenate([silence(0.15), word, silence(0.15)]) + noise(0.7, level, seed)
    assert measured(y)["snr_db"][0] == pytest.approx(snr_db, abs=2)


def test_clipped_samples_are_counted_and_a_sine_has_none():
    y = tone(150, 0.5, level=1.0)
    flat = np.clip(y, -0.6, 0.6)
    assert measured(y)["clipped"][0] == 0
    expected = int((np.abs(y) >= 0.6).sum())
    assert measured(flat)["clipped"][0] == pytest.approx(expected, abs=4)


@pytest.mark.parametrize("frequency", [100, 123, 440, 1000, 3999])
@pytest.mark.parametrize("level", [0.1, 0.5, 0.999])
def test_no_pure_tone_counts_as_clipped(frequency, level):
    y = np.round(tone(frequency, 0.5, level) * 2**15) / 2**15
    assert measured(y)["clipped"][0] == 0


def test_a_run_of_clipped_samples_does_not_lead_into_the_next_clip():
    a, b = np.zeros(800, np.float32), np.zeros(800, np.float32)
    a[-2:], b[:2] = 0.9, 0.9
    assert measured(a, b)["clipped"].tolist() == [0, 0]
    a[-3:] = 0.9
    assert measured(a, b)["clipped"].tolist() == [3, 0]


def test_silence_has_a_floor_and_no_ratio():
    found = measured(silence(0.5))
    assert (found["peak"][0], found["rms_db"][0], found["clipped"][0]) == (0, FLOOR_DB, 0)
    assert np.isnan(found["snr_db"][0])


@pytest.mark.parametrize("n", [1, 2, 79, 80, 81])
def test_a_clip_of_a_few_samples_is_measured(n):
    found = measured(tone(440)[1 : n + 1])
    assert all(np.isfinite(column).all() for column in found.values())


def test_exact_duplicates_are_found_and_near_ones_are_not(folder_of):
    y = tone(440)
    almost = y.copy()
    almost[17] += 2 / 2**15
    root = folder_of({"0_a_0": y, "0_a_1": almost, "0_a_2": y, "1_b_0": y, "1_b_1": tone(500)})
    table = quality_of(Index.of(scan(root)))
    assert table.duplicate_of.tolist() == [-1, -1, 0, 0, -1]


def test_duplicates_count_in_the_places_of_the_index(folder_of):
    root = folder_of({f"0_a_{i}": tone(440 if i in (3, 5) else 500 + i) for i in range(6)})
    table = quality_of(Index.of(scan(root)), np.array([2, 3, 4, 5]))
    assert table.duplicate_of.tolist() == [-1, -1, -1, 3]
    assert table.places.tolist() == [2, 3, 4, 5]


def test_an_unreadable_clip_is_told_and_is_nobodys_duplicate(folder_of):
    root = folder_of({"0_a_0": tone(440), "0_a_1": tone(500), "0_a_2": tone(600)})
    (root / "0_a_0.wav").write_bytes(b"")
    (root / "0_a_2.wav").write_bytes(b"")
    table = quality_of(Index.of(scan(root)))
    assert table.readable.tolist() == [False, True, False]
    assert table.duplicate_of.tolist() == [-1, -1, -1]
    assert table.row(0).seconds == 0
    assert table.row(1).seconds == pytest.approx(0.4)


def test_the_second_time_comes_from_the_cache_and_is_the_same(small_set, monkeypatch):
    index = Index.of(scan(small_set))
    first = quality_of(index)
    monkeypatch.setattr("core.browsing.quality.in_chunks", None)
    second = quality_of(index)
    for name, column in first.columns().items():
        np.testing.assert_array_equal(second.columns()[name], column)


def test_a_changed_file_is_measured_anew(small_set):
    index = Index.of(scan(small_set))
    quality_of(index)
    (small_set / index.recording(0).name).write_bytes(write_wav(tone(440, 0.9)))
    assert quality_of(index).row(0).seconds == pytest.approx(0.9)


def test_chunks_and_progress_change_nothing(small_set, monkeypatch, data_folder):
    index = Index.of(scan(small_set))
    whole = quality_of(index)
    for path in (data_folder / "cache").iterdir():
        path.unlink()
    monkeypatch.setattr("core.browsing.reading.CHUNK", 5)
    seen = []
    parts = quality_of(index, progress=seen.append)
    assert seen[-1] == 1 and len(seen) == 8
    for name, column in whole.columns().items():
        np.testing.assert_array_equal(parts.columns()[name], column)


def test_no_recordings_have_an_empty_table(small_set):
    table = quality_of(Index.of(scan(small_set)), np.zeros(0, np.int64))
    assert len(table) == 0 and len(table.snr_db) == 0


@pytest.mark.fsdd
def test_fsdds_own_figures(fsdd_folder):
    table = quality_of(Index.of(scan(fsdd_folder)))
    assert table.readable.all()
    assert (table.duplicate_of == -1).all()
    assert np.median(table.seconds) == pytest.approx(0.42, abs=0.01)
    assert table.seconds.sum() / 60 == pytest.approx(21.9, abs=0.1)
    assert table.seconds.max() == pytest.approx(2.28, abs=0.01)
