import dataclasses
import io
import json
import zipfile
from collections import Counter

import numpy as np
import pytest
import soundfile

from core.errors import LabError
from core.sound.recordings import DIGIT_WORDS
from core.sound.synthetic import ARCHIVE, generate, synthesis
from core.sound.synthetic.plan import make, plan
from core.sound.synthetic.synthesis import SAMPLE_RATE, Take, cut, speak, to_int16
from core.sound.synthetic.voices import EMBEDDED, Voice, training_voices

FSDD_SPEAKERS = {"george", "jackson", "lucas", "nicolas", "theo", "yweweler"}


@pytest.fixture(scope="module")
def archive() -> dict[str, bytes]:
    with zipfile.ZipFile(ARCHIVE) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture(scope="module")
def about(archive) -> dict:
    return json.loads(archive["about.json"])


@pytest.fixture(scope="module")
def clips(archive) -> dict[str, np.ndarray]:
    read = {}
    for name, content in archive.items():
        if name.endswith(".flac"):
            info = soundfile.info(io.BytesIO(content))
            form = (info.format, info.subtype, info.samplerate, info.channels)
            assert form == ("FLAC", "PCM_16", 8000, 1), name
            read[name] = soundfile.read(io.BytesIO(content), dtype="int16")[0]
    return read


def parts(name: str) -> tuple[str, str, str, int]:
    folder, file = name.split("/")
    word, speaker, take = file.removesuffix(".flac").split("_")
    return folder, word, speaker, int(take)


def test_archive_is_at_most_five_megabytes():
    assert ARCHIVE.stat().st_size <= 5_000_000


def test_each_of_the_ten_digits_is_said_by_every_voice_several_times(clips):
    takes = Counter(parts(n)[1:3] for n in clips if n.startswith("digits/"))
    speakers = {speaker for _, speaker in takes}
    assert len(speakers) >= 12
    assert set(takes) == {(str(digit), speaker) for digit in range(10) for speaker in speakers}
    assert min(takes.values()) >= 5


def test_at_least_half_of_the_voices_are_womens(clips, about):
    speakers = {parts(n)[2] for n in clips if n.startswith("digits/")}
    kinds = [voice["kind"] for voice in about["voices"] if voice["name"] in speakers]
    assert len(kinds) == len(speakers)
    assert kinds.count("woman") * 2 >= len(kinds)


def test_no_synthetic_speaker_is_called_like_a_person_of_fsdd(clips):
    assert not FSDD_SPEAKERS & {parts(n)[2].split("-")[0] for n in clips}


def test_takes_count_from_zero_without_gaps(clips):
    takes: dict[tuple[str, str, str], list[int]] = {}
    for name in clips:
        *key, take = parts(name)
        takes.setdefault(tuple(key), []).append(take)
    assert all(sorted(found) == list(range(len(found))) for found in takes.values())


def test_no_other_word_sounds_like_a_digit(clips):
    homophones = {"won", "to", "too", "for", "fore", "ate", "sex", "nein", *DIGIT_WORDS}
    others = {parts(n)[1] for n in clips if n.startswith("other/")}
    assert len(others) >= 40
    assert not homophones & others


def test_about_tells_the_truth(clips, about):
    assert about["counts"] == Counter(n.split("/")[0] for n in clips)
    assert about["seed"] == generate.SEED
    assert {v["name"] for v in about["voices"]} == {v.name for v in EMBEDDED}
    assert all(v["licence"] and v["accent"] for v in about["voices"])
    assert "CC0-1.0" in about["licence"]


def test_licences_name_every_synthesiser_and_recorded_voice():
    text = (ARCHIVE.parent / "LICENCES.md").read_text()
    for voice in EMBEDDED:
        assert voice.synthesiser in text
        assert voice.licence in text
        if voice.synthesiser != "espeak-ng":
            assert f"`{voice.voice}`" in text


def test_archive_is_what_the_plan_says(clips):
    assert list(clips) == [clip.member for clip in plan("embedded", generate.SEED)]


def test_no_clip_is_silent_or_clipped(clips):
    for name, y in clips.items():
        assert 0.03 < np.abs(y.astype(int)).max() / 32768 < 0.75, name


def test_digits_are_cut_tightly_but_not_into_the_word(clips):
    for name, y in clips.items():
        if not name.startswith("digits/"):
            continue
        assert 0.15 <= y.size / SAMPLE_RATE <= 1.2, name
        # 10 ms of near-silence at the ends, and something to hear within the next 40 ms
        edge, peak = SAMPLE_RATE // 200, np.abs(y.astype(int)).max()
        assert np.abs(y[:edge].astype(int)).max() < 0.25 * peak, name
        assert np.abs(y[-edge:].astype(int)).max() < 0.25 * peak, name


