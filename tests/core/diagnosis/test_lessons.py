"""The lessons: that each can be started, and that recorded runs still show what they say."""

import gzip
import json
from pathlib import Path

import pytest

from core.diagnosis.causes import CAUSES, causes
from core.diagnosis.lessons import LESSONS
from core.diagnosis.rules import diagnose
from core.learning.history import Epoch, History, Setting, history_of
from core.learning.runs import create_run
from core.learning.specs import RunSpec

RECORDED = Path(__file__).parent / "recorded" / "lessons.json.gz"
"""Histories of every lesson, made by ``python -m benchmarks.lessons --save``."""
SPEAKERS = ("b", "d", "c", "a")
VERDICTS = {"underfitting", "slow", "overfitting"}
FOLLOWS = {
    "vanishing_gradients": {"saturation"},
    "dead_relus": {"rate_too_high"},
    "rate_too_high": {"exploding_gradients", "dead_relus"},
    "underfitting": {"too_small_network"},
    "overfitting": {"too_little_data", "past_its_best"},
    "dropout": {"too_little_data", "past_its_best"},
    "augmentation": {"too_little_data", "past_its_best"},
    "early_stopping": {"too_little_data"},
    "waveform": {"past_its_best"},
    "shuffled_labels": {"past_its_best"},
    "leaked_split": {"past_its_best"},
    "huge_start": {"past_its_best"},
    "speaker_overfitting": {"past_its_best"},
}
"""Causes that go with a lesson's finding: what makes it, or follows from it."""


def recorded():
    """Return every recorded history by its lesson, kind and seed."""
    return json.loads(gzip.decompress(RECORDED.read_bytes()))


def as_history(values):
    signals = history_of([{"kind": "signals", **s} for s in values["signals"]]).signals
    epochs = tuple(Epoch(**e) for e in values["epochs"])
    setting = Setting(**values["setting"])
    return History(**{**values, "epochs": epochs, "signals": signals, "setting": setting})


def said(values):
    found = as_history(values)
    return {f.verdict for f in diagnose(found)} | {f.cause for f in causes(found)}


@pytest.mark.parametrize("name", ["zeros", "huge_start", "leaked_split"])
def test_a_lesson_trained_for_real_shows_its_finding(name):
    """On few clips and for few epochs; these three show at once."""
    from core.learning.training import train
    from core.learning.worker import RunWriter

    spec, _ = LESSONS[name].specs("synthetic")
    run = create_run(spec.with_changes(train_share=0.05, epochs=4))
    train(run.spec(), RunWriter(run))
    found = {f.cause for f in causes(run.snapshot().history)}
    assert LESSONS[name].finding in found


def gap(values, one, other):
    """Return how far two accuracies are apart after the last epoch."""
    last = values["epochs"][-1]
    return last[one] - last[other]


def test_there_are_at_least_twelve():
    assert len(LESSONS) >= 12


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_names_a_finding_that_exists(name):
    assert LESSONS[name].finding in VERDICTS | {rule.__name__ for rule in CAUSES}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_differs_from_its_cure_and_both_can_be_asked_for(name):
    broken, cured = LESSONS[name].specs("synthetic", seed=3, speakers=SPEAKERS)
    assert broken != cured
    assert broken.seed == cured.seed == 3
    for spec in (broken, cured):
        assert RunSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def test_a_lesson_about_strangers_leaves_the_same_one_out_of_both_runs():
    lesson = LESSONS["speaker_overfitting"]
    broken, cured = lesson.specs("synthetic", speakers=SPEAKERS)
    assert broken.held_out_speakers == cured.held_out_speakers == ("d",)
    assert broken.train_speakers == ("a", "b")
    assert cured.train_speakers == ()
    others = [x for x in LESSONS.values() if not x.voices]
    assert len(others) == len(LESSONS) - 1
    for other in others:
        assert other.specs("synthetic", speakers=SPEAKERS) == other.specs("synthetic")


@pytest.mark.parametrize("name", LESSONS)
def test_a_recorded_run_shows_its_finding_and_its_cure_does_not(name):
    runs = {key: values for key, values in recorded().items() if key.startswith(f"{name}-")}
    assert runs
    for key, values in runs.items():
        found = said(values)
        if "-broken-" in key:
            assert LESSONS[name].finding in found, key
            causes_found = found - VERDICTS - {"healthy", "unjudged"}
            assert causes_found <= {LESSONS[name].finding, *FOLLOWS.get(name, ())}, key
        elif LESSONS[name].eases is None:
            assert LESSONS[name].finding not in found, key
        else:
            before = gap(runs[key.replace("-cured-", "-broken-")], *LESSONS[name].eases)
            assert gap(values, *LESSONS[name].eases) < 0.7 * before, key
