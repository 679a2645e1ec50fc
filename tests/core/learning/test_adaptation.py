"""Adaptation: one voice is learned, the others are kept, and the first model stays as it was."""

import json

import numpy as np
import pytest

import core.learning.adaptation as adaptation
from core.browsing.jobs import Cancelled
from core.errors import ModelError
from core.learning.adaptation import adapt
from core.learning.adapter import Adapter, Settings
from core.learning.network_config import Convolution, Flatten, GlobalPooling, NetworkConfig, Pooling
from core.learning.networks import build_network
from core.learning.own_names import own_names, without_own_names
from core.learning.rehearsal import Others, others
from core.learning.saved_models import find_model, list_models, save_model, weights_bytes
from core.learning.tail import CutNetwork
from core.voices.called import rename_speaker
from core.voices.own import add_speaker

CONFIG = NetworkConfig((Convolution(4, batch_norm=True), Pooling(), Convolution(6), Flatten()))
QUICK = Settings(
    part="tail", copies=2, steps=60, own_a_step=10, others_a_step=6, learning_rate=0.02
)


def tone(digit, seed, seconds=0.3):
    """Return a hum whose pitch tells the digit."""
    t = np.arange(round(seconds * 8000)) / 8000
    noise = 0.002 * np.random.default_rng(seed).standard_normal(len(t))
    return (0.3 * np.sin(2 * np.pi * (300 + 320 * digit) * t) + noise).astype(np.float32)


@pytest.fixture
def saved(small_image):
    """Return a small model that has learned nothing."""
    model = build_network(CONFIG, small_image.shape, 11, seed=3)
    card = {"name": "First", "network": CONFIG, "image": small_image, "n_answers": 11}
    return find_model(save_model(card, weights_bytes(model)).name)


@pytest.fixture
def few_others(monkeypatch):
    """Others are three noises: nothing is read."""
    rng = np.random.default_rng(0)
    clips = tuple(0.1 * rng.standard_normal(2000).astype(np.float32) for _ in range(3))
    around = Others(clips, clips, np.array([0, 1, 2], np.int32), "three noises")
    monkeypatch.setattr(adaptation, "others", lambda *a, **k: around)
    return around


def test_a_voice_is_learned_and_both_models_are_kept(saved, few_others):
    digits = [*range(10)] * 2
    clips = [tone(d, i) for i, d in enumerate(digits)]
    before = (saved.folder / "weights.safetensors").read_bytes()
    seen = []
    found = adapt(saved, clips, digits, "Anna’s", "anna-3fa91c", seen.append, QUICK)
    assert (saved.folder / "weights.safetensors").read_bytes() == before
    card = found.model.card
    assert card.name == "Anna’s"
    assert "anna-3fa91c" in card.result["speakers"]
    assert card.result["adapted"]["from"] == saved.key
    assert found.own.before.total == found.own.after.total == 20
    assert found.own.after.right > max(10, found.own.before.right)
    assert card.result["scores"]["known"]["right"] == found.own.after.right
    assert found.others.before.total == 3
    assert seen == sorted(seen)
    assert seen[-1] == 1
    # what is saved answers as what was measured: the tail was put back into the whole
    adapter = Adapter(found.model, few_others, QUICK)
    assert adapter.right(adapter.begun_with, adapter.features(clips), digits).mean() > 0.5


def test_with_one_take_a_digit_nothing_is_claimed(saved, few_others):
    clips = [tone(d, d) for d in range(10)]
    found = adapt(saved, clips, [*range(10)], "One", settings=QUICK)
    assert found.own is None
    assert found.model.card.result["scores"] == {"known": None, "unseen": None}
    assert "nothing is left to measure" in found.model.card.result["protocol"]


def test_a_digit_said_twice_is_enough_to_measure_by(saved, few_others):
    digits = [*range(10), 7]
    found = adapt(saved, [tone(d, i) for i, d in enumerate(digits)], digits, "N", settings=QUICK)
    assert found.own.before.total == 11


