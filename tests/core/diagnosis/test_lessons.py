"""The lessons: that each can be started, and that recorded runs still show what they say."""

import gzip
import json
from pathlib import Path

import pytest

from core.diagnosis.causes import CAUSES, causes
from core.diagnosis.lessons import LESSONS
from core.diagnosis.rules import diagnose
from core.learning.history import Epoch, History, history_of
from core.learning.specs import RunSpec

RECORDED = Path(__file__).parent / "recorded" / "lessons.json.gz"
"""Histories of every lesson, made by ``python -m benchmarks.lessons --save``."""
VERDICTS = {"underfitting", "slow", "overfitting"}


def recorded():
    """Return every recorded history by its lesson, kind and seed."""
    return json.loads(gzip.decompress(RECORDED.read_bytes()))


def as_history(values):
    signals = history_of([{"kind": "signals", **s} for s in values["signals"]]).signals
    epochs = tuple(Epoch(**e) for e in values["epochs"])
    return History(
        (), epochs, values["start_loss"], values["start_val_loss"],
        values["n_train"], values["n_validation"], signals,
    )  # fmt: skip


def said(values):
    found = as_history(values)
    return {f.verdict for f in diagnose(found)} | {f.cause for f in causes(found)}


def test_there_are_at_least_twelve():
    assert len(LESSONS) >= 12


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_names_a_finding_that_exists(name):
    assert LESSONS[name].finding in VERDICTS | {rule.__name__ for rule in CAUSES}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_differs_from_its_cure_and_both_can_be_asked_for(name):
    broken, cured = LESSONS[name].specs("synthetic", seed=3, held_out="fiona-gb")
    assert broken != cured
    assert broken.seed == cured.seed == 3
    for spec in (broken, cured):
        assert RunSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@pytest.mark.parametrize("name", LESSONS)
def test_only_lessons_about_strangers_leave_somebody_out(name):
    broken, _ = LESSONS[name].specs("synthetic", held_out="fiona-gb")
    assert ("fiona-gb" in broken.held_out_speakers) == LESSONS[name].needs_a_stranger


@pytest.mark.parametrize("name", LESSONS)
def test_a_recorded_run_shows_its_finding_and_its_cure_does_not(name):
    runs = {key: values for key, values in recorded().items() if key.startswith(f"{name}-")}
    assert runs
    for key, values in runs.items():
        if "-broken-" in key:
            assert LESSONS[name].finding in said(values), key
        else:
            assert LESSONS[name].finding not in said(values), key
