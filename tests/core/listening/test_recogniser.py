"""The recogniser: the picture and the network of the training, and an honest "not a digit"."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from core.errors import ModelError
from core.learning.embedding import embed
from core.learning.evaluation import softmax
from core.learning.examples import load_examples
from core.learning.saved_models import find_model, load_network
from core.listening.recogniser import Recogniser, answer_from, at_speed, both_say
from core.sound.faint_noise import over_noise
from core.sound.images import to_images


def logits(*values):
    return np.array(values, np.float32)


def ten(best, lead):
    found = np.zeros(10, np.float32)
    found[best] = lead
    return found


# From numbers to an answer.


def test_the_most_probable_digit_is_the_answer_with_its_probability():
    answer = answer_from(ten(7, np.log(9 * 9)), 1.0, 0.5, 0.0)  # 81 of 81 + 9
    assert answer.digit == 7
    assert answer.confidence == pytest.approx(0.9, abs=1e-6)
    assert len(answer.probabilities) == 10
    assert sum(answer.probabilities) == pytest.approx(1)
    assert answer.probabilities[7] == pytest.approx(0.9, abs=1e-6)


def test_a_digit_less_probable_than_the_threshold_is_no_digit_with_the_rest_as_confidence():
    answer = answer_from(ten(7, np.log(9 * 9)), 1.0, 0.95, 0.0)
    assert answer.digit is None
    assert answer.confidence == pytest.approx(0.1, abs=1e-6)
    assert answer_from(ten(7, np.log(9 * 9)), 1.0, 0.85, 0.0).digit == 7


def test_a_higher_temperature_makes_it_less_sure_of_the_same_digit():
    cold, warm = (answer_from(ten(3, 5.0), t, 0.0, 0.0) for t in (1.0, 3.0))
    assert cold.digit == warm.digit == 3
    assert warm.confidence < cold.confidence
    expected = np.exp(5 / 3) / (np.exp(5 / 3) + 9)
    assert warm.confidence == pytest.approx(expected, rel=1e-5)


def test_the_eleventh_answer_is_not_a_digit():
    eleven = np.append(ten(2, 1.0), 3.0).astype(np.float32)
    answer = answer_from(eleven, 1.0, 0.0, 0.0)
    assert answer.digit is None
    assert len(answer.probabilities) == 11
    assert answer.confidence == pytest.approx(1 - answer.probabilities[2])
    sure = answer_from(np.append(ten(2, 9.0), 3.0).astype(np.float32), 1.0, 0.0, 0.0)
    assert sure.digit == 2


def test_answers_are_plain_numbers_that_json_understands():
    answer = answer_from(ten(7, 5.0), 1.0, 0.5, 0.0)
    assert type(answer.digit) is int
    assert type(answer.confidence) is float
    assert {type(p) for p in answer.probabilities} == {float}


# A real model.


@pytest.fixture(scope="module")
def recogniser(trained_by_command, tmp_path_factory):
    """Return a recogniser of the tiny model, loaded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPOKEN_DIGITS_HOME", str(trained_by_command.model.parent.parent))
        return Recogniser(find_model("tiny"))


def test_it_hears_with_the_very_picture_and_numbers_of_the_training(recogniser, trained_by_command):
    spec = trained_by_command.spec
    examples = load_examples(spec)
    known = examples.split.known
    network = load_network(recogniser.saved)
    expected = np.array(network(examples.images(known, spec)))
    found = np.stack([recogniser.logits(examples.clips[i]) for i in known])
    np.testing.assert_allclose(found, expected, atol=1e-4)
    # and so its share of right answers is the one that its card states
    share = (found.argmax(axis=1) == examples.answers[known]).mean()
    assert share == pytest.approx(recogniser.saved.card.result["scores"]["known"]["share"])


def test_it_answers_at_the_working_point_of_its_card(recogniser, spoken):
    card = recogniser.saved.card
    for y in spoken:
        answer = recogniser.recognise(y)
        again = answer_from(recogniser.logits(y), card.temperature, card.threshold, 0.0)
        assert (answer.digit, answer.confidence) == (again.digit, again.confidence)
        assert answer.seconds >= 0


