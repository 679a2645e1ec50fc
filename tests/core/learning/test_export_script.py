"""The exported script: the same pictures, the same network, and not a line of this app."""

import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from core.errors import LabError
from core.learning.export_script import script_of
from core.learning.initialisers import INITIALISERS
from core.learning.network_config import (
    Convolution,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling,
    NetworkConfig,
    Pooling,
)
from core.learning.networks import NETWORKS, build_network
from core.learning.optimizers import OPTIMIZERS, build_optimizer
from core.learning.schedules import SCHEDULES, scheduled_rate
from core.learning.specs import RunSpec
from core.learning.splits import leaving_out
from core.sound.images import PRESETS, ImageConfig, to_image
from core.sound.spectrograms import Analysis

OWN = NetworkConfig(
    (
        Convolution(3, 4, stride=2, padding="same", activation="gelu", batch_norm=True),
        Convolution(2, 3, padding="valid", activation="leaky"),
        Pooling(2, "average"),
        Flatten(),
        Dropout(0.1),
        Dense(5, "tanh"),
    ),
    "tiny",
    0.01,
)
IMAGES = {
    **PRESETS,
    "mfcc": ImageConfig(kind="mfcc"),
    "row mean": ImageConfig(scale="row_mean", seconds=0.6),
    "unit": ImageConfig(kind="stft", scale="unit", analysis=Analysis(hop_length=101)),
    "plotted, placed": ImageConfig(kind="plotted"),
}


def program(spec):
    """Return what the script of a spec defines."""
    names = {"__name__": "script"}
    exec(compile(script_of(spec, "a run"), "script", "exec"), names)
    return names


def clips():
    rng = np.random.default_rng(0)
    return [
        (0.2 * rng.standard_normal(n) * np.hanning(n)).astype(np.float32)
        for n in (700, 3000, 8000, 9001, 15000)
    ]


@pytest.mark.parametrize("name", IMAGES)
def test_its_pictures_are_those_of_the_app(name):
    image = program(RunSpec(image=IMAGES[name]))["image"]
    for y in clips():
        np.testing.assert_allclose(image(y), to_image(y, IMAGES[name]), atol=2e-3)


@pytest.mark.parametrize("network", [*NETWORKS, OWN], ids=[*NETWORKS, "own"])
def test_its_network_is_the_one_that_was_trained(network):
    spec = RunSpec(network=network)
    found = program(spec)["network"]()
    ours = build_network(network, spec.image.shape, 10, 0)
    assert found.count_params() == ours.count_params()
    assert found.output_shape == ours.output_shape
    for a, b in zip(found.weights, ours.weights, strict=True):
        if "seed_generator" not in b.path:
            assert a.shape == b.shape
    # with the same numbers it gives the same answers
    for a, b in zip(found.trainable_variables, ours.trainable_variables, strict=True):
        a.assign(b.value)
    x = np.random.default_rng(0).standard_normal((3, *spec.image.shape)).astype(np.float32)
    np.testing.assert_allclose(np.asarray(found(x)), np.asarray(ours(x)), atol=1e-4)


@pytest.mark.parametrize("initialiser", INITIALISERS)
def test_its_network_begins_as_the_app_begins(initialiser):
    config = NetworkConfig((Flatten(), Dense(50)), initialiser)
    spec = RunSpec(network=config)
    found = program(spec)["network"]()
    ours = build_network(config, spec.image.shape, 10, 0)
    for a, b in zip(found.trainable_variables, ours.trainable_variables, strict=True):
        assert float(np.std(a.value)) == pytest.approx(float(np.std(b.value)), rel=0.15)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_its_optimizer_is_the_one_that_was_used(optimizer):
    script = script_of(RunSpec(optimizer=optimizer), "a run")
    line = re.search(r"optimizer = (keras\.optimizers\..*)", script)[1]
    import keras

    found = eval(line, {"keras": keras, "learning_rate": 0.1})
    ours = build_optimizer(optimizer, 0.1)
    assert type(found) is type(ours)
    for name in ("momentum", "nesterov", "rho", "beta_1", "beta_2", "epsilon", "weight_decay"):
        assert getattr(found, name, None) == getattr(ours, name, None)
    full = "BATCH_SIZE = None" in script
    assert full == OPTIMIZERS[optimizer].full_batch


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_its_learning_rate_is_about_that_of_the_run_at_every_step(schedule):
    rate = program(RunSpec(schedule=schedule, learning_rate=0.2))["schedule"](100)
    for step in range(100):
        found = float(rate(step)) if callable(rate) else rate
        assert found == pytest.approx(scheduled_rate(0.2, schedule, step, 100), abs=0.01)


