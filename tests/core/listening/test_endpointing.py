"""Words found in streams whose words are known: buzzes for vowels, hisses for consonants."""

import dataclasses
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.streams import spoken_bounds, words_with_gaps
from core.listening.endpointing import Endpointer, EndpointerConfig, Utterance, pad_with_noise
from core.sound.synthetic import ARCHIVE

SR = 8000
QUIET = 1e-3  # RMS of the room: -60 dB relative to full scale
WITHIN = 160  # samples: 20 ms


def buzz(seconds: float, peak: float = 0.3, f0: float = 130.0) -> np.ndarray:
    """Return a vowel's harmonics, at full level from the first sample to the last."""
    t = np.arange(round(seconds * SR)) / SR
    y = sum(np.sin(2 * np.pi * f0 * k * t + k * k) / k for k in range(2, 12))
    return (peak * y / np.max(np.abs(y))).astype(np.float32)


def hiss(seconds: float, rms: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rms * rng.standard_normal(round(seconds * SR))).astype(np.float32)


def room(seconds: float, *sounds: tuple[float, np.ndarray], rms: float = QUIET) -> np.ndarray:
    """Return sounds at their times in the noise of a quiet room."""
    y = hiss(seconds, rms, seed=1)
    for at, sound in sounds:
        first = round(at * SR)
        y[first : first + len(sound)] += sound
    return y


def find_words(y: np.ndarray, config: EndpointerConfig | None = None) -> list[Utterance]:
    endpointer = Endpointer(config)
    return endpointer.feed(y) + endpointer.flush()


def in_blocks(y: np.ndarray, sizes: list[int]) -> list[Utterance]:
    endpointer = Endpointer()
    utterances: list[Utterance] = []
    at = i = 0
    while at < len(y):
        size = sizes[i % len(sizes)]
        utterances += endpointer.feed(y[at : at + size])
        at, i = at + size, i + 1
    return utterances + endpointer.flush()


def bits(utterances: list[Utterance]) -> list[tuple]:
    """Return everything an utterance says, comparable to the last bit."""
    return [
        (*(v for k, v in vars(u).items() if k != "y"), u.y.dtype.str, u.y.tobytes())
        for u in utterances
    ]


def assert_bounds(u: Utterance, begins: float, ends: float) -> None:
    assert abs(u.word_start - begins * SR) <= WITHIN
    assert abs(u.word_end - ends * SR) <= WITHIN


