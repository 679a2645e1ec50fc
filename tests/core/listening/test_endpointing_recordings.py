"""Spoken digits through the endpointer: each is one word, and whole."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.streams import spoken_bounds, words_with_gaps
from core.listening.endpointing import pad_with_noise
from core.sound.audio import load_waveform, load_waveforms
from core.sound.layouts import scan
from core.sound.recordings import Recording
from core.sound.synthetic import ARCHIVE
from tests.core.listening.buzzes import SR, WITHIN, find_words


def read(recordings: Sequence[Recording]) -> dict[str, np.ndarray]:
    return dict(zip([r.name for r in recordings], load_waveforms(recordings), strict=True))


def assert_one_whole_word(clips: dict[str, np.ndarray], share: float) -> None:
    failures = {}
    for name, y in clips.items():
        words = find_words(pad_with_noise(y))
        first, last = (SR // 2 + bound for bound in spoken_bounds(y))
        if len(words) != 1:
            failures[name] = f"{len(words)} words"
        elif words[0].start > first + WITHIN or words[0].end < last - WITHIN:
            failures[name] = "cut"
    assert len(failures) <= (1 - share) * len(clips), failures


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_every_embedded_digit_is_one_whole_word(step: int):
    digits = scan(ARCHIVE).where(lambda r: r.digit is not None)
    assert_one_whole_word(read(digits.recordings[::step]), share=0.995)


def test_embedded_noises_give_no_word():
    noises = read([r for r in scan(ARCHIVE).recordings if r.name.startswith("noise/")])
    assert noises
    counts = {name: len(find_words(pad_with_noise(y))) for name, y in noises.items()}
    assert counts == dict.fromkeys(noises, 0)


def read_takes(folder: Path, digits: str, takes: range) -> dict[str, np.ndarray]:
    paths = sorted(folder.glob(f"[{digits}]_*.wav"))
    return {p.stem: load_waveform(p) for p in paths if int(p.stem.split("_")[2]) in takes}


@pytest.mark.fsdd
def test_official_clips_are_one_whole_word(fsdd_folder: Path):
    clips = read_takes(fsdd_folder, "0-9", range(5))
    assert len(clips) == 300
    assert_one_whole_word(clips, share=0.99)


@pytest.mark.fsdd
@pytest.mark.parametrize("digit", ["6", "8"])
def test_six_and_eight_stay_whole(fsdd_folder: Path, digit: str):
    assert_one_whole_word(read_takes(fsdd_folder, digit, range(5, 50)), share=0.99)


@pytest.mark.fsdd
@pytest.mark.parametrize(("gap", "share"), [(0.15, 0.9), (0.25, 0.97), (0.4, 0.99)])
def test_words_in_a_row_are_told_apart(fsdd_folder: Path, gap: float, share: float):
    clips = read_takes(fsdd_folder, "0-9", range(5, 50))
    chosen = np.random.default_rng(7).permutation(sorted(clips))[:100]
    y, words = words_with_gaps([(name, clips[name]) for name in chosen], gap, 20, "pink")
    found = find_words(y)
    alone = sum(
        sum(u.word_start < w.end and u.word_end > w.start for u in found) == 1 for w in words
    )
    assert alone >= share * len(words)
    assert len(found) <= len(words) + 1


@pytest.mark.dev
def test_strangers_on_other_microphones_give_one_word(dev_folder: Path):
    paths = sorted((dev_folder / "digits").glob("*.wav"))
    counts = {p.stem: len(find_words(pad_with_noise(load_waveform(p)))) for p in paths}
    assert sum(n == 1 for n in counts.values()) >= 0.95 * len(paths), counts


@pytest.mark.dev
def test_three_minutes_of_steady_noise_give_no_word(dev_folder: Path):
    n_words = 0
    for name in ("air_conditioner", "pink_noise", "running_tap", "white_noise"):
        y = load_waveform(dev_folder / "other" / f"noise_fx_{name}.wav")
        n_words += len(find_words(y))
    assert n_words == 0