def test_levels_differ_as_microphones_do(clips):
    peaks = [np.abs(y.astype(int)).max() for n, y in clips.items() if n.startswith("digits/")]
    assert np.percentile(peaks, 95) > 5 * np.percentile(peaks, 5)


def test_every_take_is_a_different_sound(archive):
    # espeak-ng ignores a variant that it does not know in a language, without a word
    digits = [content for name, content in archive.items() if name.startswith("digits/")]
    assert len(set(digits)) == len(digits)


@pytest.mark.parametrize("voice", EMBEDDED, ids=lambda voice: voice.name)
def test_any_clip_can_be_made_again_alone(voice, clips, about):
    installed = generate.versions()[voice.synthesiser]
    if installed != about["synthesisers"][voice.synthesiser]:
        pytest.skip(f"{voice.synthesiser} is {installed}, the archive is of another version")
    for clip in plan("embedded", generate.SEED):
        if clip.member in (f"digits/0_{voice.name}_0.flac", f"digits/8_{voice.name}_3.flac"):
            try:
                again = make(clip, "embedded", generate.SEED)
            except LabError as error:
                if voice.synthesiser != "festival":  # only its voices are packages of their own
                    raise
                pytest.skip(f"{voice.voice} is not installed: {error}")
            np.testing.assert_array_equal(again, clips[clip.member])


def test_another_seed_says_it_differently():
    if generate.versions()["flite"] == "missing":
        pytest.skip("flite is not installed")
    clip = next(c for c in plan("embedded", 1) if c.voice and c.voice.synthesiser == "flite")
    one, two = make(clip, "embedded", 1), make(clip, "embedded", 2)
    assert one.size != two.size or not np.array_equal(one, two)


def test_written_archive_is_the_same_byte_for_byte(tmp_path, monkeypatch):
    if generate.versions()["flite"] == "missing":
        pytest.skip("flite is not installed")
    few = [c for c in plan("embedded", 3) if c.voice and c.voice.name == "sally-us"][:3]
    monkeypatch.setattr(generate, "plan", lambda name, seed: few)
    for out in ("a.zip", "b.zip", "folder"):
        generate.write(tmp_path / out, generate.members("embedded", 3))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert all((tmp_path / "folder" / n).read_bytes() == file.read(n) for n in file.namelist())


def test_training_voices_are_many_distinct_and_half_women_and_children():
    voices = training_voices()
    assert len(voices) >= 150
    assert len({voice.name for voice in voices}) == len(voices)
    sounds = {(v.voice, v.warp, v.semitones) for v in voices}
    assert len(sounds) == len(voices)
    assert sum(voice.kind != "man" for voice in voices) * 2 >= len(voices)


def test_a_name_with_an_underscore_is_refused():
    with pytest.raises(ValueError, match="underscore"):
        dataclasses.replace(EMBEDDED[0], name="sally_us")


def test_cut_keeps_a_soft_beginning_and_drops_silence():
    rng = np.random.default_rng(0)
    y = np.zeros(8000)
    y[2000:2800] = 0.02 * rng.standard_normal(800)  # an /f/ 34 dB below the vowel
    y[2800:4800] = np.sin(2 * np.pi * 700 * np.arange(2000) / 8000)
    piece = cut(y, 0.0, floor_db=40)
    assert abs(piece.size - 2800) <= 160
    padded = cut(y[2000:4800], 0.1, floor_db=40)
    assert abs(padded.size - (2800 + 1600)) <= 160


def test_cut_of_silence_is_empty():
    assert cut(np.zeros(8000), 0.1, 40).size == 0
    assert cut(np.ones(10), 0.1, 40).size == 0


@pytest.mark.parametrize("peak", [0.07, 0.3, 0.7])
def test_sixteen_bits_reach_the_peak_with_an_error_sixty_decibels_below(peak):
    y = np.sin(np.arange(4000) * 0.37) * 3.0
    out = to_int16(y, peak).astype(float) / 32767
    assert np.abs(out).max() == pytest.approx(peak, rel=0.01)
    error = out - y / np.abs(y).max() * peak
    assert 20 * np.log10(np.sqrt(np.mean(error**2)) / peak) < -60


def test_a_missing_synthesiser_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LabError, match=r"espeak-ng is not installed.*apt install"):
        speak(Voice("a", "espeak-ng", "en-us", "man", "American"), "one", Take(), 0.01)


def test_nothing_said_is_an_error_and_leaves_no_archive(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(
        synthesis._SYNTHESISERS, "flite", lambda voice, text, take: (np.zeros(8000), 8000)
    )
    monkeypatch.setattr(generate, "versions", dict)
    code = generate.main([str(tmp_path / "out.zip")])
    assert code == 1
    assert "said nothing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
