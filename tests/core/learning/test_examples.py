"""Examples: clips with the right answers, and none on two sides, whatever is named twice."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

import core.learning.examples as examples_module
from core.errors import AudioError, DataError
from core.learning.examples import NOT_A_DIGIT, answers_of, load_examples
from core.learning.specs import RunSpec
from core.sound.audio import load_waveform
from core.sound.datasets import open_dataset
from core.sound.images import to_images
from core.voices.own import add_speaker, keep


def samples(examples, indices) -> set[bytes]:
    return {examples.clips[i].tobytes() for i in indices}


def test_every_recording_is_a_clip_with_its_digit(small_spec):
    examples = load_examples(small_spec)
    assert len(examples.recordings) == len(examples.clips) == len(examples.answers) == 280
    for i in (0, 100, 279):
        np.testing.assert_array_equal(examples.clips[i], load_waveform(examples.recordings[i]))
        assert examples.answers[i] == examples.recordings[i].digit
    assert examples.answers.dtype == np.int32


def test_images_are_those_of_the_clips_asked_for(small_spec):
    examples = load_examples(small_spec)
    indices = np.array([5, 3, 200])
    np.testing.assert_array_equal(
        examples.images(indices, small_spec),
        to_images([examples.clips[i] for i in indices], small_spec.image),
    )


def test_other_words_are_left_out_until_they_are_asked_for():
    spec = RunSpec()
    without = load_examples(spec)
    assert set(without.answers) == set(range(10))
    with_them = load_examples(replace(spec, non_digits=True))
    assert set(with_them.answers) == set(range(11))
    assert len(with_them.clips) > len(without.clips)
    others = [r for r in with_them.recordings if r.digit is None]
    assert others
    assert set(answers_of(others)) == {NOT_A_DIGIT}


def test_further_data_sets_only_train(small_spec):
    alone = load_examples(small_spec)
    both = load_examples(replace(small_spec, data=(*small_spec.data, "synthetic")))
    added = set(range(280, len(both.clips)))
    assert added
    assert added <= set(both.split.train.tolist())
    assert sorted(added) == both.split.train[both.n_own :].tolist(), "they stand last"
    for name in ("validation", "known", "unseen"):
        np.testing.assert_array_equal(getattr(both.split, name), getattr(alone.split, name))


def test_whoever_is_alone_in_the_first_set_is_scored_and_the_others_train():
    anna = add_speaker("Anna")
    for digit in range(10):
        y = np.random.default_rng(digit).uniform(-0.2, 0.2, 3200).astype(np.float32)
        keep(anna.folder, digit, y)
    with pytest.raises(DataError, match="too few to train on"):
        load_examples(RunSpec(data=("own",), split="speaker:Anna"))
    for split in ("speaker:Anna", "official"):
        examples = load_examples(RunSpec(data=("own", "synthetic"), split=split))
        speakers = [r.speaker for r in examples.recordings]
        assert {speakers[i] for i in examples.split.unseen} == {"Anna"}
        assert len(examples.split.unseen) == 10
        heard = [*examples.split.train, *examples.split.validation]
        assert "Anna" not in {speakers[i] for i in heard}
        assert len(set(heard)) == len(heard) == len(speakers) - 10
        share = len(examples.split.validation) / len(heard)
        assert share == pytest.approx(RunSpec().validation_share, abs=0.001)


@pytest.mark.parametrize("split", ["official", "speaker:fiona-gb"])
def test_a_data_set_named_twice_or_copied_never_trains_on_what_is_scored(
    small_spec, few_voices, tmp_path, split
):
    copy = tmp_path / "a copy"
    shutil.copytree(few_voices, copy)
    for again in (str(few_voices), str(copy), "synthetic"):
        spec = replace(small_spec, data=(str(few_voices), again), split=split)
        examples = load_examples(spec)
        scored = [*examples.split.known, *examples.split.unseen, *examples.split.validation]
        assert samples(examples, examples.split.train).isdisjoint(samples(examples, scored))


def test_a_speaker_left_out_is_left_out_of_every_data_set(small_spec, few_voices, tmp_path):
    """Half of her takes lie in the first data set, the others in the second."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    for file in few_voices.iterdir():
        take = int(file.stem.rpartition("_")[2])
        shutil.copy(file, (first if take % 2 else second) / file.name)
    spec = replace(small_spec, data=(str(first), str(second)), split="speaker:fiona-gb")
    examples = load_examples(spec)
    trained_on = {examples.recordings[i].speaker for i in examples.split.train}
    assert trained_on == {"carl-us", "henry-gb", "judy-us"}
    assert {examples.recordings[i].speaker for i in examples.split.unseen} == {"fiona-gb"}


@pytest.mark.parametrize("non_digits", [False, True])
def test_a_data_set_of_other_words_only_is_a_sentence(small_spec, monkeypatch, non_digits):
    words = open_dataset("synthetic").where(lambda r: r.digit is None)
    monkeypatch.setattr(examples_module, "open_dataset", lambda name: words)
    with pytest.raises(DataError, match=r"holds no spoken digit. Choose another"):
        load_examples(replace(small_spec, non_digits=non_digits))


def test_a_recording_that_cannot_be_read_is_named(tmp_path, few_voices, small_spec):
    folder = tmp_path / "voices"
    shutil.copytree(few_voices, folder)
    (folder / "7_judy-us_1.flac").write_bytes(b"no sound at all")
    with pytest.raises(AudioError, match="7_judy-us_1"):
        load_examples(replace(small_spec, data=(str(folder),)))


def test_a_data_set_that_is_not_here_is_a_sentence(small_spec, tmp_path):
    with pytest.raises(DataError, match="neither a data set"):
        load_examples(replace(small_spec, data=(str(tmp_path / "gone"),)))


def test_what_is_leaked_is_found_by_its_samples_and_a_clean_split_has_none():
    clean, leaky = (load_examples(RunSpec(leaked_share=share)) for share in (0.0, 0.5))
    assert clean.n_leaked == 0
    held_out = len(leaky.split.validation) + len(leaky.split.known)
    assert abs(leaky.n_leaked - held_out / 2) <= 1
    assert len(leaky.split.train) == len(clean.split.train) + leaky.n_leaked


def test_exchanged_labels_are_the_same_labels_on_other_training_clips():
    right, wrong = (load_examples(RunSpec(shuffled_labels=share)) for share in (0.0, 1.0))
    train, held_out = right.split.train, right.split.validation
    assert sorted(right.answers[train]) == sorted(wrong.answers[train])
    assert 0.03 < (right.answers[train] == wrong.answers[train]).mean() < 0.2
    assert (right.answers[held_out] == wrong.answers[held_out]).all()