def test_its_test_clips_are_the_official_ones_of_fsdd():
    names = program(RunSpec())
    clips = [(d, s, t, None) for d in range(10) for s in ("theo", "lucas") for t in range(50)]
    train, validation, known, unseen = names["split"](clips)
    assert {clips[i][2] for i in known} == {0, 1, 2, 3, 4}
    assert (len(train), len(validation), len(known), len(unseen)) == (820, 80, 100, 0)
    assert len({*train, *validation, *known}) == 1000


def test_its_left_out_speaker_is_not_trained_on():
    names = program(RunSpec(split="speaker:theo", train_share=0.5))
    clips = [(d, s, t, None) for d in range(10) for s in ("theo", "lucas") for t in range(50)]
    train, validation, known, unseen = names["split"](clips)
    assert {clips[i][1] for i in [*train, *validation, *known]} == {"lucas"}
    assert len(unseen) == 500
    assert len(train) == 200


def test_it_says_what_it_leaves_out():
    spec = RunSpec(augment=True, average=0.99, data=("fsdd", "synthetic"), stop_seconds=9.0)
    script = script_of(spec, 'my "run"\n')
    assert (
        "It leaves out augmentation, the 1 further data sets that only trained, the running "
        "average of the weights (decay 0.99), stopping at a score, after a time or before" in script
    )
    assert script.startswith('"""my run of')
    assert "It leaves nothing of the run out." in script_of(RunSpec())


def test_it_names_nobody_who_spoke_into_this_app_and_is_told_who_is_who_where_it_runs():
    spec = RunSpec(
        data=("fsdd-2019", "own"),
        split=leaving_out(["Zoë-3fa91c", "theo"]),
        train_speakers=("jackson", "Bodil"),
    )
    script = script_of(spec)
    assert "Zoë" not in script
    assert "Bodil" not in script
    assert '"own voice 1=SPEAKER" "own voice 2=SPEAKER"' in script
    names = program(spec)
    assert names["LEFT_OUT"] == ("own voice 2", "theo")
    with pytest.raises(SystemExit, match='named as own voice 2 here: add "own voice 2=SPEAKER"'):
        names["name_them"](["own voice 1=bodil-0", "own voice 2="])
    names["name_them"](["own voice 1=bodil-0", "own voice 2=zoe-1"])
    clips = [
        (d, s, t, None)
        for d in range(10)
        for s in ("theo", "jackson", "lucas", "bodil-0", "zoe-1")
        for t in range(10)
    ]
    train, validation, known, unseen = names["split"](clips)
    assert {clips[i][1] for i in unseen} == {"zoe-1", "theo"}
    assert {clips[i][1] for i in [*train, *validation, *known]} == {"jackson", "bodil-0"}


def test_of_public_data_it_names_everybody_and_asks_nobody():
    names = program(RunSpec(data=("fsdd",), split="speaker:theo"))
    assert (names["LEFT_OUT"], names["UNNAMED"]) == (("theo",), [])
    names["name_them"]([])


def test_what_is_not_a_digit_cannot_be_given_to_a_script():
    with pytest.raises(LabError, match=r"not a digit.*Export it as \.keras"):
        script_of(RunSpec(non_digits=True), "this run")


@pytest.mark.parametrize("spec", [RunSpec(), RunSpec(network=OWN, schedule="cosine")])
def test_it_imports_nothing_of_this_app_and_has_no_mark_left(spec):
    script = script_of(spec)
    assert not re.search(r"^\s*(from|import) (core|pages)", script, re.MULTILINE)
    assert not re.search(r"@[A-Z]+@", script)


@pytest.mark.slow
def test_it_trains_and_scores_in_an_interpreter_without_this_app(small_spec, few_voices, tmp_path):
    blocks = (Flatten(), Dense(32), GlobalPooling())[:2]
    spec = replace(
        small_spec, network=NetworkConfig(blocks), epochs=30, schedule="cosine", learning_rate=0.003
    )
    (tmp_path / "run.py").write_text(script_of(spec, "a run"), "utf-8")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "run.py", str(few_voices)],
        cwd=tmp_path,
        env={**environment, "KERAS_BACKEND": "jax"},
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    score = re.search(r"known speakers: (\d+\.\d)% \(\d+ of 40\)", done.stdout)
    assert float(score[1]) >= 50
    assert "unseen speakers: not measured" in done.stdout