def test_a_voice_that_was_renamed_is_still_one_that_the_model_has_heard(saved, few_others):
    digits = [*range(10)]
    clips = [tone(d, i) for i, d in enumerate(digits)]
    anna = add_speaker("Anna")
    once = adapt(saved, clips, digits, "Once", "Anna", settings=QUICK)
    rename_speaker(anna.folder, "Anna B.")
    twice = adapt(once.model, clips, digits, "Twice", "Anna B.", settings=QUICK)
    assert "has heard this voice before" in twice.why_unmeasured
    assert own_names(twice.model.card) == ("Anna", "Anna B.")
    card = without_own_names(twice.model.card)
    assert "Anna" not in json.dumps([card.training, card.result])


def test_of_a_voice_that_the_model_has_heard_nothing_is_claimed(saved, few_others):
    digits = [*range(10)] * 2
    clips = [tone(d, i) for i, d in enumerate(digits)]
    once = adapt(saved, clips, digits, "Once", "anna-3fa91c", settings=QUICK)
    twice = adapt(once.model, clips, digits, "Twice", "anna-3fa91c", settings=QUICK)
    assert once.own is not None
    assert twice.own is None
    assert "has heard this voice before" in twice.why_unmeasured
    assert twice.model.card.result["scores"]["known"] is None
    assert twice.why_unmeasured in twice.model.card.result["protocol"]


def test_one_half_of_a_voice_never_hears_the_other(saved, few_others):
    clips = [tone(d, i) for i, d in enumerate([*range(10)] * 2)]
    voice = Adapter(saved, few_others, QUICK).versions(clips, [*range(10)] * 2)
    half = np.arange(20) < 10
    kept = voice.only(half)
    assert set(kept.clip) == set(range(10))
    assert len(kept.no_digits) == 30
    assert len(voice.no_digits) == 60


def test_rehearsing_keeps_what_the_model_answered(saved, few_others):
    clips = [tone(d, d) for d in range(10)]
    moved = {}
    for weight in (0.0, 20.0):
        adapter = Adapter(saved, few_others, Settings(**{**vars(QUICK), "others_weight": weight}))
        rows = adapter.features(few_others.judged)
        learned = adapter.learn(adapter.versions(clips, [*range(10)]))
        first, second = (adapter._cut.logits(w, rows) for w in (adapter.begun_with, learned))
        moved[weight] = float(np.abs(first - second).mean())
    assert moved[20.0] < 0.5 * moved[0.0]


@pytest.mark.parametrize(
    ("clips", "words"),
    [
        ([np.ones(900, np.float32)] * 4, "4 clips came"),
        ([np.ones(900, np.float32)] * 501, "501 clips came"),
        ([np.ones(100, np.float32)] * 10, "shorter than 50 ms"),
        ([np.full(900, np.nan, np.float32)] * 10, "not finite"),
    ],
)
def test_what_cannot_be_learned_from_is_a_sentence_and_nothing_is_saved(saved, clips, words):
    with pytest.raises(ModelError, match=words):
        adapt(saved, clips, [i % 10 for i in range(len(clips))], "No")
    assert [m.key for m in list_models()[0] if not m.shipped] == [saved.key]


def test_whoever_cancels_saves_nothing(saved, few_others):
    def stop(fraction):
        if fraction > 0.8:
            raise Cancelled

    with pytest.raises(Cancelled):
        adapt(saved, [tone(d, d) for d in range(10)], [*range(10)], "No", "", stop, QUICK)
    assert [m.key for m in list_models()[0] if not m.shipped] == [saved.key]


def test_others_are_of_both_kinds_and_never_who_is_left_out():
    found = others(40, 20, without=("carl-us",))
    assert len(found.rehearsed) == 40
    assert len(found.judged) == len(found.digits) == 20
    assert set(found.digits) == set(range(10))
    heard = {y.tobytes() for y in found.rehearsed}
    assert not heard & {y.tobytes() for y in found.judged}


@pytest.mark.parametrize("part", ["head", "tail", "all"])
@pytest.mark.parametrize("network", [CONFIG, "seed", NetworkConfig((GlobalPooling(),))])
def test_a_network_cut_in_two_answers_as_the_whole(part, network, small_image):
    model = build_network(network, small_image.shape, 10, seed=1)
    images = np.random.default_rng(0).standard_normal((3, *small_image.shape)).astype(np.float32)
    cut = CutNetwork(model, part)
    found = cut.logits(cut.weights, cut.features(images))
    np.testing.assert_allclose(found, np.asarray(model(images, training=False)), atol=1e-5)