@pytest.fixture(scope="module")
def embedded() -> dict[str, np.ndarray]:
    """The synthetic voices' recordings by name, 8 kHz."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        names = [name for name in archive.namelist() if name.endswith(".flac")]
        return {
            name: soundfile.read(io.BytesIO(archive.read(name)), dtype="float32")[0]
            for name in names
        }


@pytest.fixture(scope="module")
def spoken(embedded: dict[str, np.ndarray]) -> np.ndarray:
    """Twelve spoken digits in noise, 250 ms apart."""
    names = sorted(name for name in embedded if name.startswith("digits/"))[::97]
    clips = [(name, embedded[name]) for name in names]
    return words_with_gaps(clips, gap_seconds=0.25, snr_db=20, kind="pink")[0]


# ------------------------------------------------------------------------------ bounds


@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.6, 1.2])
@pytest.mark.parametrize("peak", [0.03, 0.3, 0.95])
def test_a_buzz_is_found_within_20_ms(seconds: float, peak: float):
    words = find_words(room(4, (1.5, buzz(seconds, peak))))
    assert len(words) == 1
    assert_bounds(words[0], 1.5, 1.5 + seconds)


@pytest.mark.parametrize("f0", [85, 130, 220, 380])
def test_voices_from_deep_to_high_are_found(f0: float):
    words = find_words(room(3, (1, buzz(0.4, f0=f0))))
    assert len(words) == 1
    assert_bounds(words[0], 1, 1.4)


def test_samples_include_the_pre_roll_and_are_those_of_the_stream():
    y = room(3, (1, buzz(0.4)))
    (u,) = find_words(y)
    assert u.word_start - u.start == 0.1 * SR
    assert u.end - u.word_end == 0.1 * SR
    assert u.y.dtype == np.float32
    np.testing.assert_array_equal(u.y, y[u.start : u.end])


def test_a_word_is_decided_its_hangover_after_it_ends():
    (u,) = find_words(room(3, (1, buzz(0.4))))
    assert 0.19 * SR <= u.decided - 1.4 * SR <= 0.26 * SR


def test_levels_say_how_loud_word_and_room_are():
    sine = np.sin(2 * np.pi * 500 * np.arange(4000) / SR) * 0.1
    (u,) = find_words(room(3, (1, sine)))
    assert u.speech_db == pytest.approx(-23, abs=0.5)  # a sine's RMS is 3 dB below its peak
    assert u.noise_db == pytest.approx(-60, abs=1.5)


def test_meters_follow_the_stream():
    endpointer = Endpointer()
    y = room(2, (1, buzz(0.5)))
    endpointer.feed(y[: round(0.9 * SR)])
    assert not endpointer.hearing
    assert endpointer.noise_db == pytest.approx(-60, abs=1.5)
    assert endpointer.level_db == pytest.approx(-60, abs=3)
    endpointer.feed(y[round(0.9 * SR) : round(1.3 * SR)])
    assert endpointer.hearing
    assert endpointer.level_db > -25
    assert endpointer.noise_db == pytest.approx(-60, abs=1.5)


# ----------------------------------------------------------------- blocks, memory, time


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=30))
def test_block_sizes_do_not_change_a_bit(spoken: np.ndarray, sizes: list[int]):
    y = spoken[: 6 * SR]
    whole = bits(find_words(y))
    assert len(whole) > 5
    assert bits(in_blocks(y, sizes)) == whole


@pytest.mark.parametrize("size", [1, 160, 79, 10**6])
def test_regular_blocks_do_not_change_a_bit(spoken: np.ndarray, size: int):
    assert bits(in_blocks(spoken, [size])) == bits(find_words(spoken))


def test_empty_blocks_change_nothing(spoken: np.ndarray):
    assert bits(in_blocks(spoken, [0, 4000])) == bits(find_words(spoken))


@pytest.mark.slow
@pytest.mark.parametrize("rms", [0.0, QUIET, 0.1])
def test_an_hour_without_words_gives_none_and_keeps_little(rms: float):
    assert_no_word(minutes=60, rms=rms)


@pytest.mark.parametrize("rms", [0.0, QUIET, 0.1])
def test_five_minutes_without_words_give_none_and_keep_little(rms: float):
    assert_no_word(minutes=5, rms=rms)


def assert_no_word(minutes: int, rms: float) -> None:
    endpointer = Endpointer()
    minute = hiss(60, rms)
    for _ in range(minutes):
        assert endpointer.feed(minute) == []
    assert len(endpointer._stream._samples) < 2 * SR
    assert len(endpointer._sound) < 200
    assert endpointer.flush() == []


def test_a_voice_without_end_keeps_little():
    endpointer = Endpointer()
    for _ in range(60):
        endpointer.feed(buzz(1))
    assert len(endpointer._stream._samples) < 3 * SR


def test_a_flushed_endpointer_is_as_new(spoken: np.ndarray):
    endpointer = Endpointer()
    first = endpointer.feed(spoken) + endpointer.flush()
    second = endpointer.feed(spoken) + endpointer.flush()
    assert bits(first) == bits(second)


# ------------------------------------------------------------------------ gaps and wholes


@pytest.mark.parametrize("gap", [0.15, 0.25, 0.4, 1.0])
def test_voices_with_a_gap_are_two_words(gap: float):
    second = 1.3 + gap
    words = find_words(room(4, (1, buzz(0.3)), (second, buzz(0.3))))
    assert len(words) == 2
    assert_bounds(words[0], 1, 1.3)
    assert_bounds(words[1], second, second + 0.3)
    assert words[0].end <= words[1].word_start
    assert words[1].start >= words[0].word_end


def test_a_long_pre_roll_ends_at_the_word_before():
    config = dataclasses.replace(EndpointerConfig(), pre_roll_seconds=0.4)
    words = find_words(room(4, (1, buzz(0.3)), (1.5, buzz(0.3))), config)
    assert len(words) == 2
    assert words[1].start == words[0].word_end


@pytest.mark.parametrize("middle", [0.0, 0.003])
def test_a_weak_middle_does_not_split_a_word(middle: float):
    weak = buzz(0.06, middle) if middle else np.zeros(480, dtype=np.float32)
    word = np.concatenate([buzz(0.2), weak, buzz(0.2, 0.2)])
    words = find_words(room(3, (1, word)))
    assert len(words) == 1
    assert_bounds(words[0], 1, 1.46)


@pytest.mark.parametrize("closure", [0.06, 0.1, 0.15])
@pytest.mark.parametrize("release", [0.03, 0.2])
def test_noise_after_a_closure_belongs_to_the_word(closure: float, release: float):
    """The /t/ of "eight" and the /ks/ of "six"."""
    consonant = 1.25 + closure
    words = find_words(room(3, (1, buzz(0.25)), (consonant, hiss(release, 0.02))))
    assert len(words) == 1
    assert_bounds(words[0], 1, consonant + release)


def test_a_word_fades_below_the_level_that_begins_one():
    fading = hiss(0.15, 0.02)  # with the room 7 dB above it
    (u,) = find_words(room(3, (1, buzz(0.3)), (1.3, fading), rms=0.01))
    assert_bounds(u, 1, 1.45)
    endpointer = Endpointer()
    endpointer.feed(room(1.1, (1, fading[:800]), rms=0.01))
    assert not endpointer._in_word


def test_a_soft_consonant_before_the_voice_is_in_the_samples():
    words = find_words(room(3, (1, hiss(0.15, 0.006)), (1.15, buzz(0.3))))
    assert len(words) == 1
    assert words[0].start <= 1 * SR
    assert_bounds(words[0], 1, 1.45)


def test_a_word_at_the_first_sample_is_found():
    words = find_words(room(2, (0, buzz(0.4))))
    assert len(words) == 1
    assert words[0].start == 0
    assert_bounds(words[0], 0, 0.4)


def test_a_word_cut_by_the_end_is_found():
    y = room(2, (1.6, buzz(0.4)))
    words = find_words(y)
    assert len(words) == 1
    assert words[0].end == words[0].word_end == words[0].decided == len(y)


# --------------------------------------------------------------------- what is no word


@pytest.mark.parametrize("seconds", [0.005, 0.02, 0.05])
def test_clicks_are_no_words(seconds: float):
    click = hiss(seconds, 0.3)
    assert find_words(room(4, (1, click), (1.1, click), (2.5, click))) == []


def test_a_short_blip_of_voice_is_no_word():
    assert find_words(room(3, (1, buzz(0.03)))) == []


@pytest.mark.parametrize("seconds", [0.15, 0.5, 3])
def test_breath_and_claps_are_no_words(seconds: float):
    assert find_words(room(5, (1, hiss(seconds, 0.05)))) == []


@pytest.mark.parametrize("pause", [0.12, 0.3])
def test_a_breath_before_a_word_is_not_part_of_it(pause: float):
    voice_at = 1.3 + pause
    words = find_words(room(4, (1, hiss(0.3, 0.01)), (voice_at, buzz(0.3))))
    assert len(words) == 1
    assert_bounds(words[0], voice_at, voice_at + 0.3)


def test_a_click_before_a_word_is_not_part_of_it():
    words = find_words(room(3, (1, hiss(0.01, 0.3)), (1.12, buzz(0.3))))
    assert len(words) == 1
    assert_bounds(words[0], 1.12, 1.42)


def test_a_long_breath_after_a_word_does_not_hold_it_up():
    (u,) = find_words(room(5, (1, buzz(0.3)), (1.3, hiss(2, 0.01))))
    assert abs(u.word_start - 1 * SR) <= WITHIN
    assert u.decided <= 1.9 * SR


def test_a_faint_hum_after_a_word_does_not_hold_it_up():
    (u,) = find_words(room(5, (1, buzz(0.3)), (1.3, buzz(2, 0.015))))
    assert abs(u.word_start - 1 * SR) <= WITHIN
    assert u.decided <= 1.9 * SR


def test_a_voice_too_long_for_a_word_is_dropped_up_to_the_next_pause():
    words = find_words(room(6, (1, buzz(2)), (4, buzz(0.3))))
    assert len(words) == 1
    assert_bounds(words[0], 4, 4.3)


def test_an_echo_far_below_the_word_is_dropped_but_a_quiet_answer_is_not():
    loud = (1.0, buzz(0.3, 0.5))
    assert len(find_words(room(4, loud, (1.6, buzz(0.3, 0.011))))) == 1
    assert len(find_words(room(4, loud, (1.6, buzz(0.3, 0.04))))) == 2
    assert len(find_words(room(5, loud, (3.5, buzz(0.3, 0.011))))) == 2


def test_in_a_silent_room_an_echo_is_dropped_and_another_speaker_is_not():
    loud = (1.0, buzz(0.3, 0.9))
    assert len(find_words(room(3, loud, (1.55, buzz(0.3, 0.008)), rms=1e-4))) == 1
    assert len(find_words(room(3, loud, (1.55, buzz(0.3, 0.04)), rms=1e-4))) == 2


def test_a_voice_hardly_above_the_noise_is_no_word():
    assert find_words(room(3, (1, buzz(0.3, 0.006)))) == []
    assert len(find_words(room(3, (1, buzz(0.3, 0.015))))) == 1


def test_a_faint_voice_is_dropped_only_if_a_much_louder_one_follows_at_once():
    faint = (1.0, buzz(0.2, 0.011))
    (u,) = find_words(room(4, faint))
    assert u.decided - 1.2 * SR <= 0.6 * SR
    words = find_words(room(4, faint, (1.5, buzz(0.3, 0.5))))
    assert len(words) == 1
    assert_bounds(words[0], 1.5, 1.8)
    words = find_words(room(4, faint, (1.5, buzz(0.2, 0.011))))
    assert [round(w.word_start / SR, 1) for w in words] == [1.0, 1.5]


# --------------------------------------------------------------------------- the room


def test_a_fan_that_starts_gives_no_word_and_is_forgiven_within_three_seconds():
    y = room(14, (1, buzz(0.3)), (12, buzz(0.3)))
    y[4 * SR :] += hiss(10, 0.02, seed=3)  # 26 dB louder from the fourth second on
    y[7 * SR : 7 * SR + 2400] += buzz(0.3)
    words = find_words(y)
    assert [round(w.word_start / SR) for w in words] == [1, 7, 12]
    assert words[2].noise_db == pytest.approx(-34, abs=1.5)


def test_a_fan_that_stops_lets_quiet_words_through_within_a_second():
    y = room(8, (1, buzz(0.3)), (5, buzz(0.3, 0.02)))
    y[: 4 * SR] += hiss(4, 0.01, seed=3)
    assert [round(w.word_start / SR) for w in find_words(y)] == [1, 5]


def test_words_do_not_lift_the_noise_floor():
    y = room(32, *((1 + 0.5 * i, buzz(0.35)) for i in range(60)))
    words = find_words(y)
    assert len(words) == 60
    assert words[-1].noise_db < -55


def test_rain_does_not_hide_the_end_of_a_word():
    """Noise that comes in gusts is above its own quietest moments nearly all the time."""
    gusts = 10 ** (np.random.default_rng(1).normal(0, 4, 200) / 20)  # one every 50 ms
    y = hiss(10, 0.003, seed=2) * np.repeat(gusts, 400)
    for at in (2, 4, 6, 8):
        y[at * SR : at * SR + 2400] += buzz(0.3)
    words = find_words(y.astype(np.float32))
    assert [round(w.word_start / SR) for w in words] == [2, 4, 6, 8]
    assert max(w.decided - w.word_start for w in words) < 0.75 * SR


def test_words_between_digital_silence_are_found():
    y = np.zeros(10 * SR, dtype=np.float32)
    for i in range(8):
        y[(1 + i) * SR : (1 + i) * SR + 2400] = buzz(0.3)
    words = find_words(y)
    assert len(words) == 8
    assert_bounds(words[5], 6, 6.3)


def test_a_hiss_after_digital_silence_is_no_word_and_hides_none():
    y = room(4, (1.5, buzz(0.3)), rms=0.003)
    y[: SR // 2] = 0
    words = find_words(y)
    assert len(words) == 1
    assert_bounds(words[0], 1.5, 1.8)


@pytest.mark.parametrize(
    "harm",
    [
        lambda y, t: 0.03 * y + 0.9,
        lambda y, t: y + 0.1 * np.sin(2 * np.pi * 50 * t),
        lambda y, t: np.clip(10 * y, -1, 1),
        lambda y, t: 0.01 * y,
        lambda y, t: -y,
    ],
    ids=["offset", "mains hum", "clipped", "very quiet", "upside down"],
)
def test_poor_recordings_give_the_same_words(harm: Callable):
    y = room(4, (1, buzz(0.3)), (2, buzz(0.4, f0=210)))
    words = find_words(harm(y, np.arange(len(y)) / SR).astype(np.float32))
    assert len(words) == 2
    assert_bounds(words[0], 1, 1.3)
    assert_bounds(words[1], 2, 2.4)


# -------------------------------------------------------------------------- bad input


def test_samples_that_are_not_finite_count_as_zeros():
    y = room(3, (1, buzz(0.3)))
    harmed, zeroed = y.copy(), y.copy()
    places = [0, 100, 4000, 9000, 9001, 20000]
    harmed[places] = [np.nan, np.inf, -np.inf, np.nan, np.inf, np.nan]
    zeroed[places] = 0
    assert len(find_words(zeroed)) == 1
    assert bits(find_words(harmed)) == bits(find_words(zeroed))


def test_a_block_of_nothing_but_nan_gives_nothing():
    assert find_words(np.full(SR, np.nan, dtype=np.float32)) == []


@pytest.mark.parametrize(
    "block",
    [np.zeros((160, 2), dtype=np.float32), np.zeros(160, dtype=np.int16), np.float32(0)],
    ids=["stereo", "16 bit", "no row"],
)
def test_blocks_of_another_kind_are_refused_with_the_remedy(block: np.ndarray):
    with pytest.raises(ValueError, match=r"expected mono float32 .* Convert"):
        Endpointer().feed(block)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sr": 4000}, "Resample the stream to 8000"),
        ({"sr": 11025}, "multiple of 100"),
        ({"off_db": 9.0}, "Choose off_db <= on_db"),
        ({"min_word_seconds": 2.0}, "Choose min_word_seconds <= max_word_seconds"),
        ({"post_roll_seconds": 0.5}, "Choose post_roll_seconds <= hangover_seconds"),
        ({"pre_roll_seconds": -0.1}, "negative"),
        ({"voicing": float("nan")}, "finite"),
    ],
)
def test_settings_that_contradict_are_refused_with_the_remedy(change: dict, message: str):
    with pytest.raises(ValueError, match=message):
        EndpointerConfig(**change)


def test_a_stream_of_another_rate_is_heard_alike():
    t = np.arange(3 * 16000) / 16000
    y = 1e-3 * np.random.default_rng(0).standard_normal(len(t))
    y += np.where((t >= 1) & (t < 1.4), 0.2 * np.sin(2 * np.pi * 300 * t), 0)
    (u,) = find_words(y.astype(np.float32), EndpointerConfig(sr=16000))
    assert abs(u.word_start / 16000 - 1) <= 0.02
    assert abs(u.word_end / 16000 - 1.4) <= 0.02


def test_hangover_is_the_settings():
    config = dataclasses.replace(EndpointerConfig(), hangover_seconds=0.4)
    (u,) = find_words(room(3, (1, buzz(0.4))), config)
    assert 0.39 * SR <= u.decided - 1.4 * SR <= 0.46 * SR


# --------------------------------------------------------------------- spoken digits


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
def test_every_embedded_digit_is_one_whole_word(embedded: dict[str, np.ndarray], step: int):
    names = sorted(name for name in embedded if name.startswith("digits/"))[::step]
    assert_one_whole_word({name: embedded[name] for name in names}, share=0.995)


def test_embedded_noises_give_no_word(embedded: dict[str, np.ndarray]):
    noises = {name: y for name, y in embedded.items() if name.startswith("noise/")}
    assert noises
    assert {
        name: len(find_words(pad_with_noise(y))) for name, y in noises.items()
    } == dict.fromkeys(noises, 0)


def read_takes(folder: Path, pattern: str, takes: range) -> dict[str, np.ndarray]:
    paths = [p for p in sorted(folder.glob(pattern)) if int(p.stem.split("_")[2]) in takes]
    return {p.stem: soundfile.read(p, dtype="float32")[0] for p in paths}


@pytest.mark.fsdd
def test_official_clips_are_one_whole_word(fsdd_folder: Path):
    clips = read_takes(fsdd_folder, "*.wav", range(5))
    assert len(clips) == 300
    assert_one_whole_word(clips, share=0.99)


@pytest.mark.fsdd
@pytest.mark.parametrize("digit", [6, 8])
def test_six_and_eight_stay_whole(fsdd_folder: Path, digit: int):
    assert_one_whole_word(read_takes(fsdd_folder, f"{digit}_*.wav", range(5, 50)), share=0.99)


@pytest.mark.fsdd
@pytest.mark.parametrize(("gap", "share"), [(0.15, 0.9), (0.25, 0.97), (0.4, 0.99)])
def test_words_in_a_row_are_told_apart(fsdd_folder: Path, gap: float, share: float):
    clips = read_takes(fsdd_folder, "*.wav", range(5, 50))
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
    counts = {}
    for path in paths:
        y, sr = soundfile.read(path, dtype="float32")
        assert sr == 16000
        soxr = pytest.importorskip("soxr")
        counts[path.stem] = len(find_words(pad_with_noise(soxr.resample(y, sr, SR))))
    assert sum(n == 1 for n in counts.values()) >= 0.95 * len(paths), counts


@pytest.mark.dev
def test_three_minutes_of_steady_noise_give_no_word(dev_folder: Path):
    soxr = pytest.importorskip("soxr")
    n_words = 0
    for name in ("air_conditioner", "pink_noise", "running_tap", "white_noise"):
        y, sr = soundfile.read(dev_folder / "other" / f"noise_fx_{name}.wav", dtype="float32")
        n_words += len(find_words(soxr.resample(y, sr, SR)))
    assert n_words == 0
