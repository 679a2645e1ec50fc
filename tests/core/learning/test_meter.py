"""The meter: what it tells, and when."""

import numpy as np
import pytest

import core.learning.meter as meter_module
from core.learning.history import Activity, Signals, history_of, record_of
from core.learning.meter import Meter

LOOK = (Activity("conv_1", 0.1, 0.2, 0.5, None),)


class Heard:
    def __init__(self):
        self.moments, self.inside = [], []

    def moment(self, moment):
        self.moments.append(moment)

    def signals(self, signals):
        self.inside.append(signals)


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that goes on only when told."""

    class Clock:
        now = 100.0

    monkeypatch.setattr(meter_module.time, "perf_counter", lambda: Clock.now)
    return Clock


def step_signals(value):
    return np.full((2, 2), value, np.float32)


def test_the_first_step_is_told_at_once_and_later_ones_together(clock):
    heard = Heard()
    meter = Meter(heard, ("conv_1", "answers"), lambda: LOOK)
    meter.add(np.array([6.0, 1, 2]), step_signals(1), 1, 0.1)
    for step in (2, 3, 4):
        clock.now += 0.2
        meter.add(np.array([2.0, 1, 2]), step_signals(step), step, 0.1 * step)
    assert [m.step for m in heard.moments] == [1, 3]
    assert heard.moments[0].loss == pytest.approx(3)
    assert heard.moments[1].accuracy == pytest.approx(0.5)


def test_the_end_of_an_epoch_is_told_whatever_the_time_with_a_look(clock):
    heard = Heard()
    meter = Meter(heard, ("conv_1", "answers"), lambda: LOOK)
    for step, epoch in ((1, 0.5), (2, 1.0), (3, 1.5), (4, 2.0)):
        clock.now += 0.001
        meter.add(np.array([1.0, 1, 64]), step_signals(step), step, epoch)
    assert [m.epoch for m in heard.moments] == [0.5, 1.0, 2.0]
    assert all(s.activities for s in heard.inside)


def test_every_step_has_its_gradients_and_ratios(clock):
    heard = Heard()
    meter = Meter(heard, ("conv_1", "answers"), lambda: LOOK)
    for step in (1, 2, 3):
        clock.now += 0.25
        meter.add(np.array([1.0, 1, 64]), step_signals(step), step, 0.1)
    first, later = heard.inside
    assert first.gradients == ((1.0, 1.0),)
    assert later.gradients == ((2.0, 2.0), (3.0, 3.0))
    assert later.ratios == later.gradients
    assert later.step == 3
    assert later.speed == pytest.approx(2 * 64 / 0.5)


def test_a_look_that_takes_long_comes_seldom(clock):
    """Looking may cost a few per cent of the time, however large the network."""
    heard = Heard()
    looks = []

    def slow():
        clock.now += 1.0 if looks else 30.0  # the first one compiles
        looks.append(clock.now)
        return LOOK

    meter = Meter(heard, ("conv_1", "answers"), slow)
    for step in range(1, 200):
        clock.now += 0.5
        meter.add(np.array([1.0, 1, 64]), step_signals(1), step, 0.1)
    assert 2 < len(looks) < 0.06 * (clock.now - 130)
    assert [s.activities for s in heard.inside[:2]] == [LOOK, ()]


def test_without_signals_only_moments_are_told(clock):
    heard = Heard()
    Meter(heard, (), pytest.fail).add(np.array([1.0, 1, 1]), step_signals(1), 1, 0.1)
    assert len(heard.moments) == 1
    assert not heard.inside


def test_signals_come_back_from_a_log_as_they_were():
    signals = Signals(3, 0.5, ("a", "b"), ((1.0, 2.0),), ((0.1, 0.2),), LOOK, 640.0)
    record = record_of(signals)
    assert record["kind"] == "signals"
    assert history_of([record]).signals == (signals,)


def test_a_log_of_the_first_versions_has_none():
    assert history_of([{"kind": "start", "loss": 2.3}]).signals == ()
