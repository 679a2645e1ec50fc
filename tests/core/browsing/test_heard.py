"""What a model hears in many recordings: as the recogniser says, and kept."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.browsing import heard as module
from core.browsing.heard import NO_ANSWER, answers, guesses_of, heard, is_whole
from core.learning.saved_models import SHIPPED, find_model
from core.listening import pool
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


def test_one_look_is_what_the_recogniser_hears_where_that_is_all_it_asks(data_folder):
    recordings = [r for r in open_dataset("synthetic").recordings if r.digit is not None][::40]
    shipped = find_model(SHIPPED)
    card = replace(shipped.card, views=(1.0,), floor_db=None)
    saved = replace(shipped, card=card, shipped=False)
    assert is_whole(saved)
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


def test_answers_are_those_of_the_recogniser_that_live_asks(monkeypatch):
    recordings = [r for r in open_dataset("synthetic").recordings if r.digit is not None][::40]
    missing = replace(recordings[0], name="missing.wav")
    saved = find_model(SHIPPED)
    assert not is_whole(saved)

    def digit_of(y) -> int | None:
        return None if len(y) % 3 == 0 else len(y) % 10  # no network would say so

    live = SimpleNamespace(recognise=lambda y: SimpleNamespace(digit=digit_of(y)))
    monkeypatch.setattr(pool, "POOL", SimpleNamespace(get=lambda model: live))
    told = []
    found = answers(saved, [*recordings, missing], told.append).tolist()
    digits = [digit_of(load_waveform(r)) for r in recordings]
    assert None in digits
    assert found == [NO_ANSWER if d is None else d for d in digits] + [NO_ANSWER]
    assert told == sorted(told)
    assert told[-1] == 1


def test_what_was_heard_once_is_not_computed_again(data_folder, monkeypatch):
    recordings = open_dataset("synthetic").recordings[:3]
    first = heard(find_model(SHIPPED), recordings)
    monkeypatch.setattr(module, "pictures_of", lambda *_: pytest.fail("computed anew"))
    again = heard(find_model(SHIPPED), recordings)
    assert np.array_equal(first.embeddings, again.embeddings)
    assert np.array_equal(first.guesses, again.guesses)
