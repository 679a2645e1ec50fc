"""How long a model takes for a word: measured once, kept for the list, never of another model."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import LabError
from core.learning import speeds
from core.learning.saved_models import find_model
from core.sound.audio import SAMPLE_RATE


@pytest.fixture
def shipped():
    return find_model("shipped")


def test_the_time_of_a_word_is_that_of_most_and_is_kept(monkeypatch, shipped):
    """By a clock that moves only in words: 20 ms each, and one during which all else went first."""
    now, heard = [0.0], []

    def logits(y):
        heard.append(y)
        now[0] += 3.0 if len(heard) == 2 else 0.02
        return np.zeros(10, np.float32)

    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    assert speeds.kept(shipped) is None
    speeds.measure(shipped, logits)
    assert speeds.kept(shipped) == pytest.approx(0.02)
    assert {len(y) for y in heard} == {SAMPLE_RATE // 2}
    assert all(y.dtype == np.float32 and abs(y).max() > 0 for y in heard)


def test_another_model_of_the_same_name_has_not_been_measured(shipped):
    speeds.measure(shipped, lambda y: y)
    assert speeds.kept(shipped) > 0
    other = replace(shipped, card=replace(shipped.card, weights_sha256="../../etc"))
    assert speeds.kept(other) is None
    assert speeds.kept(replace(shipped, card=replace(shipped.card, views=(1.0, 1.1)))) is None
    assert speeds.kept(replace(shipped, folder=Path("mine"))) is None


@pytest.mark.parametrize(
    "seconds", [None, True, "fast", -1, 0, float("nan"), float("inf"), [0.1]], ids=repr
)
def test_what_is_no_time_is_not_shown(shipped, seconds):
    speeds.measure(shipped, lambda y: y)
    (path,) = speeds.folder().glob("*.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "seconds": seconds}))
    assert speeds.kept(shipped) is None
    path.write_text("[" * 5000)
    assert speeds.kept(shipped) is None


def test_a_folder_that_cannot_be_written_only_costs_the_number(monkeypatch, shipped):
    def refuse(name):
        raise LabError("It cannot be written.")

    monkeypatch.setattr(speeds, "subfolder", refuse)
    speeds.measure(shipped, lambda y: y)
    assert speeds.kept(shipped) is None
