"""Whom a model has heard: nobody whom it was trained on passes for a stranger."""

import pytest

from core.learning.cards import Card
from core.learning.known_speakers import known_among, known_speakers
from core.learning.saved_models import find_model
from core.sound.images import LOG_MEL
from core.voices.called import rename_speaker
from core.voices.own import add_speaker

MEN = {"george", "jackson", "lucas", "nicolas", "theo", "yweweler"}


@pytest.mark.parametrize(
    ("training", "named", "known"),
    [
        ({"data": ["fsdd"], "split": "official"}, [], MEN),
        ({"data": ["own", "fsdd"], "split": "official"}, ["anna-1"], MEN | {"anna-1"}),
        ({"data": ["fsdd"], "split": "speaker:theo"}, [], MEN - {"theo"}),
        (
            {"data": ["fsdd"], "split": 'speakers:["lucas", "theo"]', "train_speakers": ["george"]},
            [],
            {"george"},
        ),
        ({"data": ["fsdd-2019"]}, [], {"jackson", "nicolas", "theo", "yweweler"}),
        ({"data": ["synthetic"]}, ["anna-us"], {"anna-us"}),
        ({"data": ["fsdd"], "split": "of another version"}, ["theo"], {"theo"}),
        ({}, [], set()),
    ],
)
def test_whom_it_was_trained_on_and_nobody_left_out(training, named, known):
    result = {"speakers": named}
    card = Card("a", "seed", LOG_MEL, 10, "0", "2026", training=training, result=result)
    assert known_speakers(card) == known


def test_the_shipped_model_knows_all_six_men():
    assert known_speakers(find_model("shipped").card) >= MEN


def test_an_own_voice_is_known_by_any_name_that_it_had():
    anna, ben = add_speaker("Anna"), add_speaker("Ben")
    rename_speaker(anna.folder, "Anna B.")
    rename_speaker(anna.folder, "Anna C.")
    assert known_among(["Anna C.", "Ben"], "own", {"Anna"}) == {"Anna C."}
    assert known_among(["Anna C.", "Ben"], "own", {"Anna B."}) == {"Anna C."}
    assert known_among(["Anna C.", "Ben"], "fsdd", {"Anna"}) == set()
    assert known_among(["theo", "lucas"], "fsdd", {"theo"}) == {"theo"}
    rename_speaker(ben.folder, "Ben")  # as it is
    assert known_among(["Ben"], "own", {"Anna"}) == set()
