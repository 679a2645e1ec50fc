"""Probes: from one point, with every rate, and an answer that can be no as well."""

import math

import pytest

from core.errors import RunError
from core.learning import probe_store, probes
from core.learning.networks import build_network
from core.learning.probes import Probes
from core.learning.runs import create_run
from core.learning.saved_models import weights_bytes

BEFORE = 2.0


@pytest.mark.parametrize(
    ("losses", "answer"),
    [
        ({0.01: 1.95, 0.1: 1.0, 1.0: math.inf}, "too low"),
        ({0.01: 2.6, 0.001: 1.5}, "too high"),
        ({0.01: math.inf, 0.001: 1.5}, "too high"),
        ({0.01: 1.5, 0.1: 1.4}, "not it"),
        ({0.01: 1.999, 0.1: 1.99}, "not it"),
        ({0.01: 1.2}, "not it"),
    ],
)
def test_another_rate_is_better_only_where_it_clearly_is(losses, answer):
    found = Probes(0.01, BEFORE, losses)
    assert found.answer == answer
    assert ("not what holds it up" if answer == "not it" else answer) in str(found)
    assert "inf" not in str(found)


def test_all_rates_start_from_the_runs_best_epoch_and_nothing_of_the_run_changes(
    small_spec, monkeypatch, data_folder
):
    monkeypatch.setattr(probes, "N_STEPS", 3)
    monkeypatch.setattr(probes, "FACTORS", (1e-6, 1.0))
    monkeypatch.setattr(probe_store, "FACTORS", (1e-6, 1.0))
    run = create_run(small_spec)
    with pytest.raises(RunError, match="no finished epoch"):
        probe_store.begin(run, lambda folder: 1)
    model = build_network(small_spec.network, small_spec.image.shape, small_spec.n_answers, 3)
    run.best.write_bytes(weights_bytes(model))
    files = {p.name: p.read_bytes() for p in run.folder.iterdir()}
    folder = probe_store.begin(run, lambda folder: 1)
    probe_store.work(folder)
    look = probe_store.look(folder)
    assert (look.standing.state, look.standing.problem, look.share) == ("finished", "", 1.0)
    own = look.probes.own
    # a step a million times too short goes nowhere: what was before is what is after
    assert look.probes.losses[own * 1e-6] == pytest.approx(look.probes.before, abs=1e-3)
    assert look.probes.losses[own] != pytest.approx(look.probes.before, abs=1e-3)
    assert probe_store.newest(run) == folder
    assert probe_store.newest(create_run(small_spec)) is None
    assert {p.name: p.read_bytes() for p in run.folder.iterdir()} == files