@pytest.mark.parametrize("n", [1, 100, 8000, 50_000])
def test_any_length_of_sound_has_an_answer(recogniser, n):
    for y in (np.zeros(n, np.float32), np.ones(n, np.float32)):
        answer = recogniser.recognise(y)
        assert np.isfinite(answer.probabilities).all()
        assert 0 <= answer.confidence <= 1


def test_another_thread_gets_the_same_answer(recogniser, spoken):
    """Keras keeps state per thread; a listener recognises in a thread of its own."""
    found = []
    thread = threading.Thread(target=lambda: found.append(recogniser.logits(spoken[0])))
    thread.start()
    thread.join()
    np.testing.assert_array_equal(found[0], recogniser.logits(spoken[0]))


def test_views_are_the_same_word_at_other_speeds_and_their_numbers_are_averaged(recogniser, spoken):
    saved = recogniser.saved
    seen = Recogniser(replace(saved, card=replace(saved.card, views=(0.85, 1.0, 1.18))))
    for y in spoken[:2]:
        alone = [recogniser.logits(at_speed(y, speed)) for speed in (0.85, 1.0, 1.18)]
        np.testing.assert_allclose(seen.logits(y), np.mean(alone, axis=0), atol=1e-5)


def test_one_network_says_whether_it_is_a_digit_and_the_other_which():
    whether, which = np.random.default_rng(0).standard_normal((2, 11)).astype(np.float32)
    found, first, second = (softmax(v) for v in (both_say(whether, which), whether, which))
    assert found.sum() == pytest.approx(1, abs=1e-5)
    assert found[10] == pytest.approx(first[10], abs=1e-5)
    shares = second[:10] / second[:10].sum()
    np.testing.assert_allclose(found[:10], (1 - first[10]) * shares, atol=1e-5)
    assert both_say(whether, which[:10]).argmax() == both_say(whether, which).argmax()


def test_faint_noise_is_laid_under_every_view_and_is_the_same_every_time(recogniser, spoken):
    saved = recogniser.saved
    card = replace(saved.card, views=(0.9, 1.0), floor_db=30.0)
    seen = Recogniser(replace(saved, card=card))
    y = spoken[0]
    views = [over_noise(at_speed(y, v), 30.0, i, 8000) for i, v in enumerate((0.9, 1))]
    alone = [recogniser.logits(view) for view in views]
    np.testing.assert_allclose(seen.logits(y), np.mean(alone, axis=0), atol=1e-5)
    np.testing.assert_array_equal(seen.logits(y), seen.logits(y))


def test_a_words_vector_is_the_one_that_clips_are_compared_by(recogniser, spoken):
    """Whatever views a model has, clips are embedded as they are: so is the word."""
    saved = recogniser.saved
    seen = Recogniser(replace(saved, card=replace(saved.card, views=(0.85, 1.0))))
    clips, _ = embed(saved, to_images(spoken, saved.card.image))
    for y, vector in zip(spoken, clips, strict=True):
        np.testing.assert_allclose(recogniser.embedding(y), vector, atol=1e-4)
        np.testing.assert_allclose(seen.embedding(y), vector, atol=1e-4)


def test_a_word_played_faster_is_shorter_and_higher():
    t = np.arange(8000) / 8000
    y = np.sin(2 * np.pi * 440 * t).astype(np.float32)
    faster = at_speed(y, 1.25)
    assert len(faster) == pytest.approx(6400, abs=2)
    peak = np.abs(np.fft.rfft(faster[:6400])).argmax() * 8000 / 6400
    assert peak == pytest.approx(550, abs=2)
    assert at_speed(y, 1.0) is y


def test_damaged_weights_are_one_sentence(tiny_model):
    saved = find_model("tiny")
    (tiny_model / "weights.safetensors").write_bytes(b"damaged")
    with pytest.raises(ModelError, match="not those that its card names"):
        Recogniser(saved)
