"""What a model hears in many recordings: as the recogniser says, and kept."""

import numpy as np
import pytest

from core.browsing import heard as module
from core.browsing.heard import NO_ANSWER, guesses_of, heard
from core.learning.saved_models import SHIPPED, find_model
from core.listening.recogniser import Recogniser, answer_from
from core.sound.audio import load_waveform
from core.sound.datasets import open_dataset


@pytest.mark.parametrize("n_answers", [10, 11])
def test_answers_are_those_of_the_recogniser(n_answers):
    logits = np.random.default_rng(0).normal(0, 3, (300, n_answers)).astype(np.float32)
    found = guesses_of(logits, 1.3, 0.6)
    for one, guess in zip(logits, found, strict=True):
        answer = answer_from(one, 1.3, 0.6, 0.0).digit
        assert guess == (NO_ANSWER if answer is None else answer)
    assert {NO_ANSWER, *range(10)} == set(found.tolist())


def test_a_saved_model_hears_what_the_recogniser_hears(data_folder):
    recordings = [r for r in open_dataset("synthetic").recordings if r.digit is not None][::40]
    saved = find_model(SHIPPED)
    told = []
    found = heard(saved, recordings, told.append)
    recogniser = Recogniser(saved)
    for recording, guess in zip(recordings, found.guesses, strict=True):
        answer = recogniser.recognise(load_waveform(recording)).digit
        assert guess == (NO_ANSWER if answer is None else answer)
    assert found.embeddings.shape[0] == len(recordings)
    assert np.ptp(found.embeddings, axis=0).max() > 0
    assert told == sorted(told)
    assert told[-1] == 1


def test_what_was_heard_once_is_not_computed_again(data_folder, monkeypatch):
    recordings = open_dataset("synthetic").recordings[:3]
    first = heard(find_model(SHIPPED), recordings)
    monkeypatch.setattr(module, "pictures_of", lambda *_: pytest.fail("computed anew"))
    again = heard(find_model(SHIPPED), recordings)
    assert np.array_equal(first.embeddings, again.embeddings)
    assert np.array_equal(first.guesses, again.guesses)
